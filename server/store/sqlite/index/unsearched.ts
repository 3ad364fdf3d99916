import { sql } from 'kysely';
import type { Filter } from '#lib/filter/filter.ts';
import { asksPayload, surelyMet, whateverElse, whateverPayloads } from '#lib/filter/whatever-payloads.ts';
import { unpackBlock } from '#server/store/content-blocks.ts';
import { decodeContent, encodeDecoded } from '#server/store/content.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { condition, readsContent, within } from '#server/store/sqlite/index/lower.ts';
import { numbersOf } from '#server/store/sqlite/index/uids.ts';
import { triesOf, waitsAfter, waitsOf, wasSeen } from '#server/store/sqlite/index/unsearched-waits.ts';
import { listQueueRefs } from '#server/store/sqlite/index/walks.ts';
import type { IndexSchema } from '#server/store/sqlite/schema.ts';
import type { MessageQuery } from '#server/store/message-query.ts';
import type { UnsearchedCount, UnsearchedIndex, UnsearchedPage } from '#server/store/unsearched-store.ts';

const build = queryBuilder<IndexSchema>();

/** Someone waits for the answer beside a page of the list; a header has to be unpacked. */
const lookedAtMax = { rows: 10_000, contents: 1_000 } as const;

/** See `UnsearchedIndex`. */
export function countUnsearched(
  db: Database,
  { filter, range }: Pick<MessageQuery, 'filter' | 'range'>,
): UnsearchedCount {
  if (!asksPayload(filter)) return { count: 0, capped: false };
  return db.snapshot(() => {
    const queues = listQueueRefs(db);
    const { most, least } = whateverPayloads(filter);
    const max = readsContent(most) || readsContent(least) ? lookedAtMax.contents : lookedAtMax.rows;
    // Of what was seen in part, the part may decide.
    const { may, surely } = whateverElse(filter);
    const [row] = db.all(
      sql<{ looked: number; n: number }>`
        select count(*) as looked, coalesce(sum(${within(range)} and case when ${wasSeen('u')}
          then ${condition(may, queues)} and not ${condition(surely, queues)}
          else ${condition(most, queues)} and not ${condition(least, queues)} end), 0) as n
        from (select id, waits from unsearched order by id desc limit ${max + 1}) as u cross join messages as m on m.id = u.id`.compile(
        build,
      ),
    );
    return { count: row?.n ?? 0, capped: (row?.looked ?? 0) > max };
  });
}

/** See `UnsearchedIndex`. */
export function listDoubtful(db: Database, filter: Filter, messageIds: readonly string[]): readonly string[] {
  const sure = surelyMet(filter);
  if (sure === null) return [];
  return db.snapshot(() => {
    const numbers = JSON.stringify([...numbersOf(db, messageIds).values()]);
    const rows = db.all(
      sql<{ uid: string }>`
        select m.uid from json_each(${numbers}) as wanted
          cross join unsearched as u on u.id = wanted.value cross join messages as m on m.id = u.id
        where not ${condition(sure, listQueueRefs(db))}`.compile(build),
    );
    return rows.map(({ uid }) => uid);
  });
}

/** See `UnsearchedIndex`. */
export function listUnsearched(db: Database, before: number | null, limit: number): UnsearchedPage {
  return db.snapshot(() => {
    const older = before === null ? sql`` : sql` and u.id < ${before}`;
    const rows = db.all(
      sql<{ id: number; uid: string; queueId: string; block: number; content: Uint8Array }>`
        select u.id, m.uid, q.queue_id as queueId, c.id as block, c.content
        from unsearched as u cross join messages as m on m.id = u.id join queues as q on q.id = m.queue
          join contents as c on c.id = (select max(b.id) from contents as b where b.id <= m.id)
        where ${triesOf('u')} > 0${older} order by u.id desc limit ${limit}`.compile(build),
    );
    return {
      letters: rows.map(({ id, uid, queueId, block, content }) => ({
        id: uid,
        queueId,
        raw: decodeContent(unpackBlock(content, id - block)),
      })),
      next: rows.length < limit ? null : (rows.at(-1)?.id ?? null),
    };
  });
}

/** See `UnsearchedIndex`. Contents are not written anew: they stand in blocks with those of their neighbours. */
export function saveDecoded(db: Database, letters: Parameters<UnsearchedIndex['saveDecoded']>[0]): void {
  db.transaction(() => {
    const numbers = numbersOf(
      db,
      letters.map(({ messageId }) => messageId),
    );
    const insert = db.prepare('INSERT OR REPLACE INTO late_documents (id, documents) VALUES (?, ?)');
    const remove = db.prepare('DELETE FROM unsearched WHERE id = ?');
    const stay = db.prepare('UPDATE unsearched SET waits = ? WHERE id = ?');
    const waits = db.prepare('SELECT waits FROM unsearched WHERE id = ?');
    for (const { messageId, decoded } of letters) {
      const id = numbers.get(messageId);
      if (id === undefined) continue;
      if (decoded.missing === 'time') {
        stay.run(waitsAfter(Number(waits.get(id)?.['waits'] ?? 0)), id);
        continue;
      }
      insert.run(id, encodeDecoded(decoded));
      const left = waitsOf(decoded);
      if (left === null) remove.run(id);
      else stay.run(left, id);
    }
  });
}
