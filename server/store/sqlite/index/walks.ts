import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Filter } from '#lib/filter/filter.ts';
import { matchesQueue } from '#lib/filter/queue-pattern.ts';
import { isNothing, simplify } from '#lib/filter/simplify.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import {
  condition,
  matchesConnection,
  matchesConnections,
  type QueueRef,
  readsContent,
} from '#server/store/sqlite/index/lower.ts';
import { stateOf } from '#server/store/sqlite/index/row.ts';
import type { IndexSchema } from '#server/store/sqlite/schema.ts';

const build = queryBuilder<IndexSchema>();

/** Messages of one queue in one state: within it the queue and state parts of a filter are decided. */
export interface Cell extends QueueRef {
  readonly state: number;
  /** How many there are: the kept counter. */
  readonly n: number;
}

/** Some messages that stand together in an index ordered by time, and what of the filter still has to be asked of each. */
export interface Walk {
  /** `from messages as m indexed by …` and the equalities of that index. */
  readonly source: RawBuilder<unknown>;
  /** `null`: every message of it matches. */
  readonly residual: RawBuilder<SqlBool> | null;
  /** Whether that looks into contents. */
  readonly readsContent: boolean;
  readonly cells: readonly Cell[];
}

export function listQueueRefs(db: Database): QueueRef[] {
  return db.all(build.selectFrom('queues').select(['id', 'queue_id as queueId']).compile());
}

export function listCells(db: Database): Cell[] {
  return db.all(
    build
      .selectFrom('state_counts as c')
      .innerJoin('queues as q', 'q.id', 'c.queue')
      .select(['q.id', 'q.queue_id as queueId', 'c.state', 'c.n'])
      .where('c.n', '>', 0)
      .orderBy('q.id')
      .orderBy('c.state')
      .compile(),
  );
}

/** Of more groups than this the messages are walked in order of time, whatever their group. */
export const groupWalksMax = 50;

/** The fewest walks that meet every match of a filter once. Walks are disjoint. */
export function planWalks(
  filter: Filter,
  cells: readonly Cell[],
  queues: readonly QueueRef[],
  groups: readonly number[] | null = null,
): Walk[] {
  const rests = new Map<Cell, { readonly rest: Filter; readonly identity: string }>();
  for (const cell of cells) {
    const rest = filterWithin(filter, cell);
    rests.set(cell, { rest, identity: JSON.stringify(rest) });
  }
  const sameRest = (some: readonly Cell[]) => new Set(some.map((cell) => rests.get(cell)?.identity)).size === 1;
  const walk = (some: readonly Cell[], source: RawBuilder<unknown>): Walk[] => {
    const rest = some[0] && rests.get(some[0])?.rest;
    if (!rest || isNothing(rest)) return [];
    const residual = rest.kind === 'all' ? null : condition(rest, queues, 'of each');
    return [{ source, cells: some, residual, readsContent: readsContent(rest) }];
  };

  if (groups && groups.length <= groupWalksMax) {
    // The index of groups holds queue and state too, so that the whole filter is asked of each message.
    return groups.map((group) => ({
      source: sql`from messages as m indexed by messages_group_at where m.grp = ${group}`,
      cells,
      residual: condition(filter, queues, 'of each'),
      readsContent: readsContent(filter),
    }));
  }
  if (sameRest(cells)) return walk(cells, sql`from messages as m indexed by messages_at where true`);
  return cells.flatMap((cell) =>
    walk(
      [cell],
      sql`from messages as m indexed by messages_queue_state_at where m.queue = ${cell.id} and m.state = ${cell.state}`,
    ),
  );
}

/** Numbers of the groups to which a filter is limited as a whole; `null` where it is not. */
export function groupsOf(db: Database, filter: Filter): readonly number[] | null {
  const term = filter.kind === 'and' ? filter.terms.find(({ kind }) => kind === 'group') : filter;
  if (term?.kind !== 'group') return null;
  const rows = db.all(
    sql<{ id: number }>`
      select g.id from "groups" as g where g.fingerprint in (select value from json_each(${JSON.stringify(term.fingerprints)}))`.compile(
      build,
    ),
  );
  return rows.map((row) => row.id);
}

/** What is left of a filter where queue and state are known. */
export function filterWithin(filter: Filter, cell: Cell): Filter {
  return simplify(filter, (leaf) => answerFor(cell, leaf));
}

function answerFor(cell: Cell, leaf: Filter): boolean | null {
  switch (leaf.kind) {
    case 'state':
      return leaf.state === stateOf(cell.state);
    case 'queue':
      return matchesQueue(leaf.pattern, cell.queueId);
    case 'equals':
      if (leaf.field === 'queue') return leaf.value.toWellFormed() === cell.queueId;
      return leaf.field === 'connection' ? matchesConnection(leaf.value, cell.queueId) : null;
    case 'matches':
      return leaf.field === 'connection' ? matchesConnections(leaf.parts, cell.queueId) : null;
    case 'contains':
      // Every message has an error, a key or a preview that contains nothing: the preview is never NULL.
      return leaf.field === 'text' && leaf.value === '' ? true : null;
    case 'all':
    case 'and':
    case 'or':
    case 'not':
    case 'like':
    case 'group':
    case 'number':
    case 'time':
    case 'header':
    case 'payload':
      return null;
  }
}
