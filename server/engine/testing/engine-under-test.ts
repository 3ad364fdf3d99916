import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, vi } from 'vitest';
import { textHeader, type Header } from '#lib/domain/message.ts';
import { createBroker } from '#server/brokers/broker.ts';
import { createKafkaHarness } from '#server/brokers/kafka/kafka-harness.ts';
import { createRabbitMqHarness } from '#server/brokers/rabbitmq/rabbitmq-harness.ts';
import { createElasticMqHarness } from '#server/brokers/sqs/sqs-harness.ts';
import type { DriverHarness, TestQueue } from '#server/brokers/testing/harness.ts';
import { systemClock } from '#server/clock.ts';
import { type Engine, startEngine } from '#server/engine/engine.ts';
import { askEngine } from '#server/http/engine-requests.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';
import { onlyQueues } from '#server/brokers/testing/only-queues.ts';

/** For `describe.each`: a real server of each kind. */
export const everyBroker = [
  { label: 'kafka', create: () => createKafkaHarness('kafka') },
  { label: 'rabbitmq', create: () => createRabbitMqHarness({ env: 'TEST_RABBITMQ' }) },
  { label: 'sqs', create: async () => createElasticMqHarness() },
] as const;

/** For the block of tests that calls it: one engine with one queue of its own on that server, which reads nothing unless it is asked. */
export function createEngineUnderTest(create: () => Promise<DriverHarness>) {
  let harness: DriverHarness;
  let store: Store;
  let engine: Engine;
  let folder: string;
  let queue: TestQueue;

  const queueId = () => `${harness.connection}/${queue.name}`;

  beforeAll(async () => {
    harness = await create();
    folder = await mkdtemp(join(tmpdir(), 'redeliver-engine-'));
    queue = await harness.createQueue();
    await start();
  }, 60_000);

  afterAll(async () => {
    await engine?.stop();
    await store?.close();
    await harness?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  }, 60_000);

  async function start(): Promise<void> {
    store = openSqliteStore({ folder, role: 'writer' });
    startEngineAgain();
    await until(async () => (await store.index.listQueues()).some(({ id }) => id === queueId()));
  }

  function startEngineAgain(): void {
    const { connection } = harness;
    const driver = createBroker(onlyQueues(harness.connect(), [queue.name]), { connection, random: () => 0.5 });
    engine = startEngine({
      store,
      clock: systemClock,
      connections: [{ name: connection, kind: queue.origin.kind, address: 'test', driver }],
      // A person asks for each read here.
      sync: { discoverEveryMs: 60_000, lookEveryMs: 60_000, scanEveryMs: 60_000, scanLimit: 1_000 },
      watchMs: 60_000,
      publishTimeoutMs: 10_000,
      say: () => undefined,
    });
  }

  return {
    get harness() {
      return harness;
    },
    get store() {
      return store;
    },
    get queue() {
      return queue;
    },
    get queueId() {
      return queueId();
    },
    /** Reads the queue. */
    async read(): Promise<void> {
      const request = { kind: 'sync', queueId: queueId(), insist: false } as const;
      await askEngine({ store, clock: systemClock }, request, 'test', 90_000);
    },
    stopEngine: () => engine.stop(),
    /** After `stopEngine`, on the same store. */
    startEngineAgain,
    /** The engine is started anew, and its index is made anew. */
    async loseIndex(): Promise<void> {
      await engine.stop();
      await store.close();
      for (const file of ['index.db', 'index.db-wal', 'index.db-shm']) await rm(join(folder, file), { force: true });
      await start();
    },
  };
}

/** What the broker writes into its dead letters, or the shop's services: error and origin. */
export function failureHeaders({ origin }: TestQueue): readonly Header[] {
  const error = textHeader('dlq-error', 'ValidationError: total must be positive');
  switch (origin.kind) {
    case 'kafka':
      return [error, textHeader('dlq-original-topic', origin.topic), textHeader('dlq-original-partition', '0')];
    case 'rabbitmq': {
      const death: readonly Header[] = [
        textHeader('reason', 'rejected'),
        textHeader('queue', origin.routingKey),
        textHeader('exchange', origin.exchange),
        { name: 'routing-keys', value: { kind: 'list', items: [{ kind: 'text', text: origin.routingKey }] } },
      ];
      return [
        error,
        { name: 'x-death', value: { kind: 'list', items: [{ kind: 'table', entries: death }] } },
        textHeader('x-first-death-queue', origin.routingKey),
      ];
    }
    case 'sqs':
      return [error];
  }
}

export async function until(holds: () => Promise<boolean>): Promise<void> {
  await vi.waitUntil(holds, { timeout: 90_000, interval: 100 });
}
