import { messageHref, queueHref, replayHref } from '#components/shell/links.ts';

export interface PaletteEntry {
  readonly id: string;
  readonly title: string;
  readonly hint: string;
  readonly href: string;
}

const shownMax = 12;

/** What the typed text can mean: pages and queues by any part of their name, a replay by number, a message by its id. */
export function paletteEntries(
  typed: string,
  queues: readonly { readonly id: string; readonly name: string; readonly connection: string }[],
): readonly PaletteEntry[] {
  const wanted = typed.trim();
  const needle = wanted.toLowerCase();
  const entries: PaletteEntry[] = [];
  for (const page of pages) if (page.title.toLowerCase().includes(needle)) entries.push(page);
  for (const queue of queues) {
    if (queue.id.toLowerCase().includes(needle))
      entries.push({ id: `queue ${queue.id}`, title: queue.name, hint: queue.connection, href: queueHref(queue.id) });
  }
  const replay = /^(?:replay\s*)?#?(\d{1,9})$/i.exec(wanted)?.[1];
  if (replay)
    entries.push({ id: `replay ${replay}`, title: `Replay ${replay}`, hint: 'by number', href: replayHref(replay) });
  if (/^[\w-]{22}$/.test(wanted))
    entries.unshift({ id: `message ${wanted}`, title: wanted, hint: 'message', href: messageHref(wanted) });
  return entries.slice(0, shownMax);
}

const pages: readonly PaletteEntry[] = [
  { id: 'page overview', title: 'Overview', hint: 'page', href: '/' },
  { id: 'page replays', title: 'Replays', hint: 'page', href: '/replays' },
];
