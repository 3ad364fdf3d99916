import { type RawBuilder, sql } from 'kysely';
import type { GroupTriage } from '#lib/domain/error-group.ts';
import type { DeadLetterState } from '#lib/domain/dead-letter.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { openStates, restColumns, stateOf } from '#server/store/sqlite/index/row.ts';
import type { QueueRef } from '#server/store/sqlite/index/lower.ts';
import { type Cell, listCells, listQueueRefs } from '#server/store/sqlite/index/walks.ts';
import type { IndexSchema } from '#server/store/sqlite/schema.ts';
import type { QueueSummary } from '#server/store/store.ts';

const build = queryBuilder<IndexSchema>();
const hourMs = 3_600_000;
const hours = 24;

export function summariseQueues(
  db: Database,
  now: number,
  triage: readonly Pick<GroupTriage, 'fingerprint' | 'mergedInto'>[] = [],
): QueueSummary[] {
  const merged = triage.filter(({ mergedInto }) => mergedInto !== null);
  const heads = JSON.stringify(Object.fromEntries(merged.map((each) => [each.fingerprint, each.mergedInto])));
  return db.snapshot(() => {
    const cells = Map.groupBy(listCells(db), (cell) => cell.id);
    return listQueueRefs(db).map((queue) => summariseQueue(db, queue, cells.get(queue.id) ?? [], now, heads));
  });
}

function summariseQueue(
  db: Database,
  queue: QueueRef,
  cells: readonly Cell[],
  now: number,
  heads: string,
): QueueSummary {
  const byState: Partial<Record<DeadLetterState, number>> = {};
  for (const cell of cells) byState[stateOf(cell.state)] = cell.n;
  const open = cells.filter((cell) => openStates.includes(cell.state));
  const hourly = cells.length === 0 ? Array.from({ length: hours }, () => 0) : countHours(db, queue.id, cells, now);
  const edges = open.map((cell) => edgesOf(db, cell));
  return {
    queueId: queue.queueId,
    open: sum(open.map((cell) => cell.n)),
    indexed: sum(cells.map((cell) => cell.n)),
    byState,
    newInDay: sum(hourly),
    hourly,
    oldestAt: edges.length === 0 ? null : Math.min(...edges.map((edge) => edge.oldest)),
    newestAt: edges.length === 0 ? null : Math.max(...edges.map((edge) => edge.newest)),
    ...keptOf(db, open),
    ...topGroup(db, queue.id, heads),
  };
}

/** The last hour ends with `now`, which still belongs to it. */
function countHours(db: Database, queue: number, cells: readonly Cell[], now: number): number[] {
  const count = sql<{ hour: number; n: number }>`
    select h.value as hour, (
      select count(*) from messages as m indexed by messages_queue_state_at
      where m.queue = ${queue} and m.state in (${sql.join(cells.map((cell) => cell.state))}) and m.at > ${now} - (h.value + 1) * ${hourMs} and m.at <= ${now} - h.value * ${hourMs}
    ) as n from json_each(${hoursBack}) as h`;
  return db
    .all(count.compile(build))
    .toSorted((a, b) => b.hour - a.hour)
    .map((row) => row.n);
}

const hoursBack = JSON.stringify(Array.from({ length: hours }, (_, hour) => hour));

/** Two seeks. The cell is not empty, so both are there. */
function edgesOf(db: Database, cell: Cell): { oldest: number; newest: number } {
  const part = sql`from messages as m indexed by messages_queue_state_at where m.queue = ${cell.id} and m.state = ${cell.state}`;
  const row = db.first(
    sql<{
      oldest: number;
      newest: number;
    }>`select (select min(m.at) ${part}) as oldest, (select max(m.at) ${part}) as newest`.compile(build),
  );
  return row ?? { oldest: 0, newest: 0 };
}

/** Four seeks a cell. */
function keptOf(db: Database, cells: readonly Cell[]): Pick<QueueSummary, 'keptFrom' | 'endsAt'> {
  return keptAmong(
    cells.flatMap((cell) => {
      const { oldestKept, kept, ends } = keptSeeks(sql`m.queue = ${cell.id} and m.state = ${cell.state}`);
      const row = db.first(
        sql<KeptRow>`select ${oldestKept} as oldestKept, ${kept} as kept, ${ends} as ends`.compile(build),
      );
      return row ? [row] : [];
    }),
  );
}

/** Of one cell. */
export interface KeptRow {
  readonly oldestKept: number | null;
  readonly kept: number | null;
  readonly ends: number | null;
}

/** `of` names the cell of the messages `m`. */
export function keptSeeks(of: RawBuilder<unknown>): Readonly<Record<keyof KeptRow, RawBuilder<number | null>>> {
  return {
    oldestKept: sql`(select ${restColumns.keptFrom} from messages as m indexed by messages_queue_state_at where ${of} order by m.at limit 1)`,
    kept: sql`(select min(m.rest ->> 11) from messages as m indexed by messages_kept_from where ${of} and m.rest ->> 11 > 0)`,
    ends: sql`(select min(m.rest ->> 12) from messages as m indexed by messages_ends_at where ${of} and m.rest ->> 12 > 0)`,
  };
}

export function keptAmong(rows: readonly KeptRow[]): Pick<QueueSummary, 'keptFrom' | 'endsAt'> {
  return {
    keptFrom: least(rows.flatMap(({ oldestKept, kept }) => [oldestKept, kept])),
    endsAt: least(rows.map(({ ends }) => ends)),
  };
}

export function least(numbers: readonly (number | null)[]): number | null {
  const known = numbers.filter((number) => number !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** Of the open messages: what was replayed is no longer a person's concern. */
function topGroup(db: Database, queue: number, heads: string): Pick<QueueSummary, 'topError' | 'topGroup'> {
  const open = sql`c.queue = ${queue} and c.n > 0 and c.state in (${sql.join(openStates)})`;
  const mostOpen = sql`
    select g.fingerprint as head, g.fingerprint as own, most.n from (
      select c.grp, sum(c.n) as n from group_counts as c where ${open} group by c.grp order by 2 desc, 1 limit 1
    ) as most join groups as g on g.id = most.grp`;
  const mostOpenMerged = sql`
    select coalesce(merged.value, g.fingerprint) as head, max(g.fingerprint) as own, sum(c.n) as n
    from group_counts as c join groups as g on g.id = c.grp left join json_each(${heads}) as merged on merged.key = g.fingerprint
    where ${open} group by 1 order by 3 desc, min(g.id) limit 1`;
  const row = db.first(
    sql<{
      fingerprint: string;
      title: string;
      errorClass: string | null;
      errorMessage: string | null;
      count: number;
    }>`
      select top.head as fingerprint, e.title, e.error_class as errorClass, e.example as errorMessage, top.n as "count"
      from (${heads === '{}' ? mostOpen : mostOpenMerged}) as top join groups as e on e.fingerprint in (top.head, top.own)
      order by e.fingerprint <> top.head limit 1`.compile(build),
  );
  if (!row) return { topError: null, topGroup: null };
  const { fingerprint, title, errorClass, errorMessage, count } = row;
  return { topError: { errorClass, errorMessage, count }, topGroup: { fingerprint, title, count } };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
