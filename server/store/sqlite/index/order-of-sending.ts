import { sql } from 'kysely';
import { AppError } from '#lib/domain/errors.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { findCandidates } from '#server/store/sqlite/index/candidates.ts';
import { condition, type QueueRef, within } from '#server/store/sqlite/index/lower.ts';
import { loadRows } from '#server/store/sqlite/index/messages.ts';
import { arrivedBy } from '#server/store/sqlite/index/row.ts';
import { listCells, listQueueRefs, planWalks } from '#server/store/sqlite/index/walks.ts';
import type { IndexSchema } from '#server/store/sqlite/schema.ts';
import type { FrozenSelection, MessagePage } from '#server/store/store.ts';

const build = queryBuilder<IndexSchema>();

/** Where a walk stands: numbered messages queue by queue and lane by lane, then those without a number by time. */
type Place =
  | {
      readonly part: 'numbered';
      readonly queue: number;
      readonly lane: string;
      readonly rank: string;
      readonly id: number;
    }
  | { readonly part: 'unnumbered'; readonly at: number; readonly id: number };

/** See `MessageIndex.listInOrderOfSending`. Each page goes on in an index where the last one ended, so a million messages are walked once. */
export function listInOrderOfSending(
  db: Database,
  selection: FrozenSelection,
  cursor: string | null,
  limit: number,
): MessagePage {
  return db.snapshot(() => {
    const queues = listQueueRefs(db);
    const candidates = findCandidates(db, selection.filter, queues);
    const isWanted = sql`${condition(selection.filter, queues)} and ${within(selection.range)} and ${arrivedBy(selection.arrivedBy)}${
      candidates === null ? sql`` : sql` and m.id in (select value from json_each(${JSON.stringify(candidates)}))`
    }`;
    const wantedQueues = queuesOf(db, selection, queues);
    const found: Place[] = [];
    const after = cursor === null ? null : decodePlace(cursor);

    if (after?.part !== 'unnumbered') {
      for (const queue of wantedQueues) {
        if (found.length > limit || (after !== null && queue < after.queue)) continue;
        const from =
          after?.queue === queue
            ? sql`and (m.lane, m.sequence_rank, m.id) > (${after.lane}, ${after.rank}, ${after.id})`
            : sql``;
        const rows = db.all(
          sql<{ id: number; lane: string; rank: string }>`
            select m.id, m.lane, m.sequence_rank as rank from messages as m indexed by messages_sequence
            where m.queue = ${queue} and m.sequence_rank is not null ${from} and ${isWanted}
            order by m.lane, m.sequence_rank, m.id limit ${limit + 1 - found.length}`.compile(build),
        );
        found.push(...rows.map((row) => ({ part: 'numbered' as const, queue, ...row })));
      }
    }
    if (found.length <= limit) {
      const from = after?.part === 'unnumbered' ? sql`and (m.at, m.id) > (${after.at}, ${after.id})` : sql``;
      const rows = db.all(
        sql<{ id: number; at: number }>`
          select m.id, m.at from messages as m indexed by messages_at
          where m.sequence_rank is null ${from} and ${isWanted} order by m.at, m.id limit ${limit + 1 - found.length}`.compile(
          build,
        ),
      );
      found.push(...rows.map((row) => ({ part: 'unnumbered' as const, ...row })));
    }
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return {
      messages: loadRows(db, page),
      nextCursor: found.length > limit && last ? JSON.stringify(last) : null,
      incomplete: null,
    };
  });
}

/** Numbers of the queues in which the filter can match anything, rising. */
function queuesOf(db: Database, { filter }: FrozenSelection, queues: readonly QueueRef[]): readonly number[] {
  const walks = planWalks(filter, listCells(db), queues);
  return [...new Set(walks.flatMap((walk) => walk.cells.map((cell) => cell.id)))].toSorted((a, b) => a - b);
}

/** Cursors of this walk stay within the engine: what cannot be read is a defect. */
function decodePlace(cursor: string): Place {
  try {
    return JSON.parse(cursor) as Place;
  } catch {
    throw new AppError('invalid_request', 'This cursor is not one of this walk.', { details: { field: 'cursor' } });
  }
}
