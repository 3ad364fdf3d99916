import type { Filter, TimeRange } from '#lib/filter/filter.ts';
import { matchesQueue } from '#lib/filter/queue-pattern.ts';
import { isNothing, simplify } from '#lib/filter/simplify.ts';
import type { GroupTriage } from '#lib/domain/error-group.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { type MessagesQuery, readFilter } from '#server/queries/messages.ts';
import { readTriage } from '#server/queries/read-triage.ts';
import { withWholeGroups } from '#server/queries/whole-groups.ts';

/** What a query that counts is about, and what is known of the groups that it counts by. */
export interface Scope {
  readonly now: number;
  readonly filter: Filter;
  readonly range: TimeRange;
  readonly triage: readonly GroupTriage[];
  /** Queues that the filter may meet and that are still being read. */
  readonly reading: readonly string[];
}

export async function readScope(
  { store, clock, masking }: Runtime,
  query: Pick<MessagesQuery, 'filter' | 'from' | 'to'>,
): Promise<Scope> {
  const now = clock.now();
  const { filter: asked, range } = readFilter(query, now, masking);
  const filter = await withWholeGroups(store, asked);
  const [queues, triage] = await Promise.all([store.index.listQueues(), readTriage(store)]);
  const reading = queues.filter(({ id, reader }) => reader.kind === 'syncing' && mayMeet(filter, id));
  return { now, filter, range, triage, reading: reading.map((queue) => queue.id) };
}

function mayMeet(filter: Filter, queueId: string): boolean {
  const rest = simplify(filter, (leaf) => {
    if (leaf.kind === 'queue') return matchesQueue(leaf.pattern, queueId);
    return leaf.kind === 'equals' && leaf.field === 'queue' ? leaf.value === queueId : null;
  });
  return !isNothing(rest);
}
