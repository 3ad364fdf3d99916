import { sql } from 'kysely';
import { AppError } from '#lib/domain/errors.ts';
import {
  type ItemState,
  type ReplayAction,
  type ReplayItem,
  type ReplayState,
  usualOptions,
} from '#lib/domain/replay.ts';
import type { Outcomes } from '#lib/replay/pace.ts';
import { canItemGo } from '#lib/replay/transitions.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { type ItemRow, toItem } from '#server/store/sqlite/ledger/replay-row.ts';
import { findReplay } from '#server/store/sqlite/ledger/replays.ts';
import type { LedgerSchema } from '#server/store/sqlite/schema.ts';
import type { ItemChange, ItemIntent, Ledger } from '#server/store/store.ts';

const build = queryBuilder<LedgerSchema>();

export function listItems(db: Database, replayId: string, query: Parameters<Ledger['listItems']>[1]): ReplayItem[] {
  return db.snapshot(() => {
    const replay = findReplay(db, replayId);
    if (query.queueId !== undefined && query.states?.length === 1 && query.states[0] === 'planned')
      return listWaiting(db, replay, query.queueId, query);
    let select = build
      .selectFrom('items')
      .selectAll()
      .select(sql<string>`${replay.id}`.as('replay_id'))
      .where('replay', '=', replay.number)
      .orderBy('ordinal', query.newestFirst ? 'desc' : 'asc')
      .limit(query.limit);
    if (query.states) select = select.where('state', 'in', query.states.length > 0 ? query.states : ['']);
    if (query.after !== null) select = select.where('ordinal', '>', query.after);
    if (query.returnedOnly) select = select.where('returned_at', 'is not', null);
    if (query.queueId !== undefined) select = select.where('queue_id', '=', query.queueId);
    if (query.notReturned) select = select.where('returned_at', 'is', null);
    if (query.settledFrom !== undefined) select = select.where('settled_at', '>=', query.settledFrom);
    return db.all(select.compile()).map(toItem);
  });
}

