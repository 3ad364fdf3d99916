import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { aDeadLetter } from '#lib/testing/a-dead-letter.ts';
import type { BrowseBatch } from '#server/brokers/driver.ts';
import { systemClock } from '#server/clock.ts';
import { openEngineStore } from '#server/store/sqlite/engine-store.ts';
import { createIngest } from '#server/sync/ingest.ts';

test('when a batch cannot be written, none behind it is, and the reader goes on before it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'redeliver-ingest-'));
  const store = await openEngineStore(folder);
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const capabilities = { browse: 'log', remove: false, order: 'partition', costs: [], description: 'test' } as const;
  await store.index.saveQueues('kafka', [{ name: 'q', kind: 'kafka', foundBy: 'pattern', origins: [], capabilities }]);
  const queue = await store.index.getQueue('kafka/q');
  const batch = (cursor: string, brokerAt: number): BrowseBatch => ({
    messages: [{ ...aDeadLetter().raw(), identity: cursor, sequence: null, brokerAt }],
    cursor,
    progress: { read: 1, of: null, exact: false },
    end: null,
  });

  const ingest = createIngest(store, systemClock, queue, { scan: 's', cursor: null });
  await ingest.add(batch('1', 1));
  // No column takes half a millisecond.
  await ingest.add(batch('2', 2.5));
  await ingest.add(batch('3', 3)).catch(() => undefined);
  await expect(ingest.finish()).rejects.toMatchObject({ name: 'AppError' });
  expect((await store.index.getSyncState(queue.id)).cursor).toBe('1');

  const again = createIngest(store, systemClock, queue, { scan: 's', cursor: '1' });
  await again.add(batch('2', 2));
  await again.add(batch('3', 3));
  await again.finish();
  expect((await store.index.getSyncState(queue.id)).cursor).toBe('3');
  const [summary] = await store.index.summariseQueues(systemClock.now());
  expect(summary?.indexed).toBe(3);
});
