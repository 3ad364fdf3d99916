import { splitQueueId } from '#lib/domain/queue.ts';

/** Addresses of the console's pages. Ids hold slashes and whatever brokers allow in names, so they are encoded. */
export function queueHref(queueId: string, search: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams(search).toString();
  return `/queues/${encodeURIComponent(queueId)}${query === '' ? '' : `?${query}`}`;
}

/** The dead letters of all queues that a filter meets. */
export function messagesHref(filter: string, search: Readonly<Record<string, string>> = {}): string {
  return `/messages?${new URLSearchParams({ filter, ...search }).toString()}`;
}

/** The groups that a filter meets. */
export function groupsHref(filter: string, search: Readonly<Record<string, string>> = {}): string {
  return `/groups?${new URLSearchParams({ filter, ...search }).toString()}`;
}

export function groupHref(fingerprint: string): string {
  return `/groups/${encodeURIComponent(fingerprint)}`;
}

export function messageHref(messageId: string): string {
  return `/messages/${encodeURIComponent(messageId)}`;
}

/** By the number that people say, or by id. */
export function replayHref(idOrNumber: string | number): string {
  return `/replays/${encodeURIComponent(String(idOrNumber))}`;
}

/** Who is how far behind, narrowed to one group, or to the groups on one topic and the queue of that name. */
export function lagHref(search: Readonly<Partial<Record<'connection' | 'group' | 'topic', string>>>): string {
  return `/lag?${new URLSearchParams(search).toString()}`;
}

/** A queue's id from the address, where it stands encoded; `null` where that is no id. */
export function queueIdOfParam(param: string): string | null {
  try {
    const id = decodeURIComponent(param);
    return splitQueueId(id) ? id : null;
  } catch {
    return null;
  }
}
