import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { TimeRange } from '#lib/filter/filter.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import type { Buckets, CellCount, Counting } from '#server/store/sqlite/index/counting.ts';
import { within } from '#server/store/sqlite/index/lower.ts';
import type { Cell } from '#server/store/sqlite/index/walks.ts';
import type { IndexSchema } from '#server/store/sqlite/schema.ts';

const build = queryBuilder<IndexSchema>();

/** Some groups in some cells, every message of which is meant. Parts are disjoint. */
export interface Part {
  /** `null`: all but `except`. */
  readonly groups: readonly number[] | null;
  readonly except: readonly number[];
  readonly cells: readonly Cell[];
  /** Every cell that there is. */
  readonly existing: readonly Cell[];
}

/** Messages are counted by queue only up to so many: each has to be visited for it. */
const countedByQueueMax = 50_000;

/** One range of an index for each count: a group by over rows would visit and sort every message of the range. */
export function countParts(db: Database, parts: readonly Part[], range: TimeRange): Counting {
  const isOpen = range.from === null && range.to === null;
  const byGroup = new Map<number, number>();
  const partOf = new Map<number, Part[]>();
  for (const part of parts) {
    for (const { grp, n } of isOpen ? keptCounts(db, part) : rangeCounts(db, part, range)) {
      if (n === 0) continue;
      byGroup.set(grp, (byGroup.get(grp) ?? 0) + n);
      partOf.set(grp, [...(partOf.get(grp) ?? []), part]);
    }
  }

  const groupsOf = (part: Part, groups: readonly number[]) =>
    groups.filter((grp) => partOf.get(grp)?.includes(part) === true);

  return {
    searchedTo: null,
    byGroup,
    inBuckets(groups, buckets) {
      const counts = new Map<number, readonly number[]>();
      for (const part of parts) {
        for (const { grp, json } of bucketCounts(db, part, groupsOf(part, groups), range, buckets))
          counts.set(grp, addUp(counts.get(grp), numbersOf(json)));
      }
      return counts;
    },
    allInBuckets(buckets) {
      return parts
        .map((part) => totals(db, part, range, buckets))
        .reduce(
          addUp,
          Array.from({ length: buckets.count }, () => 0),
        );
    },
    byCell: () => parts.flatMap((part) => cellCounts(db, part, isOpen ? null : range)),
    byQueue(groups) {
      const counted = groups.reduce((sum, grp) => sum + (byGroup.get(grp) ?? 0), 0);
      if (!isOpen && counted > countedByQueueMax) return null;
      const counts = new Map<number, Map<number, number>>();
      for (const part of parts) {
        for (const { grp, queue, n } of queueCounts(db, part, groupsOf(part, groups), isOpen ? null : range)) {
          const queues = counts.get(grp) ?? new Map<number, number>();
          counts.set(grp, queues.set(queue, (queues.get(queue) ?? 0) + n));
        }
      }
      return counts;
    },
    instantAt(place, order, since = -Infinity) {
      const from = Math.max(since, range.from ?? -Infinity);
      return instantAt(db, parts, { from: Number.isFinite(from) ? from : null, to: range.to }, place, order);
    },
  };
}

/** The kept counters are exact. */
function keptCounts(db: Database, part: Part): { grp: number; n: number }[] {
  return db.all(
    sql<{ grp: number; n: number }>`
      select c.grp, sum(c.n) as n from group_counts as c indexed by group_counts_group
      where c.n > 0${inCells('c', part)}${inGroups('c', part)} group by c.grp`.compile(build),
  );
}

function rangeCounts(db: Database, part: Part, range: TimeRange): { grp: number; n: number }[] {
  return db.all(
    sql<{ grp: number; n: number }>`
      select g.grp, (
        select count(*) from messages as m indexed by messages_group_at where m.grp = g.grp and ${within(range)}${inCells('m', part)}
      ) as n
      from (${groupsIn(part)}) as g`.compile(build),
  );
}

/** Those that may have a message in the part. */
function groupsIn(part: Part): RawBuilder<unknown> {
  if (part.cells.length === part.existing.length)
    return sql`select c.id as grp from groups as c where true${inGroups('c', part, 'id')}`;
  return sql`select distinct c.grp from group_counts as c where c.n > 0${inCells('c', part)}${inGroups('c', part)}`;
}

