import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Filter } from '#lib/filter/filter.ts';
import { matchesQueue } from '#lib/filter/queue-pattern.ts';
import { isNothing, simplify } from '#lib/filter/simplify.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { condition, matchesConnection, type QueueRef } from '#server/store/sqlite/index/lower.ts';
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

/** The fewest walks that meet every match of a filter once. Walks are disjoint. */
export function planWalks(filter: Filter, cells: readonly Cell[], queues: readonly QueueRef[]): Walk[] {
  const rests = new Map<Cell, { readonly rest: Filter; readonly identity: string }>();
  for (const cell of cells) {
    const rest = simplify(filter, (leaf) => answerFor(cell, leaf));
    rests.set(cell, { rest, identity: JSON.stringify(rest) });
  }
  const sameRest = (some: readonly Cell[]) => new Set(some.map((cell) => rests.get(cell)?.identity)).size === 1;
  const walk = (some: readonly Cell[], source: RawBuilder<unknown>): Walk[] => {
    const rest = some[0] && rests.get(some[0])?.rest;
    if (!rest || isNothing(rest)) return [];
    return [{ source, cells: some, residual: rest.kind === 'all' ? null : condition(rest, queues) }];
  };

  if (sameRest(cells)) return walk(cells, sql`from messages as m indexed by messages_at where true`);
  return cells.flatMap((cell) =>
    walk(
      [cell],
      sql`from messages as m indexed by messages_queue_state_at where m.queue = ${cell.id} and m.state = ${cell.state}`,
    ),
  );
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
    case 'contains':
      // Every message has an error, a key or a preview that contains nothing: the preview is never NULL.
      return leaf.field === 'text' && leaf.value === '' ? true : null;
    case 'all':
    case 'and':
    case 'or':
    case 'not':
      return null;
  }
}
