import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createRabbitMqHarness } from '#server/brokers/rabbitmq/rabbitmq-harness.ts';
import { startTcpProxy } from '#server/brokers/testing/tcp-proxy.ts';
import { systemClock } from '#server/clock.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import { addQueue } from '#server/store/testing/reading.ts';
import { watchLag } from '#server/watch/lag/watch-lag.ts';

test.each(['a queue is known', 'no queue is known yet'])(
  'a RabbitMQ without a management API that hangs keeps its last reading, and since when it fails is said: %s',
  async (which) => {
    const harness = await createRabbitMqHarness({ env: 'TEST_RABBITMQ' });
    const target = new URL(harness.url);
    const proxy = await startTcpProxy({ host: target.hostname, port: Number(target.port) });
    target.port = String(proxy.port);
    const driver = harness.connectWithoutManagement({ url: target.href });
    const folder = mkdtempSync(join(tmpdir(), 'redeliver-hanging-lag-'));
    const store = openSqliteStore({ folder, role: 'writer' });
    const stopping = new AbortController();
    if (which === 'a queue is known') await addQueue(store, await harness.createPlainQueue('classic'), 'jobs');
    const connections = [{ name: 'jobs', driver }];
    const watch = { store, clock: systemClock, connections, everyMs: () => 1_000, say: () => undefined };
    const watching = watchLag(watch, stopping.signal);
    onTestFinished(async () => {
      stopping.abort();
      await watching;
      await driver.close();
      await proxy.close();
      await store.close();
      await harness.close();
      rmSync(folder, { recursive: true });
    });
    const latest = async () => (await store.watch.latestLag({ connection: 'jobs' }))[0];
    await vi.waitUntil(async () => (await latest())?.at, { timeout: 60_000 });

    const hangsFrom = Date.now();
    proxy.withholdAnswers();
    const failing = await vi.waitUntil(async () => (await latest())?.failing, { timeout: 30_000 });
    expect(failing.error.code).toBe('timed_out');
    const { at, rows } = (await latest()) ?? {};
    expect(at).toBeLessThanOrEqual(hangsFrom);
    expect(rows).toHaveLength(which === 'a queue is known' ? 1 : 0);

    proxy.passAgain();
    await vi.waitUntil(async () => ((await latest())?.at ?? 0) > failing.since, { timeout: 30_000 });
    expect(await latest()).toMatchObject({ failing: null });
  },
  90_000,
);
