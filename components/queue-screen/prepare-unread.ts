import type { QueueRow } from '#lib/api/queues.ts';

type Known = Pick<QueueRow, 'open' | 'reader'>;

/** What is said in place of "none" where nobody has looked: of one queue, or of all. `null`: it was read, and none is none. */
export function unreadWords(place: Known | readonly Known[] | null): string | null {
  if (place === null) return null;
  if (!isMany(place)) {
    if (place.open !== null) return null;
    const { kind } = place.reader;
    return kind === 'syncing' || kind === 'waiting' ? 'The queue is being read.' : 'The queue was not read.';
  }
  const unread = place.filter(({ open }) => open === null).length;
  if (unread === 0) return null;
  return unread === place.length ? 'No queue was read yet.' : 'None in the queues that were read.';
}

function isMany(place: Known | readonly Known[]): place is readonly Known[] {
  return Array.isArray(place);
}
