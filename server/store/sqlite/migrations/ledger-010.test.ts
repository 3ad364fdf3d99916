import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ItemState } from '#lib/domain/replay.ts';
import { type Database, openDatabase } from '#server/store/sqlite/database.ts';
import { createLedger } from '#server/store/sqlite/ledger/ledger.ts';
import { migrate } from '#server/store/sqlite/migrate.ts';
import { ledger010 } from '#server/store/sqlite/migrations/ledger-010.ts';
import { ledgerMigrations } from '#server/store/sqlite/migrations/ledger-migrations.ts';

const before = ledgerMigrations.filter(({ version }) => version < 10);
const states: readonly ItemState[] = ['planned', 'intended', 'sent', 'settled', 'skipped', 'failed', 'unknown'];
const count = 70;

function aLedgerOfBefore(): Database {
  const folder = mkdtempSync(join(tmpdir(), 'redeliver-ledger-'));
  const db = openDatabase({ file: join(folder, 'ledger.db'), readOnly: false, synchronous: 'FULL' });
  onTestFinished(() => {
    db.close();
    rmSync(folder, { recursive: true });
  });
  migrate(db, before);
  db.exec(`INSERT INTO replays (number, id, state, created_at, created_by, sentence, queue_ids, options, plan, plan_hash)
    VALUES (1, 'old', 'paused', 1, 'ada', '', '[]', '{}', '{}', '')`);
  const insert = db.prepare(
    `INSERT INTO items (item_id, replay, ordinal, message_id, queue_id, identity, position, lane, state, intended_at, sent_at, settled_at)
      VALUES (?, 1, ?, 'm', ?, 'i', 'p', 'l', ?, ?, ?, ?)`,
  );
  for (let ordinal = 0; ordinal < count; ordinal += 1) {
    const state = stateOf(ordinal);
    const intendedAt = ['planned', 'skipped'].includes(state) ? null : 10;
    const sentAt = ['sent', 'settled'].includes(state) ? 20 : null;
    insert.run(
      `item-${ordinal}`,
      ordinal,
      `q${ordinal % 3}`,
      state,
      intendedAt,
      sentAt,
      state === 'settled' ? 30 : null,
    );
  }
  db.exec('INSERT INTO accounts (replay, state, n) SELECT replay, state, count(*) FROM items GROUP BY replay, state');
  return db;
}

function stateOf(ordinal: number): ItemState {
  return states[ordinal % states.length] ?? 'planned';
}

test('a ledger of before keeps every item, and each is found by its state, page by page in its order', async () => {
  const db = aLedgerOfBefore();
  const rows = db.prepare('SELECT * FROM items ORDER BY id').all();
  migrate(db, [...before, ledger010]);
  expect(db.prepare('SELECT * FROM items ORDER BY id').all()).toEqual(rows);

  const ledger = createLedger(db, () => 'id');
  for (const wanted of [
    ...states.map((state) => [state]),
    ['planned', 'intended'],
    ['failed', 'unknown', 'skipped'],
  ] as ItemState[][]) {
    const found: number[] = [];
    for (let after: number | null = null; ;) {
      const page: readonly { readonly ordinal: number }[] = await ledger.listItems('old', {
        states: wanted,
        after,
        limit: 4,
      });
      if (page.length === 0) break;
      found.push(...page.map(({ ordinal }) => ordinal));
      after = found.at(-1) ?? null;
    }
    expect(found).toEqual([...Array(count).keys()].filter((ordinal) => wanted.includes(stateOf(ordinal))));
  }
});

test('what a return proved to be sent before it had an intent is still found as sent', async () => {
  const db = aLedgerOfBefore();
  db.exec("UPDATE items SET intended_at = NULL WHERE state = 'sent'");
  migrate(db, [...before, ledger010]);
  const found = await createLedger(db, () => 'id').listItems('old', { states: ['sent'], after: null, limit: count });
  expect(found.map(({ ordinal }) => ordinal)).toEqual(
    [...Array(count).keys()].filter((ordinal) => stateOf(ordinal) === 'sent'),
  );
});

test('what is under way or was left behind is looked for in its own index, and not among all items', async () => {
  const db = aLedgerOfBefore();
  migrate(db, [...before, ledger010]);
  const asked: string[] = [];
  const ledger = createLedger({ ...db, all: (query) => (asked.push(query.sql), db.all(query)) }, () => 'id');
  const indexOf = async (wanted: readonly ItemState[]) => {
    asked.length = 0;
    await ledger.listItems('old', { states: wanted, after: 5, limit: 4 });
    const sql = asked.find((text) => text.includes('from items'))?.replaceAll('?', '1') ?? '';
    return db
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => /INDEX (\w+)/.exec(String(detail))?.[1]);
  };

  expect(await indexOf(['intended'])).toEqual(['items_under_way']);
  expect(await indexOf(['sent'])).toEqual(['items_under_way']);
  expect(await indexOf(['failed', 'unknown', 'skipped'])).toEqual(['items_left']);
  // Of what failed there may be very many.
  expect(await indexOf(['unknown'])).toEqual(['items_under_way']);
});

test('where the account has none of a state, nobody looks among the items', async () => {
  const db = aLedgerOfBefore();
  migrate(db, [...before, ledger010]);
  db.exec("UPDATE items SET state = 'failed' WHERE state = 'unknown'");
  db.exec("UPDATE accounts SET n = 0 WHERE state = 'unknown'");
  const asked: string[] = [];
  const ledger = createLedger({ ...db, all: (query) => (asked.push(query.sql), db.all(query)) }, () => 'id');
  expect(await ledger.listItems('old', { states: ['unknown'], after: null, limit: count })).toEqual([]);
  expect(asked.filter((text) => text.includes('from items'))).toEqual([]);
});