function bucketCounts(
  db: Database,
  part: Part,
  groups: readonly number[],
  range: TimeRange,
  buckets: Buckets,
): { grp: number; json: string }[] {
  if (groups.length === 0) return [];
  return db.all(
    sql<{ grp: number; json: string }>`
      select g.value as grp, (
        select json_group_array((
          select count(*) from messages as m indexed by messages_group_at
          where m.grp = g.value and ${inBucket(buckets, range)}${inCells('m', part)}
        )) from json_each(${startsOf(buckets)}) as b
      ) as json from json_each(${JSON.stringify(groups)}) as g`.compile(build),
  );
}

/** Of all groups: from the index of time alone, or of each cell, without those that are left out. */
function totals(db: Database, part: Part, range: TimeRange, buckets: Buckets): readonly number[] {
  const ofGroups = (groups: readonly number[]) =>
    bucketCounts(db, part, groups, range, buckets).map(({ json }) => numbersOf(json));
  if (part.groups) return ofGroups(part.groups).reduce(addUp, []);
  return ofGroups(part.except).reduce(takeAway, allGroups(db, part, range, buckets));
}

function allGroups(db: Database, part: Part, range: TimeRange, buckets: Buckets): readonly number[] {
  return sourcesOf({ ...part, except: [] })
    .map((source) => {
      const row = db.first(
        sql<{ json: string }>`
          select json_group_array((select count(*) from messages as m ${source} and ${inBucket(buckets, range)})) as json
          from json_each(${startsOf(buckets)}) as b`.compile(build),
      );
      return row ? numbersOf(row.json) : [];
    })
    .reduce(
      addUp,
      Array.from({ length: buckets.count }, () => 0),
    );
}

function queueCounts(
  db: Database,
  part: Part,
  groups: readonly number[],
  range: TimeRange | null,
): { grp: number; queue: number; n: number }[] {
  const wanted = sql`json_each(${JSON.stringify(groups)}) as g`;
  return db.all(
    range === null
      ? sql<{ grp: number; queue: number; n: number }>`
          select c.grp, c.queue, sum(c.n) as n
          from ${wanted} cross join group_counts as c indexed by group_counts_group on c.grp = g.value
          where c.n > 0${inCells('c', part)} group by c.grp, c.queue`.compile(build)
      : sql<{ grp: number; queue: number; n: number }>`
          select m.grp, m.queue, count(*) as n
          from ${wanted} cross join messages as m indexed by messages_group_at on m.grp = g.value
          where ${within(range)}${inCells('m', part)} group by m.grp, m.queue`.compile(build),
  );
}

/** SQLite takes 500 terms in one compound at most. */
const sourcesAtOnce = 200;

function instantAt(
  db: Database,
  parts: readonly Part[],
  range: TimeRange,
  place: number,
  order: 'newest' | 'oldest',
): number | null {
  const direction = order === 'newest' ? sql`desc` : sql`asc`;
  const instants: number[] = [];
  const all = parts.flatMap(sourcesOf);
  for (let first = 0; first < all.length; first += sourcesAtOnce) {
    const some = all
      .slice(first, first + sourcesAtOnce)
      .map(
        (source) =>
          sql`select * from (select m.at from messages as m ${source} and ${within(range)} order by m.at ${direction} limit ${place + 1})`,
      );
    const rows = db.all(
      sql<{
        at: number;
      }>`select at from (${sql.join(some, sql` union all `)}) order by at ${direction} limit ${place + 1}`.compile(
        build,
      ),
    );
    instants.push(...rows.map((row) => row.at));
  }
  return instants.toSorted((a, b) => (order === 'newest' ? b - a : a - b))[place] ?? null;
}

/** Stretches of an index that are ordered by time, and together are the part. */
function sourcesOf(part: Part): RawBuilder<unknown>[] {
  if (part.groups !== null)
    return part.groups.map((grp) => sql`indexed by messages_group_at where m.grp = ${grp}${inCells('m', part)}`);
  const others = inGroups('m', part);
  if (part.cells.length === part.existing.length) return [sql`indexed by messages_at where true${others}`];
  return part.cells.map(
    (cell) => sql`indexed by messages_queue_state_at where m.queue = ${cell.id} and m.state = ${cell.state}${others}`,
  );
}

