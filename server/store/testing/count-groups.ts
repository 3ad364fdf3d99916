import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { GroupList, Timeline } from '#server/store/group-store.ts';

const openStates = ['new', 'returned', 'failed', 'unknown'];

/** What a list of groups must say, counted letter by letter; `headOf` names the group that a fingerprint was merged into. */
export function countedByHand(
  all: readonly DeadLetter[],
  met: readonly DeadLetter[],
  { trendFrom, trendTo }: Pick<GroupList, 'trendFrom' | 'trendTo'>,
  headOf: (fingerprint: string) => string = (fingerprint) => fingerprint,
) {
  const width = Math.max(1, Math.ceil((trendTo - trendFrom) / 24));
  const of = (letters: readonly DeadLetter[]) => Map.groupBy(letters, (letter) => headOf(letter.fingerprint));
  const whole = of(all);
  return [...of(met)]
    .map(([fingerprint, letters]) => {
      const every = whole.get(fingerprint) ?? [];
      return {
        fingerprint,
        state: 'new',
        regressedAt: null,
        count: letters.length,
        open: every.filter((letter) => openStates.includes(letter.state)).length,
        firstAt: Math.min(...every.map((letter) => letter.at)),
        lastAt: Math.max(...every.map((letter) => letter.at)),
        members: new Set(every.map((letter) => letter.fingerprint)).size,
        queues: [...Map.groupBy(letters, (letter) => letter.queueId)]
          .map(([queueId, some]) => ({ queueId, count: some.length }))
          .toSorted((a, b) => b.count - a.count || (a.queueId < b.queueId ? -1 : 1)),
        trend: inBuckets(letters, trendFrom, trendTo, width, 24),
      };
    })
    .toSorted((a, b) => b.count - a.count || b.lastAt - a.lastAt || (a.fingerprint < b.fingerprint ? -1 : 1));
}

/** What a timeline between these ends must say. */
export function timelineByHand(
  met: readonly DeadLetter[],
  { from, to, bucketMs, other }: Timeline,
  shown: number,
  headOf: (fingerprint: string) => string = (fingerprint) => fingerprint,
) {
  const groups = [...Map.groupBy(met, (letter) => headOf(letter.fingerprint))].toSorted(
    ([a, some], [b, others]) => others.length - some.length || (a < b ? -1 : 1),
  );
  const counts = (letters: readonly DeadLetter[]) => inBuckets(letters, from, to, bucketMs, other.counts.length);
  return {
    series: groups.slice(0, shown).map(([fingerprint, letters]) => ({ fingerprint, counts: counts(letters) })),
    other: {
      groups: Math.max(0, groups.length - shown),
      counts: counts(groups.slice(shown).flatMap(([, letters]) => letters)),
    },
    count: met.length,
    outside: met.filter((letter) => letter.at < from || letter.at >= to).length,
    searchedTo: null,
  };
}

function inBuckets(letters: readonly DeadLetter[], from: number, to: number, width: number, buckets: number): number[] {
  return Array.from(
    { length: buckets },
    (_, bucket) =>
      letters.filter(({ at }) => at >= from + bucket * width && at < Math.min(to, from + (bucket + 1) * width)).length,
  );
}
