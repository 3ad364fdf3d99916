import { type RawBuilder, sql } from 'kysely';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { findCandidates } from '#server/store/sqlite/index/candidates.ts';
import type { CountQuery } from '#server/store/group-store.ts';
import type { Buckets, Counting } from '#server/store/sqlite/index/counting.ts';
import { condition, within } from '#server/store/sqlite/index/lower.ts';
import { listCells, listQueueRefs, planWalks } from '#server/store/sqlite/index/walks.ts';
import type { IndexSchema } from '#server/store/sqlite/schema.ts';

const build = queryBuilder<IndexSchema>();

/** Where no signature narrows a filter, so many of the newest messages are asked, and no more: each costs some microseconds. */
const askedMax = 20_000;

interface Row {
  readonly grp: number;
  readonly queue: number;
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

function matchesOf(db: Database, { filter, range }: CountQuery): { rows: Row[]; searchedTo: number | null } {
  const queues = listQueueRefs(db);
  const candidates = findCandidates(db, filter, queues);
  if (candidates) {
    const source = sql`from json_each(${JSON.stringify(candidates)}) as c cross join messages as m on m.id = c.value
      where ${condition(filter, queues)} and ${within(range)}`;
    return { rows: read(db, source), searchedTo: null };
  }
  const walks = planWalks(filter, listCells(db), queues);
  const askedOfEach = Math.floor(askedMax / Math.max(1, walks.length));
  const edges = walks.flatMap(({ source }) => {
    const edge = db.first(
      sql<{ at: number; id: number }>`
        select m.at, m.id ${source} and ${within(range)} order by m.at desc, m.id desc limit 1 offset ${askedOfEach}`.compile(
        build,
      ),
    );
    return edge ? [edge] : [];
  });
  // The walks end at one instant, so that what was looked at is everything since then.
  const edge = edges.toSorted((a, b) => b.at - a.at || b.id - a.id)[0];
  const since = edge ? sql` and (m.at, m.id) > (${edge.at}, ${edge.id})` : sql``;
  const rows = walks.flatMap(({ source, residual }) =>
    read(db, sql`${source} and ${within(range)}${since}${residual ? sql` and ${residual}` : sql``}`),
  );
  return { rows, searchedTo: edge?.at ?? null };
}

function read(db: Database, source: RawBuilder<unknown>): Row[] {
  return db.all(sql<Row>`select m.grp, m.queue, m.at ${source}`.compile(build));
}
