import { sql } from 'kysely';
import { isCertain } from '#lib/domain/item-return.ts';
import type { ReplayItem } from '#lib/domain/replay.ts';
import { returnWindowMs } from '#lib/replay/returns.ts';
import { candidatesMax, type ReturnLedger, type ReturnRecord } from '#server/store/return-ledger.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { hashText } from '#server/store/sqlite/index/hash.ts';
import { findItems } from '#server/store/sqlite/ledger/item-pages.ts';
import { writeItems } from '#server/store/sqlite/ledger/items.ts';
import { type ItemRow, toItem } from '#server/store/sqlite/ledger/replay-row.ts';
import type { LedgerSchema } from '#server/store/sqlite/schema.ts';

const build = queryBuilder<LedgerSchema>();

/** A queue is in few replays at a time. */
const replaysMax = 50;

export function recordReturns(db: Database, returns: readonly ReturnRecord[]): ReplayItem[] {
  return db.transaction(() => {
    const write = db.prepare(
      `UPDATE items SET returned_message_id = ?, returned_at = ?, returned_same_error = ?, returned_by = ?, return_count = ?
         WHERE item_id = ? AND returned_at IS NULL`,
    );
    const count = db.prepare(
      'UPDATE replays SET returned = returned + 1, returned_different = returned_different + ? WHERE id = ?',
    );
    return returns.flatMap(({ replayId, itemId, messageId, at, sameError, by, countSaid }) => {
      const [item] = findItems(db, replayId, [itemId]);
      if (!item) return [];
      const nth = Math.max(countReturns(db, item.messageId) + 1, countSaid);
      const same = sameError === null ? null : sameError ? 1 : 0;
      if (write.run(messageId, at, same, by, nth, itemId).changes === 1)
        count.run(sameError === false ? 1 : 0, replayId);
      // What came back was sent: that is the proof that an unknown outcome waited for, and it counts for more than what a person decided.
      if (isCertain(by) && (item.state === 'unknown' || item.state === 'failed'))
        writeItems(db, [{ itemId, state: 'sent' }], at, 'proven');
      return findItems(db, replayId, [itemId]);
    });
  });
}

export function isWatched(db: Database, queueId: string, now: number): boolean {
  return watchedReplays(db, queueId, now).length > 0;
}

export function findSigned(
  db: Database,
  queueId: string,
  signs: Parameters<ReturnLedger['findSigned']>[1],
  now: number,
): Awaited<ReturnType<ReturnLedger['findSigned']>> {
  return db.snapshot(() =>
    watchedReplays(db, queueId, now).flatMap((replay) => [
      ...findBy(
        db,
        replay,
        now,
        'event-id',
        signs.map(({ event }) => event),
      ),
      ...findBy(
        db,
        replay,
        now,
        'content',
        signs.map(({ content }) => content),
      ),
    ]),
  );
}

const columns = { 'event-id': 'event_sign', content: 'content_sign' } as const;

function findBy(
  db: Database,
  replay: { readonly number: number; readonly id: string },
  now: number,
  by: keyof typeof columns,
  texts: readonly (string | null)[],
): Awaited<ReturnType<ReturnLedger['findSigned']>> {
  const alike = Map.groupBy(
    texts.filter((text) => text !== null),
    hashText,
  );
  const column = columns[by];
  // Asked for all at once, because nearly none is there.
  const met = db
    .prepare(
      `SELECT wanted.value AS sign FROM json_each(?3) AS wanted WHERE EXISTS (
         SELECT 1 FROM items INDEXED BY items_${column} WHERE replay = ?1 AND ${column} = wanted.value
           AND returned_at IS NULL AND state IN ('sent', 'settled') AND intended_at >= ?2)`,
    )
    .all(replay.number, now - returnWindowMs, JSON.stringify([...alike.keys()]));
  if (met.length === 0) return [];
  return met.flatMap((row) => {
    const hash = Number(row['sign']);
    const [sign = '', ...more] = alike.get(hash) ?? [];
    const found = db.all(
      sql<ItemRow>`
        select *, ${replay.id} as replay_id from items indexed by ${sql.ref(`items_${column}`)}
        where replay = ${replay.number} and ${sql.ref(column)} = ${hash}
          and returned_at is null and state in ('sent', 'settled') and intended_at >= ${now - returnWindowMs}
        order by ordinal limit ${more.length + 1 + candidatesMax}`.compile(build),
    );
    return found.map((row) => ({ ...toItem(row), by, sign }));
  });
}

function watchedReplays(db: Database, queueId: string, now: number): { number: number; id: string }[] {
  return db.all(
    sql<{ number: number; id: string }>`
      select r.number, r.id from replay_queues as rq cross join replays as r on r.number = rq.replay
      where rq.queue_id = ${queueId} and r.started_at is not null and coalesce(r.options ->> 'action', 'replay') = 'replay'
        and (r.state in ('queued', 'sending', 'paused', 'watching')
          or (r.state in ('stopped', 'cancelled') and coalesce(r.finished_sending_at, r.started_at) >= ${now - returnWindowMs}))
      order by rq.replay desc limit ${replaysMax}`.compile(build),
  );
}

export function findReturnedAs(db: Database, messageIds: readonly string[]): ReplayItem[] {
  return db
    .all(
      sql<ItemRow>`
        select i.*, r.id as replay_id from (select distinct value from json_each(${JSON.stringify(messageIds)})) as wanted
          cross join items as i on i.returned_message_id = wanted.value join replays as r on r.number = i.replay
        where coalesce(r.options ->> 'action', 'replay') = 'replay'
        order by i.id desc`.compile(build),
    )
    .map(toItem);
}

/** Of replays of this message, and of the one that it is a return of. */
function countReturns(db: Database, messageId: string): number {
  const row = db.first(
    sql<{ n: number | null }>`
      select max(n) as n from (
        select max(return_count) as n from items where message_id = ${messageId}
        union all select max(return_count) from items where returned_message_id = ${messageId})`.compile(build),
  );
  return row?.n ?? 0;
}

export function listReplaysWithUnknown(db: Database): string[] {
  return db
    .all(
      sql<{ id: string }>`
        select id from replays where state in ('paused', 'watching', 'settled', 'cancelled', 'stopped')
          and number in (select replay from accounts where state = 'unknown' and n > 0) order by number desc`.compile(
        build,
      ),
    )
    .map(({ id }) => id);
}

export function decideUnknown(
  db: Database,
  replayId: string,
  itemIds: readonly string[],
  decision: Parameters<ReturnLedger['decideUnknown']>[2],
): ReplayItem[] {
  return db.transaction(() => {
    const ids = findItems(db, replayId, itemIds)
      .filter((item) => item.state === 'unknown')
      .map((item) => item.id);
    const state = decision.outcome === 'sent' ? 'sent' : 'failed';
    writeItems(
      db,
      ids.map((itemId) => ({ itemId, state })),
      decision.at,
    );
    const write = db.prepare('UPDATE items SET decision = ? WHERE item_id = ?');
    for (const id of ids) write.run(JSON.stringify(decision), id);
    return findItems(db, replayId, ids);
  });
}
