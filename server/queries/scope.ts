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
  /** Queues that the filter may meet and of which what lies within the range is still being read. */
  readonly reading: readonly string[];
  /** Of some queue that the filter may meet what is older than this is not known yet, and the range reaches further back; `null` where nothing is missing. */
  readonly knownBackTo: number | null;
}

export async function readScope(
  { store, clock, masking }: Runtime,
  query: Pick<MessagesQuery, 'filter' | 'from' | 'to'>,
): Promise<Scope> {
  const now = clock.now();
  const { filter: asked, range } = readFilter(query, now, masking);
  const filter = await withWholeGroups(store, asked);
  const [queues, triage] = await Promise.all([store.index.listQueues(), readTriage(store)]);
  const met = queues.filter(({ id }) => mayMeet(filter, id));
  const lacking = met.filter(({ knownBackTo }) => knownBackTo !== null && reachesBehind(range, knownBackTo));
  const reading = met.filter(
    (queue) => queue.reader.kind === 'syncing' && (queue.knownBackTo === null || lacking.includes(queue)),
  );
  return {
    now,
    filter,
    range,
    triage,
    reading: reading.map((queue) => queue.id),
    knownBackTo: lacking.length === 0 ? null : Math.max(...lacking.flatMap(({ knownBackTo }) => knownBackTo ?? [])),
  };
}

function reachesBehind({ from }: TimeRange, instant: number): boolean {
  return from === null || from < instant;
}

function mayMeet(filter: Filter, queueId: string): boolean {
  const rest = simplify(filter, (leaf) => {
    if (leaf.kind === 'queue') return matchesQueue(leaf.pattern, queueId);
    return leaf.kind === 'equals' && leaf.field === 'queue' ? leaf.value === queueId : null;
  });
  return !isNothing(rest);
}
