import { sql } from 'kysely';
import { type OpenBlock, openBlock } from '#server/store/content-blocks.ts';
import { decodeContent } from '#server/store/content.ts';
import type { PlanningIndex } from '#server/store/planning-store.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { openStates, sequenceRank, stateCodes } from '#server/store/sqlite/index/row.ts';
import { numbersOf } from '#server/store/sqlite/index/uids.ts';
import type { IndexSchema } from '#server/store/sqlite/schema.ts';

const build = queryBuilder<IndexSchema>();

type Answer<Method extends keyof PlanningIndex> = Awaited<ReturnType<PlanningIndex[Method]>>;

/** Neighbours stand in one block, which is unpacked once for all of them. */
export function getContents(db: Database, ids: readonly string[]): Answer<'getContents'> {
  return db.snapshot(() => {
    const numbers = numbersOf(db, ids);
    const firstOf = db.prepare('SELECT max(id) AS id FROM contents WHERE id <= ?');
    const blockOf = db.prepare('SELECT content FROM contents WHERE id = ?');
    let known: { readonly first: number; readonly block: OpenBlock } | null = null;
    return ids.flatMap((id) => {
      const number = numbers.get(id);
      if (number === undefined) return [];
      if (known === null || number < known.first || number >= known.first + known.block.count) {
        const first = Number(firstOf.get(number)?.['id']);
        const blob = blockOf.get(first)?.['content'];
        if (!(blob instanceof Uint8Array)) return [];
        known = { first, block: openBlock(blob) };
      }
      return [{ id, raw: decodeContent(known.block.at(number - known.first)) }];
    });
  });
}

export function listKeysBehind(
  db: Database,
  { queueId, lane, after, upTo }: Parameters<PlanningIndex['listKeysBehind']>[0],
  keys: readonly string[] | null,
  limit: number,
): Answer<'listKeysBehind'> {
  return db.snapshot(() => {
    const last = upTo === null ? sql`` : sql`and m.sequence_rank <= ${sequenceRank(upTo)}`;
    const place = sql`
      messages as m indexed by messages_sequence where m.queue = (select id from queues where queue_id = ${queueId})
      and m.lane = ${lane} and m.sequence_rank > ${after === null ? '' : sequenceRank(after)} ${last}`;
    const [end] = db.all(
      sql<{ sequence: string; rank: string }>`
        select m.rest ->> 2 as sequence, m.sequence_rank as rank from ${place}
        order by m.sequence_rank limit 1 offset ${limit - 1}`.compile(build),
    );
    const within = end === undefined ? sql`` : sql`and m.sequence_rank <= ${end.rank}`;
    const wanted =
      keys === null
        ? sql`m.key_digest is not null`
        : sql`m.key_digest in (select value from json_each(${JSON.stringify(keys)}))`;
    const rows = db.all(
      sql<{ id: string; key_digest: string; state: number }>`
        select m.uid as id, m.key_digest, m.state from ${place} ${within} and ${wanted}
        order by m.sequence_rank`.compile(build),
    );
    return {
      letters: rows.map((row) => ({
        id: row.id,
        keyDigest: row.key_digest,
        isOpen: openStates.includes(row.state),
      })),
      next: end?.sequence ?? null,
    };
  });
}

/** One state after the other, by an index that begins with queue and state. */
export function listSentEvents(
  db: Database,
  queueId: string,
  cursor: string | null,
  limit: number,
): Answer<'listSentEvents'> {
  // It is what this function wrote.
  const [turn, at, id] = cursor === null ? [0, null, 0] : (JSON.parse(cursor) as [number, number | null, number]);
  const after = at === null ? sql`` : sql`and (m.at, m.id) > (${at}, ${id})`;
  const rows = db.all(
    sql<{ id: number; at: number; event_id: string | null }>`
      select m.id, m.at, m.event_id from messages as m indexed by messages_queue_state_at
      where m.queue = (select id from queues where queue_id = ${queueId}) and m.state = ${sentStates[turn] ?? -1} ${after}
      order by m.at, m.id limit ${limit}`.compile(build),
  );
  const last = rows.at(-1);
  const isMore = rows.length === limit && last !== undefined;
  const next = isMore ? [turn, last.at, last.id] : turn + 1 < sentStates.length ? [turn + 1, null, 0] : null;
  return { eventIds: rows.flatMap((row) => row.event_id ?? []), next: next && JSON.stringify(next) };
}

const sentStates = [stateCodes.replayed, stateCodes.unknown];
