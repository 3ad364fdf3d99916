import type { GroupState } from '#lib/domain/error-group.ts';
import { dayMs, groupState } from '#lib/groups/group-state.ts';
import type { Database } from '#server/store/sqlite/database.ts';
import type { Buckets, Counting } from '#server/store/sqlite/index/counting.ts';
import { countingOf } from '#server/store/sqlite/index/counting-of.ts';
import { factsOf } from '#server/store/sqlite/index/group-facts.ts';
import { keptByQueue, signsOf } from '#server/store/sqlite/index/group-signs.ts';
import { findMerged, type MergedGroup } from '#server/store/sqlite/index/merged-groups.ts';
import { listQueueRefs } from '#server/store/sqlite/index/walks.ts';
import type { GroupEntry, GroupList, GroupQuery } from '#server/store/group-store.ts';

const trendBuckets = 24;

export function listGroups(db: Database, query: GroupQuery): GroupList {
  return db.snapshot(() => {
    const counting = countingOf(db, query);
    const trend = trendOf(query);
    const met = findMerged(db, [...counting.byGroup.keys()], query.triage).map((group) => ({
      ...group,
      count: sumOver(group.members, counting.byGroup),
    }));
    const decided = withStates(db, met, query);
    const wanted = decided.filter(({ state }) => query.states.includes(state));
    const ranked = rank(wanted, query, counting, trend).slice(0, query.limit);
    const byState: Partial<Record<GroupState, number>> = {};
    for (const { state } of decided) byState[state] = (byState[state] ?? 0) + 1;
    return {
      ...detailsOf(db, ranked, counting, trend),
      byState,
      count: met.reduce((sum, group) => sum + group.count, 0),
      searchedTo: counting.searchedTo,
      trendFrom: trend.from,
      trendTo: trend.to,
    };
  });
}

/** Within the range where it has ends; else the day before its end, or before now. */
function trendOf({ range, now }: GroupQuery): Buckets {
  const to = range.to ?? now + 1;
  const from = range.from !== null && range.from < to ? range.from : to - dayMs;
  return { from, to, widthMs: Math.max(1, Math.ceil((to - from) / trendBuckets)), count: trendBuckets };
}

interface Counted extends MergedGroup {
  readonly count: number;
}

export interface Decided extends Counted {
  readonly state: GroupState;
  readonly regressedAt: number | null;
  readonly firstAt: number;
  readonly lastAt: number;
}

function withStates(db: Database, groups: readonly Counted[], { triage, now }: GroupQuery): Decided[] {
  const decisions = new Map(triage.map((record) => [record.fingerprint, record.decision]));
  const withDecision = groups.map((group) => ({ ...group, decision: decisions.get(group.fingerprint) ?? null }));
  return signsOf(db, withDecision, now).map(({ group, signs, lastAt }) => ({
    ...group,
    state: groupState(signs, now),
    regressedAt: signs.regressedAt,
    firstAt: signs.firstAt,
    lastAt,
  }));
}

function rank(groups: readonly Decided[], { sort }: GroupQuery, counting: Counting, trend: Buckets): Decided[] {
  const score = scoreBy(groups, sort, counting, trend);
  return groups.toSorted(
    (a, b) => score(b) - score(a) || b.lastAt - a.lastAt || (a.fingerprint < b.fingerprint ? -1 : 1),
  );
}

function scoreBy(
  groups: readonly Decided[],
  sort: GroupQuery['sort'],
  counting: Counting,
  trend: Buckets,
): (group: Decided) => number {
  switch (sort) {
    case 'count':
      return (group) => group.count;
    case 'last':
      return (group) => group.lastAt;
    case 'first':
      return (group) => group.firstAt;
    case 'trend': {
      const quarters = { ...trend, widthMs: Math.max(1, Math.ceil((trend.to - trend.from) / 4)), count: 4 };
      const counts = counting.inBuckets(
        groups.flatMap((group) => group.members),
        quarters,
      );
      // How far the last quarter is above the mean of those before.
      return ({ members }) => {
        const [first = 0, second = 0, third = 0, last = 0] = addUp(members, counts, 4);
        return last - (first + second + third) / 3;
      };
    }
  }
}

/** With what is shown of each. */
export function detailsOf(
  db: Database,
  groups: readonly Decided[],
  counting: Counting,
  trend: Buckets,
): Pick<GroupList, 'groups' | 'queueCounts'> {
  const members = groups.flatMap((group) => group.members);
  const trends = counting.inBuckets(members, trend);
  const counted = counting.byQueue(members);
  const kept = keptByQueue(db, members);
  const queues = counted ?? kept.all;
  const queueIds = new Map(listQueueRefs(db).map(({ id, queueId }) => [id, queueId]));
  return {
    queueCounts: counted === null ? 'all-time' : 'matching',
    groups: groups.map((group): GroupEntry => {
      const { fingerprint, state, regressedAt, count, firstAt, lastAt } = group;
      return {
        ...factsOf(db, group),
        fingerprint,
        state,
        regressedAt,
        count,
        open: sumOver(group.members, kept.open),
        firstAt,
        lastAt,
        members: group.members.length,
        queues: queueSums(group.members, queues, queueIds),
        trend: addUp(group.members, trends, trend.count),
      };
    }),
  };
}

function queueSums(
  members: readonly number[],
  counts: ReadonlyMap<number, ReadonlyMap<number, number>>,
  queueIds: ReadonlyMap<number, string>,
): GroupEntry['queues'] {
  const sums = new Map<number, number>();
  for (const member of members)
    for (const [queue, n] of counts.get(member) ?? []) sums.set(queue, (sums.get(queue) ?? 0) + n);
  return [...sums]
    .flatMap(([queue, count]) => {
      const queueId = queueIds.get(queue);
      return queueId === undefined ? [] : [{ queueId, count }];
    })
    .toSorted((a, b) => b.count - a.count || (a.queueId < b.queueId ? -1 : 1));
}

function addUp(
  members: readonly number[],
  counts: ReadonlyMap<number, readonly number[]>,
  buckets: number,
): readonly number[] {
  return Array.from({ length: buckets }, (_, bucket) =>
    members.reduce((sum, member) => sum + (counts.get(member)?.[bucket] ?? 0), 0),
  );
}

function sumOver(members: readonly number[], counts: ReadonlyMap<number, number>): number {
  return members.reduce((sum, member) => sum + (counts.get(member) ?? 0), 0);
}
