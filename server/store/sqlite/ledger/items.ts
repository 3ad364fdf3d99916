import { sql } from 'kysely';
import { AppError } from '#lib/domain/errors.ts';
import type { ItemState, ReplayItem, ReplayState } from '#lib/domain/replay.ts';
import { canItemGo } from '#lib/replay/transitions.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { type ItemRow, toItem } from '#server/store/sqlite/ledger/replay-row.ts';
import { findReplay } from '#server/store/sqlite/ledger/replays.ts';
import type { LedgerSchema } from '#server/store/sqlite/schema.ts';
import type { ItemChange, Ledger, ReturnRecord } from '#server/store/store.ts';

const build = queryBuilder<LedgerSchema>();

export function listItems(db: Database, replayId: string, query: Parameters<Ledger['listItems']>[1]): ReplayItem[] {
  return db.snapshot(() => {
    const replay = findReplay(db, replayId);
    let select = build
      .selectFrom('items')
      .selectAll()
      .select(sql<string>`${replay.id}`.as('replay_id'))
      .where('replay', '=', replay.number)
      .orderBy('ordinal')
      .limit(query.limit);
    if (query.states) select = select.where('state', 'in', query.states.length > 0 ? query.states : ['']);
    if (query.after !== null) select = select.where('ordinal', '>', query.after);
    if (query.returnedOnly) select = select.where('returned_at', 'is not', null);
    return db.all(select.compile()).map(toItem);
  });
}

export function findItems(db: Database, replayId: string, itemIds: readonly string[]): ReplayItem[] {
  const rows = db.all(
    sql<ItemRow>`
      select i.*, r.id as replay_id from (select distinct value from json_each(${JSON.stringify(itemIds)})) as wanted
        cross join items as i on i.item_id = wanted.value join replays as r on r.number = i.replay
      where r.id = ${replayId}`.compile(build),
  );
  return rows.map(toItem);
}

export function intend(db: Database, items: Parameters<Ledger['intend']>[0], at: number): void {
  db.transaction(() => {
    const moves = createMoves(db);
    const write = db.prepare('UPDATE items SET state = ?, watermark = ?, intended_at = ? WHERE item_id = ?');
    for (const { itemId, watermark } of items) {
      moves.move(itemId, 'intended');
      write.run('intended', watermark, at, itemId);
    }
    moves.writeAccounts();
  });
}

/** `sent_at` of an item that went from intended to settled in one step is the moment of that step. A reason that is not given again stays. */
export function recordItems(db: Database, changes: readonly ItemChange[], at: number): void {
  db.transaction(() => writeItems(db, changes, at));
}

/** Within a transaction. */
function writeItems(db: Database, changes: readonly ItemChange[], at: number): void {
  const moves = createMoves(db);
  const write = db.prepare(
    `UPDATE items SET state = ?1, reason = coalesce(?2, reason), sent_position = coalesce(?3, sent_position),
         sent_at = CASE WHEN ?1 IN ('sent', 'settled') THEN coalesce(sent_at, ?4) ELSE sent_at END,
         settled_at = CASE WHEN ?1 = 'settled' THEN ?4 ELSE settled_at END
       WHERE item_id = ?5`,
  );
  for (const { itemId, state, reason, sentPosition } of changes) {
    moves.move(itemId, state);
    write.run(state, reason ? JSON.stringify(reason) : null, sentPosition ?? null, at, itemId);
  }
  moves.writeAccounts();
}

/** Checks each move and adds up what it does to the accounts. */
function createMoves(db: Database): { move(itemId: string, to: ItemState): void; writeAccounts(): void } {
  const changes = new Map<string, { replay: number; state: string; n: number }>();
  const add = (replay: number, state: string, n: number) => {
    const identity = `${replay} ${state}`;
    changes.set(identity, { replay, state, n: (changes.get(identity)?.n ?? 0) + n });
  };
  return {
    move(itemId, to) {
      const row = db.first(
        build.selectFrom('items').select(['replay', 'state']).where('item_id', '=', itemId).compile(),
      );
      if (!row)
        throw new AppError('not_found', 'There is no such replay item.', { details: { item: itemId.slice(0, 40) } });
      if (!canItemGo(row.state as ItemState, to)) {
        throw new AppError(
          'conflict',
          `The item is ${row.state} and cannot become ${to}; nothing of the batch was written.`,
          {
            details: { item: itemId, state: row.state, wanted: to },
          },
        );
      }
      add(row.replay, row.state, -1);
      add(row.replay, to, 1);
    },
    writeAccounts() {
      // In this order a count that only grows is never checked while it is short.
      const upsert = db.prepare(
        'INSERT INTO accounts (replay, state, n) VALUES (?1, ?2, max(?3, 0)) ON CONFLICT (replay, state) DO UPDATE SET n = n + ?3',
      );
      for (const { replay, state, n } of changes.values()) if (n !== 0) upsert.run(replay, state, n);
    },
  };
}

export function recordReturns(db: Database, returns: readonly ReturnRecord[]): ReplayItem[] {
  return db.transaction(() => {
    const write = db.prepare(
      'UPDATE items SET returned_message_id = ?, returned_at = ?, returned_same_error = ? WHERE item_id = ? AND returned_at IS NULL',
    );
    const count = db.prepare(
      'UPDATE replays SET returned = returned + 1, returned_different = returned_different + ? WHERE id = ?',
    );
    return returns.flatMap(({ replayId, itemId, messageId, at, sameError }) => {
      if (findItems(db, replayId, [itemId]).length === 0) return [];
      if (write.run(messageId, at, sameError ? 1 : 0, itemId).changes === 1) count.run(sameError ? 0 : 1, replayId);
      const [item] = findItems(db, replayId, [itemId]);
      // What came back was sent: that is the proof that an unknown outcome waited for.
      if (item?.state === 'unknown') writeItems(db, [{ itemId, state: 'sent' }], at);
      return findItems(db, replayId, [itemId]);
    });
  });
}

export function listItemsOfMessages(
  db: Database,
  messageIds: readonly string[],
): Awaited<ReturnType<Ledger['listItemsOfMessages']>> {
  const rows = db.all(
    sql<ItemRow & { replay_number: number; replay_state: string; by: string }>`
      select i.*, r.id as replay_id, r.number as replay_number, r.state as replay_state, coalesce(r.confirmed_by, r.created_by) as by
      from (select distinct value from json_each(${JSON.stringify(messageIds)})) as wanted
        cross join items as i on i.message_id = wanted.value join replays as r on r.number = i.replay and r.state <> 'drafting'
      order by r.number desc, i.ordinal`.compile(build),
  );
  return rows.map((row) => ({
    ...toItem(row),
    replayNumber: row.replay_number,
    replayState: row.replay_state as ReplayState,
    by: row.by,
  }));
}
