import { sql } from 'kysely';
import { AppError } from '#lib/domain/errors.ts';
import type { ItemState } from '#lib/domain/replay.ts';
import type { Outcomes } from '#lib/replay/pace.ts';
import { canItemGo } from '#lib/replay/transitions.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import type { LedgerSchema } from '#server/store/sqlite/schema.ts';

const build = queryBuilder<LedgerSchema>();

export interface From {
  readonly replay: number;
  readonly state: ItemState;
}

/** To look at each item before it is written took as long as an index takes. */
const usualWay: Readonly<Record<ItemState, ItemState | null>> = {
  planned: null,
  intended: 'planned',
  sent: 'intended',
  settled: 'sent',
  skipped: 'planned',
  failed: 'intended',
  unknown: 'intended',
};

/** Within a transaction. Checks each move and adds up what it does to the accounts; answers the item's number. */
export function createMoves(db: Database): {
  move(itemId: string, to: ItemState, why?: 'told' | 'proven'): number;
  /**
   * All at once, where they are of one replay, each there once and each in the state that mostly comes before; else nothing is changed. `write` changes those of
   * that replay and state, and answers how many they were.
   */
  moveAll(itemIds: readonly string[], to: ItemState, write: (from: From) => number): boolean;
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
    moveAll(itemIds, to, write) {
      const from = usualWay[to];
      const first = from === null ? undefined : read.get(itemIds[0] ?? '');
      if (from === null || !first) return false;
      const replay = Number(first['replay']);
      db.exec('SAVEPOINT moving');
      // Each is counted once, so an item that is named twice is missing here.
      const areAll = write({ replay, state: from }) === itemIds.length;
      if (!areAll) db.exec('ROLLBACK TO moving');
      db.exec('RELEASE moving');
      if (!areAll) return false;
      add(replay, from, -itemIds.length);
      add(replay, to, itemIds.length);
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

/** Of a minute before its last outcome, however long ago that was: `notePace` alone removes, and counts back from its own. */
export function listOutcomes(db: Database, replayId: string): readonly Outcomes[] {
  return db.all(
    sql<Outcomes>`select second * 1000 as at, n as count from paces
      where replay = (select number from replays where id = ${replayId}) order by second`.compile(build),
  );
}