function cellCounts(db: Database, part: Part, range: TimeRange | null): readonly CellCount[] {
  const isOfAllGroups = part.groups === null && part.except.length === 0;
  if (range === null) {
    if (isOfAllGroups) return part.cells.map(({ id, state, n }) => ({ queue: id, state, n }));
    return db.all(
      sql<CellCount>`
        select c.queue, c.state, sum(c.n) as n from group_counts as c where c.n > 0${inCells('c', part)}${inGroups('c', part)}
        group by c.queue, c.state`.compile(build),
    );
  }
  if (isOfAllGroups) {
    const cells = JSON.stringify(part.cells.map((cell) => [cell.id, cell.state]));
    return db.all(
      sql<CellCount>`
        select c.value ->> 0 as queue, c.value ->> 1 as state, (
          select count(*) from messages as m indexed by messages_queue_state_at
          where m.queue = c.value ->> 0 and m.state = c.value ->> 1 and ${within(range)}
        ) as n from json_each(${cells}) as c`.compile(build),
    );
  }
  const groups = part.groups === null ? sql`` : sql`indexed by messages_group_at`;
  return db.all(
    sql<CellCount>`
      select m.queue, m.state, count(*) as n from messages as m ${groups}
      where ${within(range)}${inGroups('m', part)}${inCells('m', part)} group by m.queue, m.state`.compile(build),
  );
}

function inBucket(buckets: Buckets, range: TimeRange): RawBuilder<SqlBool> {
  const to = range.to === null ? buckets.to : Math.min(range.to, buckets.to);
  const from = range.from === null ? sql`b.value` : sql`max(b.value, ${range.from})`;
  return sql<SqlBool>`m.at >= ${from} and m.at < min(b.value + ${buckets.widthMs}, ${to})`;
}

function startsOf({ from, widthMs, count }: Buckets): string {
  return JSON.stringify(Array.from({ length: count }, (_, bucket) => from + bucket * widthMs));
}

/**
 * A condition on queue and state. Where the cells are all those of some queues in some states, which they nearly always are, each is asked for by
 * itself, states as bits: a list of pairs would cost more for each message than visiting it.
 */
function inCells(alias: string, { cells, existing }: Part): RawBuilder<unknown> {
  const queue = sql.ref(`${alias}.queue`);
  const state = sql.ref(`${alias}.state`);
  const queues = new Set(cells.map((cell) => cell.id));
  const states = new Set(cells.map((cell) => cell.state));
  const product = existing.filter((cell) => queues.has(cell.id) && states.has(cell.state));
  if (product.length !== cells.length) {
    const pairs = JSON.stringify(cells.map((cell) => [cell.id, cell.state]));
    return sql` and (${queue}, ${state}) in (select value ->> 0, value ->> 1 from json_each(${pairs}))`;
  }
  const [only] = queues;
  const someQueues = existing.some((cell) => !queues.has(cell.id));
  const someStates = existing.some((cell) => queues.has(cell.id) && !states.has(cell.state));
  const bits = [...states].reduce((sum, code) => sum | (1 << code), 0);
  const ofQueues =
    queues.size === 1 && only !== undefined
      ? sql` and ${queue} = ${only}`
      : sql` and ${queue} in (select value from json_each(${JSON.stringify([...queues])}))`;
  return sql`${someQueues || queues.size === 0 ? ofQueues : sql``}${someStates ? sql` and (${bits} >> ${state}) & 1` : sql``}`;
}

function inGroups(alias: string, { groups, except }: Part, column = 'grp'): RawBuilder<unknown> {
  const group = sql.ref(`${alias}.${column}`);
  if (groups !== null) return sql` and ${group} in (select value from json_each(${JSON.stringify(groups)}))`;
  return except.length === 0
    ? sql``
    : sql` and ${group} not in (select value from json_each(${JSON.stringify(except)}))`;
}

function addUp(sums: readonly number[] | undefined, counts: readonly number[]): readonly number[] {
  return sums === undefined || sums.length === 0 ? counts : sums.map((sum, bucket) => sum + (counts[bucket] ?? 0));
}

function takeAway(counts: readonly number[], less: readonly number[]): readonly number[] {
  return counts.map((count, bucket) => count - (less[bucket] ?? 0));
}

/** What `json_group_array` has made of counts. */
function numbersOf(json: string): readonly number[] {
  return JSON.parse(json) as number[];
}
