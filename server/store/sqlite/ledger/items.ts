import type { StatementResultingChanges } from 'node:sqlite';
import type { ItemState } from '#lib/domain/replay.ts';
import type { Database } from '#server/store/sqlite/database.ts';
import { createMoves, type From } from '#server/store/sqlite/ledger/item-moves.ts';
import type { ItemChange, ItemIntent } from '#server/store/store.ts';

export function intend(db: Database, items: readonly ItemIntent[], at: number): void {
  db.transaction(() => writeIntents(db, items, at));
}

/** Within a transaction. */
export function writeIntents(db: Database, items: readonly ItemIntent[], at: number): void {
  const moves = createMoves(db);
  // The items of a pass mostly share their mark: said once, half of what a row costs is spared.
  const byMark = [...Map.groupBy(items, ({ watermark }) => watermark)];
  const writeAll = (from: From): number =>
    sum(
      byMark.map(([mark, same]) =>
        changed(
          db
            .prepare(
              `UPDATE items SET state = 'intended', watermark = ?1, intended_at = ?2
                 WHERE item_id IN (SELECT value FROM json_each(?3)) AND +replay = ?4 AND +state = ?5`,
            )
            .run(mark, at, JSON.stringify(same.map(({ itemId }) => itemId)), from.replay, from.state),
        ),
      ),
    );
  if (
    !moves.moveAll(
      items.map(({ itemId }) => itemId),
      'intended',
      writeAll,
    )
  ) {
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
  // What was sent had its intent, also where the ledger knows no time of it.
  const proven = why === 'proven' ? ', intended_at = coalesce(items.intended_at, ?2)' : '';
  const isEachOnce = new Set(changes.map(({ itemId }) => itemId)).size === changes.length;
  // An item that is there twice goes its steps in the order given.
  const groups = isEachOnce ? Map.groupBy(changes, (change) => change.state).values() : [changes];
  for (const same of groups) {
    const [first] = same;
    const ids = same.map(({ itemId }) => itemId);
    if (first && isEachOnce && moves.moveAll(ids, first.state, (from) => writeAlike(db, same, first.state, at, from)))
      continue;
    // In the order given, to find the one that cannot go.
    for (const { itemId, state, reason, sentPosition } of same)
      db.prepare(`UPDATE items SET ${itemValues(state, '?3', '?4')}${proven} WHERE id = ?5`).run(
        state,
        at,
        reason ? JSON.stringify(reason) : null,
        sentPosition ?? null,
        moves.move(itemId, state, why),
      );
  }
  moves.writeAccounts(at);
}

/** Answers how many were written. */
function writeAlike(db: Database, changes: readonly ItemChange[], state: ItemState, at: number, from: From): number {
  const [plain, told] = partition(changes, ({ reason, sentPosition }) => !reason && (sentPosition ?? null) === null);
  const rows = told.map(({ itemId, reason, sentPosition }) => [
    itemId,
    reason ? JSON.stringify(reason) : null,
    sentPosition ?? null,
  ]);
  const isFrom = '+items.replay = ?4 AND +items.state = ?5';
  const statements = [
    [plain.map(({ itemId }) => itemId), `WHERE item_id IN (SELECT value FROM json_each(?3))`, ['null', 'null']],
    [
      rows,
      `FROM (SELECT value ->> 0 AS id, value ->> 1 AS reason, value ->> 2 AS position FROM json_each(?3)) AS w
         WHERE items.item_id = w.id`,
      ['w.reason', 'w.position'],
    ],
  ] as const;
  return sum(
    statements.map(([named, where, [reason, position]]) =>
      named.length === 0
        ? 0
        : changed(
            db
              .prepare(`UPDATE items SET ${itemValues(state, reason, position)} ${where} AND ${isFrom}`)
              .run(state, at, JSON.stringify(named), from.replay, from.state),
          ),
    ),
  );
}

function changed({ changes }: StatementResultingChanges): number {
  return Number(changes);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}

function partition<Value>(values: readonly Value[], isFirst: (value: Value) => boolean): readonly [Value[], Value[]] {
  const parts: [Value[], Value[]] = [[], []];
  for (const value of values) parts[isFirst(value) ? 0 : 1].push(value);
  return parts;
}

/** `?1` is the state, `?2` the time. A column that is named is written into its indexes anew, so none is that stays. */
function itemValues(state: ItemState, reason: string, position: string): string {
  return [
    'state = ?1',
    ...(reason === 'null' ? [] : [`reason = coalesce(${reason}, items.reason)`]),
    ...(position === 'null' ? [] : [`sent_position = coalesce(${position}, items.sent_position)`]),
    ...(state === 'sent' || state === 'settled' ? ['sent_at = coalesce(items.sent_at, ?2)'] : []),
    ...(state === 'settled' ? ['settled_at = ?2'] : []),
  ].join(', ');
}
