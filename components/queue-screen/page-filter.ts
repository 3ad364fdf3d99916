import { queueFilter } from '#components/filter-bar/prepare-filter.ts';

/** What a page asks for: what the reader typed, within the queue whose page it is, or over all of them. */
export function pageFilter(queueId: string | null, typed: string): string {
  return queueId === null ? typed : queueFilter(queueId, typed);
}
