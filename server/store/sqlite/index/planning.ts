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
      const first = Number(firstOf.get(number)?.['id']);
      if (known?.first !== first) {
        const blob = blockOf.get(first)?.['content'];
        if (!(blob instanceof Uint8Array)) return [];
        known = { first, block: openBlock(blob) };
      }
      return [{ id, raw: decodeContent(known.block.at(number - first)) }];
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

export function listSentEvents(
  db: Database,
  queueId: string,
  cursor: string | null,
  limit: number,
): Answer<'listSentEvents'> {
  const [replay = '', id = 0] = cursor === null ? [] : (JSON.parse(cursor) as [string, number]);
  const rows = db.all(
    sql<{ id: number; replay: string; event_id: string | null; state: number; mine: number }>`
      select m.id, m.last_replay_id as replay, m.event_id, m.state, q.queue_id = ${queueId} as mine
      from messages as m indexed by messages_last_replay join queues as q on q.id = m.queue
      where m.last_replay_id is not null and (m.last_replay_id, m.id) > (${replay}, ${id})
      order by m.last_replay_id, m.id limit ${limit}`.compile(build),
  );
  const last = rows.at(-1);
  return {
    eventIds: rows.flatMap((row) =>
      row.mine === 1 && sentStates.has(row.state) && row.event_id !== null ? [row.event_id] : [],
    ),
    next: rows.length === limit && last ? JSON.stringify([last.replay, last.id]) : null,
  };
}

const sentStates = new Set([stateCodes.replayed, stateCodes.unknown]);
