import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '#lib/domain/errors.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { createKafkaDriver } from '#server/brokers/kafka/kafka-driver.ts';
import { systemClock } from '#server/clock.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';
import { createQueueGate } from '#server/sync/queue-gate.ts';
import { startSync } from '#server/sync/sync.ts';
import { createTurns } from '#server/sync/turns.ts';
import { createQueueWatch } from '#server/sync/watch-queue.ts';

/** Where broker and store fail at once, as on a full disk, nothing may escape: an unhandled rejection ends the engine's thread. */

const fullDisk = () => Promise.reject(new AppError('timed_out', 'The disk is full.'));
const unreachable = () => Promise.reject(new AppError('unreachable', 'The broker does not answer.'));

/** A real one, of a port that nobody listens on; what fails here fails at once. */
const noBroker: BrokerDriver = {
  ...createKafkaDriver({ connection: 'kafka', brokers: ['127.0.0.1:1'], clock: Date.now }),
  check: unreachable,
  inspect: unreachable,
};

let folder: string;
let store: Store;
const escaped: unknown[] = [];
const note = (reason: unknown) => escaped.push(reason);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redeliver-sync-'));
  store = openSqliteStore({ folder, role: 'writer' });
  escaped.length = 0;
  process.on('unhandledRejection', note);
});

afterAll(() => noBroker.close());

afterEach(async () => {
  process.off('unhandledRejection', note);
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

const refusing = (): Store => ({
  ...store,
  index: { ...store.index, saveConnections: fullDisk, saveQueueStatus: fullDisk },
});
const settings = { discoverEveryMs: 10, lookEveryMs: 10, scanEveryMs: 10, scanLimit: 10 };

describe('following queues while the store takes nothing', () => {
  it('says so and goes on asking the broker', async () => {
    const said: string[] = [];
    let asked = 0;
    const driver: BrokerDriver = {
      ...noBroker,
      check: () => {
        asked += 1;
        return unreachable();
      },
    };
    const stopping = new AbortController();
    const sync = startSync(
      {
        store: refusing(),
        clock: systemClock,
        gate: createQueueGate(),
        connections: [{ name: 'kafka', kind: 'kafka', address: 'nowhere', driver }],
        settings,
        say: (line) => said.push(line),
      },
      stopping.signal,
    );
    await vi.waitFor(() => expect(asked).toBeGreaterThan(1), { timeout: 30_000 });
    stopping.abort();
    await sync.stopped;
    expect(said[0]).toBe('sync of kafka: The disk is full.');
    expect(said.filter((line) => line === 'connection kafka: The broker does not answer.')).toHaveLength(1);
    expect(escaped).toEqual([]);
  });

  it('says of a queue once what its state cannot show', async () => {
    const capabilities = {
      browse: 'log' as const,
      remove: false,
      order: 'partition' as const,
      costs: [],
      description: '1 partition',
    };
    await store.index.saveQueues('kafka', [
      { name: 'orders.dlq', kind: 'kafka', foundBy: 'pattern', origins: [], capabilities },
    ]);
    const said: string[] = [];
    const watch = createQueueWatch(
      {
        store: refusing(),
        driver: noBroker,
        clock: systemClock,
        gate: createQueueGate(),
        turns: createTurns(),
        scanLimit: 10,
        scanEveryMs: 10,
        say: (line) => said.push(line),
      },
      'kafka/orders.dlq',
    );
    const { signal } = new AbortController();
    await watch.look(signal);
    await watch.look(signal);
    expect(said).toEqual(['sync of kafka/orders.dlq: The disk is full.']);
  });
});

describe('whether all that was in a queue was seen', () => {
  const capabilities = {
    browse: 'log' as const,
    remove: false,
    order: 'partition' as const,
    costs: [],
    description: '1 partition',
  };

  it('is not known before the queues of its connection were listed; of one that is not among them nothing can be seen', async () => {
    const listed = Promise.withResolvers<readonly []>();
    const driver: BrokerDriver = {
      ...noBroker,
      check: async () => ({ product: 'Apache Kafka', version: null, notes: [] }),
      discover: () => listed.promise,
    };
    const stopping = new AbortController();
    const sync = startSync(
      {
        store,
        clock: systemClock,
        gate: createQueueGate(),
        connections: [{ name: 'kafka', kind: 'kafka', address: 'nowhere', driver }],
        settings,
        say: (line) => expect.fail(line),
      },
      stopping.signal,
    );
    expect(sync.lookedSince('kafka/orders.dlq', Date.now())).toBe(false);
    expect(sync.lookedSince('removed/orders.dlq', Date.now())).toBe(true);
    listed.resolve([]);
    await vi.waitUntil(() => sync.lookedSince('kafka/orders.dlq', Date.now()), { timeout: 30_000 });
    stopping.abort();
    await sync.stopped;
  });

  it.each([
    { code: 'unreachable', isOver: false },
    { code: 'timed_out', isOver: false },
    { code: 'forbidden', isOver: true },
    { code: 'not_found', isOver: true },
  ] as const)('is no more to be found out where a look ends with $code: $isOver', async ({ code, isOver }) => {
    await store.index.saveQueues('kafka', [
      { name: 'orders.dlq', kind: 'kafka', foundBy: 'pattern', origins: [], capabilities },
    ]);
    const watch = createQueueWatch(
      {
        store,
        driver: { ...noBroker, inspect: () => Promise.reject(new AppError(code, 'It is as it is. Look at it.')) },
        clock: systemClock,
        gate: createQueueGate(),
        turns: createTurns(),
        scanLimit: 10,
        scanEveryMs: 10,
        say: (line) => expect.fail(line),
      },
      'kafka/orders.dlq',
    );
    const at = Date.now();
    expect(watch.lookedSince(at)).toBe(false);
    await watch.look(new AbortController().signal);
    expect(watch.lookedSince(at)).toBe(isOver);
  });
});
