import type { GroupTriage } from '#lib/domain/error-group.ts';
import type { Filter } from '#lib/filter/filter.ts';
import type { Store } from '#server/store/store.ts';

/** More problems than people close by hand; each costs a few seeks, and this is read whenever anything changes. */
const groupsMax = 500;

/** A replay could still put them back. */
const open: Filter = {
  kind: 'and',
  terms: (['gone', 'replayed', 'discarded'] as const).map((state) => ({ kind: 'not', term: { kind: 'state', state } })),
};

/**
 * Open dead letters by queue of problems that a person has resolved or ignored, from what is counted already. Where too many were closed the smallest
 * are not among them: then it is not `exact`.
 */
export async function countClosedLetters(
  { index }: Store,
  triage: readonly GroupTriage[],
  now: number,
): Promise<ClosedLetters> {
  const byQueue = new Map<string, number>();
  if (triage.every(({ decision }) => decision.kind === 'open')) return { byQueue, exact: true, fingerprints: [] };
  const { groups, byState, searchedTo, queueCounts } = await index.listGroups({
    filter: open,
    range: { from: null, to: null },
    now,
    triage,
    states: ['resolved', 'ignored'],
    sort: 'count',
    limit: groupsMax,
  });
  for (const { queueId, count } of groups.flatMap((group) => group.queues))
    byQueue.set(queueId, (byQueue.get(queueId) ?? 0) + count);
  const closed = (byState.resolved ?? 0) + (byState.ignored ?? 0);
  const exact = closed <= groups.length && searchedTo === null && queueCounts === 'matching';
  return { byQueue, exact, fingerprints: groups.map(({ fingerprint }) => fingerprint) };
}

export interface ClosedLetters {
  readonly byQueue: ReadonlyMap<string, number>;
  readonly exact: boolean;
  /** Of the groups that they are in; a merged one by its head. */
  readonly fingerprints: readonly string[];
}
