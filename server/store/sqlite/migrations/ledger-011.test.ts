import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '#server/store/sqlite/database.ts';
import { createLedger } from '#server/store/sqlite/ledger/ledger.ts';
import { migrate } from '#server/store/sqlite/migrate.ts';
import { ledger011 } from '#server/store/sqlite/migrations/ledger-011.ts';
import { ledgerMigrations } from '#server/store/sqlite/migrations/ledger-migrations.ts';

test('what was said to a replay by its number is found by its id; what is no replay keeps its name', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'redeliver-ledger-'));
  const db = openDatabase({ file: join(folder, 'ledger.db'), readOnly: false, synchronous: 'FULL' });
  onTestFinished(() => {
    db.close();
    rmSync(folder, { recursive: true });
  });
  const before = ledgerMigrations.filter(({ version }) => version < 11);
  migrate(db, before);
  db.exec(`INSERT INTO replays (number, id, state, created_at, created_by, sentence, queue_ids, options, plan, plan_hash)
    VALUES (7, 'old', 'paused', 1, 'ada', '', '[]', '{}', '{}', '')`);
  const said = db.prepare(
    "INSERT INTO audit (at, actor, action, target, from_address, result) VALUES (1, 'ada', ?, ?, 'x', 'done')",
  );
  said.run('replay.pause', '7');
  said.run('replay.resume', 'old');
  said.run('replay.cancel', '8');
  said.run('group.note', '7');

  migrate(db, [...before, ledger011]);
  const entries = await createLedger(db, () => 'id').listAudit({ limit: 9, before: null });
  expect(entries.map(({ action, target }) => `${action} ${target}`)).toEqual([
    'group.note 7',
    'replay.cancel 8',
    'replay.resume old',
    'replay.pause old',
  ]);
});
