/** Paths in the console to what an alert is about. They stand for themselves years later, so their times are instants, as `1795407300000..`. */
export function queuePath(queueId: string, search: { readonly filter?: string; readonly range?: string } = {}): string {
  return withSearch(`/queues/${encodeURIComponent(queueId)}`, search);
}

export function groupPath(fingerprint: string, since: number): string {
  return withSearch(`/groups/${encodeURIComponent(fingerprint)}`, { range: rangeFrom(since) });
}

export function replayPath(number: number): string {
  return `/replays/${number}`;
}

/** The queues of a connection on the overview. */
export function connectionPath(connection: string): string {
  return withSearch('/', { q: connection });
}

/** Dead letters that a replay could still put back. */
export const openFilter = '-state:gone -state:replayed -state:discarded';

export function rangeFrom(from: number): string {
  return `${Math.max(0, Math.floor(from))}..`;
}

export function rangeBetween(from: number, to: number): string {
  return `${rangeFrom(from)}${Math.max(0, Math.floor(to))}`;
}

export function rangeTo(to: number): string {
  return `..${Math.max(0, Math.floor(to))}`;
}

function withSearch(path: string, search: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(search).toString();
  return query === '' ? path : `${path}?${query}`;
}
