import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { consoleSettings } from '#server/config/console-settings.ts';
import { loadConfig } from '#server/config/config.ts';
import { readRisks } from '#server/queries/risks.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';

test('risks are those of the connections of the configuration', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'redeliver-risks-'));
  const store = openSqliteStore({ folder, role: 'writer' });
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const health = { kind: 'starting', step: 'Connecting' } as const;
  await store.index.saveConnections(
    ['shop', 'removed'].map((name) => ({ name, kind: 'kafka', address: 'kafka:9092', health, checkedAt: null })),
  );
  const settings = consoleSettings(
    loadConfig({ REDELIVER_CONFIG: 'c' }, () => 'connections: [{ name: shop, kind: kafka, brokers: ["kafka:9092"] }]'),
    'json',
  );
  const shown = await readRisks({ store, settings });
  expect(shown.connections.map(({ connection }) => connection)).toEqual(['shop']);
});
