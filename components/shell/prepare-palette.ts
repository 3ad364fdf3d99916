import { groupHref, messageHref, messagesHref, queueHref, replayHref } from '#components/shell/links.ts';
import type { GroupRow } from '#lib/api/groups.ts';
import type { QueueRow } from '#lib/api/queues.ts';
import type { SandboxState } from '#lib/api/sandbox.ts';

export interface PaletteEntry {
  readonly id: string;
  readonly title: string;
  readonly hint: string;
  readonly does:
    | { readonly kind: 'go'; readonly href: string }
    | { readonly kind: 'mend'; readonly serviceId: string; readonly name: string; readonly mended: boolean };
}

export interface PaletteWorld {
  readonly queues: readonly Pick<QueueRow, 'id' | 'name' | 'connection'>[];
  readonly groups: readonly Pick<GroupRow, 'fingerprint' | 'title' | 'state'>[];
  readonly services: readonly Pick<SandboxState['services'][number], 'id' | 'name' | 'mended' | 'running'>[];
}

/** Besides the search that ends the list. */
const placesMax = 13;
const groupsMax = 6;

/**
 * What the typed text can mean: pages, queues and groups by any part of their name, a replay by number, a message or group by its id, the
 * sandbox's switches, and at last the messages that hold it: a key or an order's number is what people have at hand.
 */
export function paletteEntries(typed: string, { queues, groups, services }: PaletteWorld): readonly PaletteEntry[] {
  const wanted = typed.trim();
  const needle = wanted.toLowerCase();
  const holds = (text: string) => text.toLowerCase().includes(needle);
  const entries: PaletteEntry[] = [];
  if (/^[\w-]{22}$/.test(wanted)) entries.push(place(`message ${wanted}`, wanted, 'message', messageHref(wanted)));
  if (/^[a-z0-9]{20}$/.test(wanted)) entries.push(place(`group ${wanted}`, wanted, 'group', groupHref(wanted)));
  if (/^[0-9a-f]{32}$/i.test(wanted))
    entries.push(place(`trace ${wanted}`, wanted, 'messages of this trace', messagesHref(`trace:${wanted}`)));
  for (const page of pages) if (holds(page.title)) entries.push(page);
  for (const { id, name, mended, running } of services) {
    const title = mended ? `Break ${name} again` : `Mend ${name}`;
    if (needle !== '' && running && holds(`${title} sandbox`))
      entries.push({
        id: `service ${id}`,
        title,
        hint: 'sandbox',
        does: { kind: 'mend', serviceId: id, name, mended: !mended },
      });
  }
  const replay = /^(?:replay\s*)?#?(\d{1,9})$/i.exec(wanted)?.[1];
  if (replay) entries.push(place(`replay ${replay}`, `Replay ${replay}`, 'by number', replayHref(replay)));
  const meant = needle === '' ? [] : groups.filter((group) => holds(group.title));
  // Queues are what most are looking for; groups get their share, and all of it where queues leave it.
  const named = queues.filter((queue) => holds(queue.id));
  const queuesMax = Math.max(0, placesMax - entries.length - Math.min(groupsMax, meant.length));
  for (const queue of named.slice(0, queuesMax))
    entries.push(place(`queue ${queue.id}`, queue.name, queue.connection, queueHref(queue.id)));
  for (const group of meant)
    entries.push(
      place(`group ${group.fingerprint}`, group.title, `group, ${group.state}`, groupHref(group.fingerprint)),
    );
  const places = entries.slice(0, placesMax);
  return wanted === '' ? places : [...places, searchFor(wanted)];
}

/** Quoted: what a person types here is text, whatever it would mean in the filter language. */
function searchFor(text: string): PaletteEntry {
  return place('search', `Messages with “${text}”`, 'search', messagesHref(JSON.stringify(text)));
}

function place(id: string, title: string, hint: string, href: string): PaletteEntry {
  return { id, title, hint, does: { kind: 'go', href } };
}

const pages: readonly PaletteEntry[] = [
  place('page overview', 'Overview', 'page', '/'),
  place('page groups', 'Groups', 'page', '/groups'),
  place('page messages', 'Messages of all queues', 'page', '/messages'),
  place('page replays', 'Replays', 'page', '/replays'),
  place('page alerts', 'Alerts', 'page', '/alerts'),
  place('page risks', 'Risks', 'page', '/alerts/risks'),
  place('page lag', 'Lag', 'page', '/lag'),
  place('page settings', 'Settings', 'page', '/settings'),
];
