import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Queue, queueId } from '#lib/domain/queue.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import {
  createRabbitMqHarness,
  plainMessage,
  type RabbitMqHarness,
} from '#server/brokers/rabbitmq/rabbitmq-harness.ts';
import { createKafkaDriver } from '#server/brokers/kafka/kafka-driver.ts';
import { createForeignClient } from '#server/brokers/kafka/kafka-foreign-client.ts';
import { required } from '#server/brokers/kafka/kafka-harness.ts';
import { systemClock } from '#server/clock.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';
import { heldOf, readQueue } from '#server/sync/read-queue.ts';
import { createTurns } from '#server/sync/turns.ts';

const signal = new AbortController().signal;
let harness: RabbitMqHarness;
let folder: string;
let store: Store;

beforeAll(async () => {
  harness = await createRabbitMqHarness({ env: 'TEST_RABBITMQ' });
  folder = await mkdtemp(join(tmpdir(), 'redeliver-read-'));
  store = openSqliteStore({ folder, role: 'writer' });
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
  await harness.close();
});

test.each(['with', 'without'])(
  'what a foreign consumer holds during a scan is not gone until it was taken, %s the management API',
  async (how) => {
    const driver = how === 'with' ? harness.connect() : harness.connectWithoutManagement({});
    onTestFinished(() => driver.close());
    const name = await harness.createPlainQueue('classic');
    const origin = { kind: 'rabbitmq', exchange: '', routingKey: name } as const;
    await harness.put({ name, origin }, ['0', '1', '2', '3', '4'].map(plainMessage));
    const queue = await aQueue(driver, name);

    // The server's counts may still hold what the first scan held; then that one is partial, and a later one is not.
    const readerAfterReading = async () => {
      await read(driver, queue);
      return (await store.index.getQueue(queue.id)).reader.kind;
    };
    await expect.poll(readerAfterReading, { timeout: 40_000, interval: 500 }).toBe('live');
    expect(await states(queue)).toEqual({ new: 5 });

    const client = await connect(harness.url);
    onTestFinished(() => client.close().catch(() => undefined));
    const channel = await client.createChannel();
    await channel.prefetch(2);
    const { promise, resolve } = Promise.withResolvers<void>();
    let held = 0;
    await channel.consume(name, () => {
      if (++held === 2) resolve();
    });
    await promise;
    // At once, while the server's counts still lag behind the first scan.
    await read(driver, queue);
    expect(await states(queue)).toEqual({ new: 5 });
    expect((await store.index.getQueue(queue.id)).reader).toMatchObject({ kind: 'partial', seen: 3 });

    channel.ackAll();
    await channel.close();
    // A count from before the acknowledgement is a reason to wait; the mark changes with it, and the queue is read again.
    const readAgain = async () => {
      await read(driver, queue);
      return await states(queue);
    };
    await expect.poll(readAgain, { timeout: 40_000, interval: 500 }).toEqual({ new: 3, gone: 2 });
    expect((await store.index.getQueue(queue.id)).reader.kind).toBe('live');
  },
  120_000,
);

test('the dead letters of a topic that was deleted and made anew are gone, and the new ones are there', async () => {
  const brokers = required('TEST_KAFKA_BROKERS').split(',');
  const foreign = await createForeignClient(brokers);
  onTestFinished(() => foreign.close());
  const driver = createKafkaDriver({ connection: 'kafka', brokers, clock: Date.now });
  onTestFinished(() => driver.close());
  const name = `read-${randomUUID()}.dlq`;
  await foreign.createTopic(name, 1);
  await foreign.put(name, ['a', 'b', 'c'].map(plainMessage));
  const queue = await aQueue(driver, name);
  await read(driver, queue);
  expect(await states(queue)).toEqual({ new: 3 });

  await foreign.admin.deleteTopics({ topics: [name] });
  const made = () =>
    foreign.createTopic(name, 1).then(
      () => 'made',
      () => 'not yet',
    );
  await expect.poll(made).toBe('made');
  await foreign.put(name, ['d', 'e', 'f', 'g', 'h'].map(plainMessage));
  await read(driver, queue);
  expect(await states(queue)).toEqual({ new: 5, gone: 3 });
  await read(driver, queue);
  expect(await states(queue)).toEqual({ new: 5, gone: 3 });
});

test('the dead letters of a stream that was deleted and made anew are gone, too', async () => {
  const driver = harness.connect();
  onTestFinished(() => driver.close());
  const name = await harness.createPlainQueue('stream');
  const origin = { kind: 'rabbitmq', exchange: '', routingKey: name } as const;
  await harness.put({ name, origin }, ['a', 'b', 'c'].map(plainMessage));
  const queue = await aQueue(driver, name);
  await read(driver, queue);
  expect(await states(queue)).toEqual({ new: 3 });

  await harness.foreign.deleteQueue(name);
  await harness.foreign.assertQueue(name, { durable: true, arguments: { 'x-queue-type': 'stream' } });
  await harness.put({ name, origin }, ['d', 'e', 'f', 'g'].map(plainMessage));
  await read(driver, queue);
  expect(await states(queue)).toEqual({ new: 4, gone: 3 });
  await read(driver, queue);
  expect(await states(queue)).toEqual({ new: 4, gone: 3 });
});

async function aQueue(driver: BrokerDriver, name: string): Promise<Queue> {
  const { capabilities } = await driver.inspect(name, signal);
  await store.index.saveQueues(driver.kind, [
    { name, kind: driver.kind, foundBy: 'configuration', origins: [], capabilities },
  ]);
  return await store.index.getQueue(queueId(driver.kind, name));
}

async function read(driver: BrokerDriver, queue: Queue): Promise<void> {
  const facts = await driver.inspect(queue.name, signal);
  await readQueue(
    { store, driver, clock: systemClock, turns: createTurns(), scanLimit: 1_000 },
    queue,
    { facts, insist: false },
    signal,
  );
}

async function states(queue: Queue): Promise<Record<string, number>> {
  const { messages } = await store.index.listMessages({
    filter: { kind: 'queue', pattern: queue.id },
    range: { from: null, to: null },
    cursor: null,
    limit: 100,
    order: 'oldest',
  });
  const counts: Record<string, number> = {};
  for (const { state } of messages) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

test('what others hold is not 0 where nobody tells, and stays while the counts lag', () => {
  const kept = { heldByOthers: 3 };
  expect({ ...kept, ...heldOf({ heldByOthers: 0 }) }).toEqual({ heldByOthers: 0 });
  expect({ ...kept, ...heldOf({ heldByOthers: 'untold' }) }).toEqual({ heldByOthers: null });
  expect({ ...kept, ...heldOf({ heldByOthers: 'not yet' }) }).toEqual(kept);
});
