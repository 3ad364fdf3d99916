import { dayMs } from '#lib/groups/group-state.ts';
import type { Timeline, TimelineQuery } from '#server/store/group-store.ts';
import type { Database } from '#server/store/sqlite/database.ts';
import type { Buckets, Counting } from '#server/store/sqlite/index/counting.ts';
import { countingOf } from '#server/store/sqlite/index/counting-of.ts';
import { factsOf } from '#server/store/sqlite/index/group-facts.ts';
import { findMerged } from '#server/store/sqlite/index/merged-groups.ts';

export function readTimeline(db: Database, query: TimelineQuery): Timeline {
  return db.snapshot(() => {
    const counting = countingOf(db, query);
    const count = [...counting.byGroup.values()].reduce((sum, n) => sum + n, 0);
    const buckets = bucketsOf(query, counting, count);
    const groups = findMerged(db, [...counting.byGroup.keys()], query.triage)
      .map((group) => ({
        group,
        n: group.members.reduce((sum, member) => sum + (counting.byGroup.get(member) ?? 0), 0),
      }))
      .toSorted((a, b) => b.n - a.n || (a.group.fingerprint < b.group.fingerprint ? -1 : 1));
    const shown = groups.slice(0, query.groups).map(({ group }) => group);
    const ofMembers = counting.inBuckets(
      shown.flatMap((group) => group.members),
      buckets,
    );
    const series = shown.map((group) => ({
      fingerprint: group.fingerprint,
      title: factsOf(db, group).description.title,
      counts: Array.from({ length: buckets.count }, (_, bucket) =>
        group.members.reduce((sum, member) => sum + (ofMembers.get(member)?.[bucket] ?? 0), 0),
      ),
    }));
    const all = counting.allInBuckets(buckets);
    const others = all.map((n, bucket) => n - series.reduce((sum, { counts }) => sum + (counts[bucket] ?? 0), 0));
    return {
      from: buckets.from,
      to: buckets.to,
      bucketMs: buckets.widthMs,
      series,
      other: { groups: groups.length - shown.length, counts: others },
      count,
      outside: count - all.reduce((sum, n) => sum + n, 0),
      searchedTo: counting.searchedTo,
    };
  });
}

function bucketsOf({ range, buckets, now }: TimelineQuery, counting: Counting, count: number): Buckets {
  const to = range.to ?? newestOf(counting, count, now);
  const from = Math.min(range.from ?? oldestOf(counting, count, to), to - 1);
  const widthMs = Math.max(1, Math.ceil((to - from) / buckets));
  return { from, to, widthMs, count: Math.ceil((to - from) / widthMs) };
}

/** Of so many matches, one in two hundred may lie outside, at each end; and no more of them are looked at than this. */
const outsidePart = 200;
const outsideMax = 5_000;

/** No dead letter is older: such clocks were never set. */
const clocksSetSince = Date.UTC(2000, 0, 1);

/** Clocks may be ahead of ours by so much and still be meant. */
const aheadMaxMs = dayMs;

function placeOf(count: number): number {
  return Math.min(outsideMax, Math.floor(count / outsidePart));
}

/** A few messages with clocks far off would make every bucket years wide: they are left out where that halves the time that is shown. */
function oldestOf(counting: Counting, count: number, to: number): number {
  const oldest = counting.instantAt(0, 'oldest');
  if (oldest === null) return to - dayMs;
  const most = counting.instantAt(placeOf(count), 'oldest') ?? oldest;
  const start = to - most < (to - oldest) / 2 ? most : oldest;
  if (start >= clocksSetSince) return start;
  const plausible = counting.instantAt(0, 'oldest', clocksSetSince);
  return plausible !== null && plausible < to ? plausible : start;
}

function newestOf(counting: Counting, count: number, now: number): number {
  const most = counting.instantAt(placeOf(count), 'newest') ?? now;
  return Math.min(Math.max(now, most), now + aheadMaxMs) + 1;
}
