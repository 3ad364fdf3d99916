import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { aRule } from '#lib/alerts/testing/a-rule.ts';
import { systemClock } from '#server/clock.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import { manyLetters } from '#server/store/testing/letters.ts';
import { addQueue } from '#server/store/testing/reading.ts';
import { startHttpReceiver } from '#server/watch/alerts/testing/http-receiver.ts';
import { watchAlerts } from '#server/watch/alerts/watch-alerts.ts';
import { readWatchMemory } from '#server/watch/alerts/watch-memory.ts';

/** Rounds on a real store, with a real receiver. */

const hour = 3_600_000;

test('what comes after an outage with times of long ago is told, and what a first read finds is not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'redeliver-watch-alerts-'));
  const store = openSqliteStore({ folder, role: 'writer' });
  const receiver = await startHttpReceiver();
  const stopping = new AbortController();
  const queueId = await addQueue(store, 'orders.dlq', 'shop');
  const put = async (errorClass: string) => {
    const failure = { errorClass, errorMessage: null, stackTrace: null, reason: null, attempts: 1 };
    const seenAt = Date.now();
    const letters = manyLetters(3, () => ({ at: seenAt - 5 * hour, firstSeenAt: seenAt, failure }), errorClass);
    await store.index.ingest({ queueId, letters, scan: errorClass });
  };
  const health = { kind: 'live', product: 'Kafka', version: null, notes: [] } as const;
  await store.index.saveConnections([{ name: 'shop', kind: 'kafka', address: 'k:1', health, checkedAt: 1 }]);
  const hook = { name: 'hook', kind: 'webhook', secretUrl: receiver.url, hmacKey: null } as const;
  const settings = { everyMs: 50, rules: [aRule('new-group')], off: [], receivers: [hook], consoleUrl: 'https://c' };
  const watch = watchAlerts(
    { store, clock: systemClock, settings, connections: ['shop'], text: (said) => said, say: () => undefined },
    stopping.signal,
  );
  onTestFinished(async () => {
    stopping.abort();
    await watch.stopped;
    await Promise.all([store.close(), receiver.close()]);
    rmSync(folder, { recursive: true, force: true });
  });
  const roundAfter = async (at: number) => {
    await vi.waitUntil(async () => ((await readWatchMemory(store.watch))?.at ?? 0) > at, { timeout: 60_000 });
  };
  await roundAfter(0);
  await put('ThereBefore');
  await roundAfter(Date.now());
  await store.index.saveQueueStatus(queueId, { syncedAt: Date.now() });
  await vi.waitUntil(async () => (await readWatchMemory(store.watch))?.baselines['shop'] !== undefined, {
    timeout: 30_000,
  });
  await put('CameLate');
  await vi.waitUntil(() => receiver.received.length > 0, { timeout: 60_000 });
  await roundAfter(Date.now());
  expect(receiver.received[0]?.body).toContain('CameLate');
  expect(receiver.received).toHaveLength(1);
});

test('a receiver that refuses a test is said to refuse, and one that asks for patience to fail', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'redeliver-watch-alerts-'));
  const store = openSqliteStore({ folder, role: 'writer' });
  const receiver = await startHttpReceiver();
  const stopping = new AbortController();
  const hook = { name: 'hook', kind: 'webhook', secretUrl: receiver.url, hmacKey: null } as const;
  const settings = { everyMs: hour, rules: [], off: [], receivers: [hook], consoleUrl: 'https://c' };
  const watch = watchAlerts(
    { store, clock: systemClock, settings, connections: [], text: (said) => said, say: () => undefined },
    stopping.signal,
  );
  onTestFinished(async () => {
    stopping.abort();
    await watch.stopped;
    await Promise.all([store.close(), receiver.close()]);
    rmSync(folder, { recursive: true, force: true });
  });
  for (const [status, outcome] of [
    [403, 'refused'],
    [503, 'failing'],
    [429, 'failing'],
    [202, 'delivered'],
  ] as const) {
    receiver.answer(() => ({ status }));
    expect(await watch.test('hook', stopping.signal)).toMatchObject({ delivered: outcome === 'delivered' });
    expect(await store.ledger.listReceiverReports()).toMatchObject([{ receiver: 'hook', what: 'test', outcome }]);
  }
});
