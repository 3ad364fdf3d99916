import { type RawBuilder, sql } from 'kysely';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { findCandidates } from '#server/store/sqlite/index/candidates.ts';
import { within } from '#server/store/sqlite/index/lower.ts';
import { sources } from '#server/store/sqlite/index/messages.ts';
import { type Cell, listCells, listQueueRefs, planWalks } from '#server/store/sqlite/index/walks.ts';
import type { IndexSchema } from '#server/store/sqlite/schema.ts';
import type { ErrorCount, MessageQuery } from '#server/store/store.ts';

const build = queryBuilder<IndexSchema>();

type Query = Pick<MessageQuery, 'filter' | 'range'>;

interface GroupCount {
  readonly grp: number;
  readonly n: number;
  readonly last: number;
}

export function listErrors(db: Database, query: Query, limit: number): ErrorCount[] {
  return db.snapshot(() => {
    const counts = countGroups(db, query);
    const top = [...counts.values()].sort((a, b) => b.n - a.n || b.last - a.last || a.grp - b.grp).slice(0, limit);
    return top.flatMap(({ grp, n, last }) => {
      const group = db.first(
        build.selectFrom('groups').select(['error_class', 'reason', 'example']).where('id', '=', grp).compile(),
      );
      return group
        ? [{ errorClass: group.error_class, errorMessage: group.example, reason: group.reason, count: n, lastAt: last }]
        : [];
    });
  });
}

function countGroups(db: Database, query: Query): Map<number, GroupCount> {
  const wholeCells = cellsOf(db, query);
  const rows = wholeCells ? countByRanges(db, wholeCells, query) : countByRows(db, query);
  const counts = new Map<number, GroupCount>();
  for (const { grp, n, last } of rows) {
    const sum = counts.get(grp);
    counts.set(grp, { grp, n: n + (sum?.n ?? 0), last: Math.max(last, sum?.last ?? last) });
  }
  return counts;
}

/** The cells that a filter takes as a whole; `null` where it has to look at single messages. */
function cellsOf(db: Database, { filter }: Query): readonly Cell[] | null {
  const queues = listQueueRefs(db);
  if (findCandidates(db, filter, queues)) return null;
  const walks = planWalks(filter, listCells(db), queues);
  return walks.every((walk) => walk.residual === null) ? walks.flatMap((walk) => walk.cells) : null;
}

function countByRows(db: Database, query: Query): GroupCount[] {
  return sources(db, query).flatMap((source) =>
    db.all(sql<GroupCount>`select m.grp, count(*) as n, max(m.at) as last ${source} group by m.grp`.compile(build)),
  );
}

/** Exact counts from the covering index alone, one range of it a group: a group by over rows would visit every message of the range. */
function countByRanges(db: Database, cells: readonly Cell[], { range }: Query): GroupCount[] {
  const wanted = JSON.stringify(cells.map((cell) => [cell.id, cell.state]));
  const inCells = (alias: string) =>
    sql`(${sql.ref(`${alias}.queue`)}, ${sql.ref(`${alias}.state`)}) in (select value ->> 0, value ->> 1 from json_each(${wanted}))`;
  if (range.from === null && range.to === null) return countAllTime(db, inCells);
  const groups = db.all(
    sql<{ grp: number }>`select distinct g.grp from group_counts as g where g.n > 0 and ${inCells('g')}`.compile(build),
  );
  const isWhole = cells.length === listCells(db).length;
  return groups.flatMap(({ grp }) =>
    db.all(
      sql<GroupCount>`
        select m.grp, count(*) as n, max(m.at) as last from messages as m indexed by messages_group_at
        where m.grp = ${grp} and ${within(range)}${isWhole ? sql`` : sql` and ${inCells('m')}`} group by m.grp`.compile(
        build,
      ),
    ),
  );
}

/** The kept counters are exact; only the newest of each group is looked up. */
function countAllTime(db: Database, inCells: (alias: string) => RawBuilder<unknown>): GroupCount[] {
  return db.all(
    sql<GroupCount>`
      select sums.grp, sums.n, (
        select m.at from messages as m indexed by messages_group_at
        where m.grp = sums.grp and ${inCells('m')} order by m.at desc limit 1
      ) as last
      from (select g.grp, sum(g.n) as n from group_counts as g where g.n > 0 and ${inCells('g')} group by g.grp) as sums`.compile(
      build,
    ),
  );
}
