import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { createKafkaDriver } from '#server/brokers/kafka/kafka-driver.ts';
import { required } from '#server/brokers/kafka/kafka-harness.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { systemClock } from '#server/clock.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';
import { type LagWatch, watchLag } from '#server/watch/lag/watch-lag.ts';

let store: Store;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'redeliver-lag-'));
  store = openSqliteStore({ folder, role: 'writer' });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

function kafkaAt(...brokers: readonly string[]): BrokerDriver {
  const driver = createKafkaDriver({ connection: 'kafka', brokers, clock: Date.now, connectTimeoutMs: 2_000 });
  onTestFinished(() => driver.close());
  return driver;
}

function reachable(): BrokerDriver {
  return kafkaAt(...required('TEST_KAFKA_BROKERS').split(','));
}

async function whileWatching(
  watched: Pick<LagWatch, 'connections' | 'everyMs'>,
  work: () => Promise<void>,
): Promise<void> {
  const stopping = new AbortController();
  const said: string[] = [];
  const watching = watchLag({ store, clock: systemClock, say: (line) => said.push(line), ...watched }, stopping.signal);
  try {
    await work();
  } finally {
    stopping.abort();
    await watching;
  }
  expect(said).toEqual([]);
}

const latest = async (connection: string) => (await store.watch.latestLag({ connection }))[0];

test('a connection that cannot be reached says so, and the others are read all the same', async () => {
  const connections = [
    { name: 'dead', driver: kafkaAt('127.0.0.1:1') },
    { name: 'live', driver: reachable() },
  ];
  await whileWatching({ connections, everyMs: () => 30_000 }, async () => {
    await vi.waitUntil(async () => (await latest('live'))?.at, { timeout: 60_000 });
    await vi.waitUntil(async () => (await latest('dead'))?.failing, { timeout: 60_000 });
  });
  expect(await latest('live')).toMatchObject({ failing: null, tookMs: expect.any(Number) });
  expect(await latest('dead')).toMatchObject({ at: null, rows: [], failing: { error: { code: 'unreachable' } } });
});

test('a reading that takes longer than its interval is not begun a second time beside itself', async () => {
  const driver = reachable();
  let running = 0;
  let most = 0;
  let readings = 0;
  const slow: Pick<BrokerDriver, 'readLag'> = {
    async readLag(known, signal) {
      running += 1;
      most = Math.max(most, running);
      try {
        const started = performance.now();
        let reading = await driver.readLag(known, signal);
        while (performance.now() - started < 200) reading = await driver.readLag(known, signal);
        readings += 1;
        return reading;
      } finally {
        running -= 1;
      }
    },
  };
  await whileWatching({ connections: [{ name: 'slow', driver: slow }], everyMs: () => 20 }, () =>
    vi.waitUntil(() => readings >= 3, { timeout: 60_000 }).then(() => {}),
  );
  expect(most).toBe(1);
});

test('a connection that is not to be read is not read, and what was last known of it goes', async () => {
  await store.watch.saveLag('off', { rows: [], notes: [] }, { at: 1, tookMs: 1 });
  const connections = [
    { name: 'off', driver: reachable() },
    { name: 'on', driver: reachable() },
  ];
  await whileWatching({ connections, everyMs: (name) => (name === 'off' ? null : 30_000) }, async () => {
    await vi.waitUntil(async () => (await latest('on'))?.at, { timeout: 60_000 });
  });
  expect(await latest('off')).toBeUndefined();
});

test('what failed is tried again before its interval is over', async () => {
  const driver = reachable();
  let tries = 0;
  const failingOnce: Pick<BrokerDriver, 'readLag'> = {
    readLag(known, signal) {
      tries += 1;
      return tries === 1 ? kafkaAt('127.0.0.1:1').readLag(known, signal) : driver.readLag(known, signal);
    },
  };
  await whileWatching({ connections: [{ name: 'shaky', driver: failingOnce }], everyMs: () => 3_600_000 }, async () => {
    await vi.waitUntil(async () => (await latest('shaky'))?.at, { timeout: 60_000 });
  });
  expect(await latest('shaky')).toMatchObject({ failing: null });
});