/** In the index's own words, so that SQLite takes it. */
function listWaiting(
  db: Database,
  replay: { readonly id: string; readonly number: number },
  queueId: string,
  { after, limit }: Pick<Parameters<Ledger['listItems']>[1], 'after' | 'limit'>,
): ReplayItem[] {
  const rows = db.all(
    sql<ItemRow>`
      select *, ${replay.id} as replay_id from items indexed by items_waiting
      where replay = ${replay.number} and queue_id = ${queueId} and state = 'planned' and ordinal > ${after ?? -1}
      order by ordinal limit ${limit}`.compile(build),
  );
  return rows.map(toItem);
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

export function intend(db: Database, items: readonly ItemIntent[], at: number): void {
  db.transaction(() => writeIntents(db, items, at));
}

/** Within a transaction. */
export function writeIntents(db: Database, items: readonly ItemIntent[], at: number): void {
  const moves = createMoves(db);
  if (
    moves.moveAll(
      items.map(({ itemId }) => itemId),
      'intended',
    )
  ) {
    // The items of a pass mostly share their mark: said once, half of what a row costs is spared.
    const write = db.prepare(
      `UPDATE items SET state = 'intended', watermark = ?1, intended_at = ?2
         WHERE item_id IN (SELECT value FROM json_each(?3))`,
    );
    for (const [mark, same] of Map.groupBy(items, ({ watermark }) => watermark))
      write.run(mark, at, JSON.stringify(same.map(({ itemId }) => itemId)));
  } else {
    const write = db.prepare('UPDATE items SET state = ?, watermark = ?, intended_at = ? WHERE id = ?');
    for (const { itemId, watermark } of items) write.run('intended', watermark, at, moves.move(itemId, 'intended'));
  }
  moves.writeAccounts(at);
}

/** `sent_at` of an item that went from intended to settled in one step is the moment of that step. A reason that is not given again stays. */
export function recordItems(db: Database, changes: readonly ItemChange[], at: number): void {
  db.transaction(() => writeItems(db, changes, at));
}

/** Within a transaction. A proof also corrects a failure. */
export function writeItems(
  db: Database,
  changes: readonly ItemChange[],
  at: number,
  why: 'told' | 'proven' = 'told',
): void {
  const moves = createMoves(db);
  const isEachOnce = new Set(changes.map(({ itemId }) => itemId)).size === changes.length;
  for (const [state, same] of Map.groupBy(changes, (change) => change.state)) {
    if (
      !isEachOnce ||
      !moves.moveAll(
        same.map(({ itemId }) => itemId),
        state,
      )
    ) {
      // In the order given, to find the one that cannot go.
      for (const change of isEachOnce ? same : changes)
        writeItem(db, change, at, moves.move(change.itemId, change.state, why));
      if (!isEachOnce) break;
      continue;
    }
    const [plain, told] = partition(same, ({ reason, sentPosition }) => !reason && (sentPosition ?? null) === null);
    if (plain.length > 0)
      db.prepare(
        `UPDATE items SET ${itemValues('null', 'null')} WHERE item_id IN (SELECT value FROM json_each(?3))`,
      ).run(state, at, JSON.stringify(plain.map(({ itemId }) => itemId)));
    if (told.length === 0) continue;
    const rows = told.map(({ itemId, reason, sentPosition }) => [
      itemId,
      reason ? JSON.stringify(reason) : null,
      sentPosition ?? null,
    ]);
    db.prepare(
      `UPDATE items SET ${itemValues('w.reason', 'w.position')}
         FROM (SELECT value ->> 0 AS id, value ->> 1 AS reason, value ->> 2 AS position FROM json_each(?3)) AS w
         WHERE items.item_id = w.id`,
    ).run(state, at, JSON.stringify(rows));
  }
  moves.writeAccounts(at);
}

function partition<Value>(values: readonly Value[], isFirst: (value: Value) => boolean): readonly [Value[], Value[]] {
  const parts: [Value[], Value[]] = [[], []];
  for (const value of values) parts[isFirst(value) ? 0 : 1].push(value);
  return parts;
}

function writeItem(db: Database, { state, reason, sentPosition }: ItemChange, at: number, id: number): void {
  db.prepare(`UPDATE items SET ${itemValues('?3', '?4')} WHERE id = ?5`).run(
    state,
    at,
    reason ? JSON.stringify(reason) : null,
    sentPosition ?? null,
    id,
  );
}

/** `?1` is the state, `?2` the time. */
function itemValues(reason: string, position: string): string {
  return `state = ?1, reason = coalesce(${reason}, items.reason), sent_position = coalesce(${position}, items.sent_position),
    sent_at = CASE WHEN ?1 IN ('sent', 'settled') THEN coalesce(items.sent_at, ?2) ELSE items.sent_at END,
    settled_at = CASE WHEN ?1 = 'settled' THEN ?2 ELSE items.settled_at END`;
}

/** Checks each move and adds up what it does to the accounts; answers the item's number. */
function createMoves(db: Database): {
  move(itemId: string, to: ItemState, why?: 'told' | 'proven'): number;
  /** All at once, where they are of one replay, each there once and each may go; else nothing is moved. */
  moveAll(itemIds: readonly string[], to: ItemState): boolean;
  writeAccounts(at: number): void;
} {
  const read = db.prepare('SELECT id, replay, state FROM items WHERE item_id = ?');
  const changes = new Map<string, { replay: number; state: string; n: number }>();
  const add = (replay: number, state: string, n: number) => {
    const identity = `${replay} ${state}`;
    changes.set(identity, { replay, state, n: (changes.get(identity)?.n ?? 0) + n });
  };
  return {
    move(itemId, to, why = 'told') {
      // Written by hand: building a query for each item of a million cost more than reading it.
      const row = read.get(itemId) as { id: number; replay: number; state: string } | undefined;
      if (!row)
        throw new AppError('not_found', 'There is no such replay item.', { details: { item: itemId.slice(0, 40) } });
      const isCorrected = why === 'proven' && row.state === 'failed' && to === 'sent';
      if (!isCorrected && !canItemGo(row.state as ItemState, to)) {
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
      return row.id;
    },
    moveAll(itemIds, to) {
      const rows = db
        .prepare(
          `SELECT i.replay, i.state, count(*) AS n FROM (SELECT DISTINCT value FROM json_each(?)) AS w
             CROSS JOIN items AS i ON i.item_id = w.value GROUP BY i.replay, i.state`,
        )
        .all(JSON.stringify(itemIds)) as { replay: number; state: ItemState; n: number }[];
      const isWhole = rows.reduce((sum, row) => sum + row.n, 0) === itemIds.length;
      if (!isWhole || new Set(rows.map((row) => row.replay)).size > 1) return false;
      if (!rows.every((row) => canItemGo(row.state, to))) return false;
      for (const { replay, state, n } of rows) {
        add(replay, state, -n);
        add(replay, to, n);
      }
      return true;
    },
    writeAccounts(at) {
      // In this order a count that only grows is never checked while it is short.
      const upsert = db.prepare(
        'INSERT INTO accounts (replay, state, n) VALUES (?1, ?2, max(?3, 0)) ON CONFLICT (replay, state) DO UPDATE SET n = n + ?3',
      );
      for (const { replay, state, n } of changes.values()) {
        if (n !== 0) upsert.run(replay, state, n);
        if (state === 'intended' && n < 0) notePace(db, replay, -n, at);
      }
    },
  };
}

export function listItemsOfMessages(
  db: Database,
  messageIds: readonly string[],
): Awaited<ReturnType<Ledger['listItemsOfMessages']>> {
  const rows = db.all(
    sql<ItemRow & { replay_number: number; replay_state: string; by: string; action: string | null }>`
      select i.*, r.id as replay_id, r.number as replay_number, r.state as replay_state, coalesce(r.confirmed_by, r.created_by) as by,
        r.options ->> 'action' as action
      from (select distinct value from json_each(${JSON.stringify(messageIds)})) as wanted
        cross join items as i on i.message_id = wanted.value join replays as r on r.number = i.replay and r.state <> 'drafting'
      order by r.number desc, i.ordinal`.compile(build),
  );
  return rows.map((row) => ({
    ...toItem(row),
    replayNumber: row.replay_number,
    replayState: row.replay_state as ReplayState,
    by: row.by,
    action: (row.action ?? usualOptions.action) as ReplayAction,
  }));
}

export function findOvertaken(
  db: Database,
  replayId: string,
  messageIds: readonly string[],
  since: number,
): readonly string[] {
  const rows = db.all(
    sql<{ id: string }>`
      select distinct i.message_id as id from (select value from json_each(${JSON.stringify(messageIds)})) as wanted
        cross join items as i on i.message_id = wanted.value
      where (i.intended_at >= ${since} or i.sent_at >= ${since}) and i.state in ('intended', 'sent', 'settled', 'unknown')
        and i.replay <> (select number from replays where id = ${replayId})`.compile(build),
  );
  return rows.map((row) => row.id);
}

/** Of a minute, and no longer: who asks wants to know how fast it goes now. */
const paceKeptSeconds = 60;

function notePace(db: Database, replay: number, outcomes: number, at: number): void {
  const second = Math.floor(at / 1_000);
  const add = db.prepare(
    'INSERT INTO paces (replay, second, n) VALUES (?1, ?2, ?3) ON CONFLICT (replay, second) DO UPDATE SET n = n + ?3',
  );
  add.run(replay, second, outcomes);
  db.prepare('DELETE FROM paces WHERE replay = ? AND second < ?').run(replay, second - paceKeptSeconds);
}

/** The last second that anything came of stays, however long ago: `notePace` alone removes, and counts back from its own. */
export function countOutcomes(db: Database, replayId: string, since: number): Outcomes {
  const row = db.first(
    sql<{ n: number; last: number | null }>`
      select coalesce(sum(n) filter (where second >= ${Math.ceil(since / 1_000)}), 0) as n, max(second) as last from paces
      where replay = (select number from replays where id = ${replayId})`.compile(build),
  );
  const last = row?.last ?? null;
  return { count: row?.n ?? 0, lastAt: last === null ? null : (last + 1) * 1_000 };
}
