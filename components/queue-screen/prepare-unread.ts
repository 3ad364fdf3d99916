import type { QueueRow } from '#lib/api/queues.ts';

type Known = Pick<QueueRow, 'open' | 'reader'>;

/**
 * What is said in place of "none" where nobody has looked: of one queue, `'unknown'` where there is none of its name, or of all.
 * `null`: it was read, and none is none.
 */
export function unreadWords(place: Known | readonly Known[] | 'unknown' | null): string | null {
  if (place === null) return null;
  if (place === 'unknown') return 'The queue is not known here.';
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
