import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { createElasticMqHarness } from '#server/brokers/sqs/sqs-harness.ts';
import type { ProxiedDriver } from '#server/brokers/testing/harness.ts';
import { systemClock } from '#server/clock.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';
import { createConnectionWatch } from '#server/sync/watch-connection.ts';
import { busyMachineMs } from '#lib/testing/cpu-clock.ts';

let folder: string;
let store: Store;
let harness: ReturnType<typeof createElasticMqHarness>;
let proxied: ProxiedDriver;
let stopping: AbortController;
let running: Promise<void>;
const said: string[] = [];

/** Searches for queues come one after the other here, and wait for who hangs. */
function watch(driver: BrokerDriver): void {
  stopping = new AbortController();
  running = createConnectionWatch({
    store,
    clock: systemClock,
    connection: { name: 'billing', kind: 'sqs', address: 'here', driver },
    discoverEveryMs: 10,
    explanation: () => null,
    found: () => undefined,
    say: (line) => said.push(line),
  }).run(stopping.signal);
}

beforeEach(async () => {
  said.length = 0;
  folder = await mkdtemp(join(tmpdir(), 'redeliver-connection-'));
  store = openSqliteStore({ folder, role: 'writer' });
  harness = createElasticMqHarness();
  proxied = await harness.connectThroughProxy();
});

afterEach(async () => {
  stopping.abort();
  await running;
  await proxied.close();
  await harness.close();
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

const health = async () => (await store.index.listConnections())[0]?.health;

it('a broker that hangs is told within 15 s while the search for its queues waits for it, and that it is back as soon as it answers', async () => {
  const { driver } = proxied;
  // What is aborted in the end is all that ends this search.
  const hangs = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  let isHanging = false;
  watch({ ...driver, discover: (signal) => (isHanging ? hangs(signal) : driver.discover(signal)) });
  await vi.waitUntil(async () => (await health())?.kind === 'live', { timeout: 60_000 });

  isHanging = true;
  proxied.withholdAnswers();
  const begun = performance.now();
  await vi.waitUntil(async () => (await health())?.kind === 'failing', { timeout: 40_000 });
  expect(performance.now() - begun).toBeLessThan(15_000 + busyMachineMs);
  expect(await health()).toMatchObject({
    error: { message: expect.stringMatching(/^SQS at http:.*did not answer within 6 s/) },
  });

  isHanging = false;
  proxied.passAgain();
  await vi.waitUntil(async () => (await health())?.kind === 'live', { timeout: 60_000 });
  expect(said).toHaveLength(2);
  expect(said[1]).toBe('connection billing: it is reached');
});
