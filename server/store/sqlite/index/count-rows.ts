import { sql } from 'kysely';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import type { CountQuery } from '#server/store/group-store.ts';
import type { Buckets, Counting } from '#server/store/sqlite/index/counting.ts';
import { search } from '#server/store/sqlite/index/search.ts';
import type { IndexSchema } from '#server/store/sqlite/schema.ts';
import type { Effort } from '#server/store/store.ts';

const build = queryBuilder<IndexSchema>();

/** Several of these questions are asked at once, and each may hold up the others. */
export const countEffort: Effort = { examinedMax: 50_000, timeMsMax: 150 };
const matchesMax = 50_000;

interface Row {
  readonly grp: number;
  readonly queue: number;
  readonly state: number;
  readonly at: number;
}

/** Counts what a filter on contents meets: among the candidates that the signatures name, or among the newest messages. */
export function countRows(db: Database, query: CountQuery): Counting {
  const { rows, searchedTo } = matchesOf(db, query);
  const byGroup = new Map<number, number>();
  for (const { grp } of rows) byGroup.set(grp, (byGroup.get(grp) ?? 0) + 1);
  return {
    searchedTo,
    byGroup,
    inBuckets(groups, buckets) {
      const counts = new Map(groups.map((grp) => [grp, emptyBuckets(buckets)]));
      for (const { grp, at } of rows) countIn(counts.get(grp), buckets, at);
      return counts;
    },
    allInBuckets(buckets) {
      const counts = emptyBuckets(buckets);
      for (const { at } of rows) countIn(counts, buckets, at);
      return counts;
    },
    byQueue(groups) {
      const counts = new Map(groups.map((grp) => [grp, new Map<number, number>()]));
      for (const { grp, queue } of rows) {
        const queues = counts.get(grp);
        queues?.set(queue, (queues.get(queue) ?? 0) + 1);
      }
      return counts;
    },
    byCell: () =>
      [...Map.groupBy(rows, ({ queue, state }) => `${queue} ${state}`).values()].flatMap((some) =>
        some[0] ? [{ queue: some[0].queue, state: some[0].state, n: some.length }] : [],
      ),
    instantAt(place, order, since = -Infinity) {
      const instants = rows.map((row) => row.at).filter((at) => at >= since);
      instants.sort((a, b) => (order === 'newest' ? b - a : a - b));
      return instants[place] ?? null;
    },
  };
}

function emptyBuckets({ count }: Buckets): number[] {
  return Array.from({ length: count }, () => 0);
}

function countIn(counts: number[] | undefined, { from, to, widthMs }: Buckets, at: number): void {
  if (!counts || at < from || at >= to) return;
  const bucket = Math.floor((at - from) / widthMs);
  const count = counts[bucket];
  if (count !== undefined) counts[bucket] = count + 1;
}

/** In the order of the search, newest first. */
function matchesOf(db: Database, query: CountQuery): { rows: Row[]; searchedTo: number | null } {
  const { effort = countEffort } = query;
  const { places, endedAt } = search(db, query, { order: 'newest', after: null, max: matchesMax, effort });
  const last = places.length >= matchesMax ? places.at(-1) : endedAt;
  const ids = JSON.stringify(places.map((place) => place.id));
  const rows = db.all(
    sql<Row>`
      select m.grp, m.queue, m.state, m.at from json_each(${ids}) as wanted cross join messages as m on m.id = wanted.value`.compile(
      build,
    ),
  );
  return { rows, searchedTo: last?.at ?? null };
}
