import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Producer } from '@platformatic/kafka';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppError } from '#lib/domain/errors.ts';
import { type Queue, queueId } from '#lib/domain/queue.ts';
import { createBroker } from '#server/brokers/broker.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { createKafkaDriver } from '#server/brokers/kafka/kafka-driver.ts';
import { createForeignClient, type ForeignClient } from '#server/brokers/kafka/kafka-foreign-client.ts';
import { required } from '#server/brokers/kafka/kafka-harness.ts';
import { systemClock } from '#server/clock.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';
import { readQueue } from '#server/sync/read-queue.ts';
import { createTurns } from '#server/sync/turns.ts';

/** A topic that was never read, through the whole reader, from a real Kafka. */
const brokers = required('TEST_KAFKA_BROKERS').split(',');
const signal = new AbortController().signal;
const timeout = 60_000;
let foreign: ForeignClient;
let producer: Producer;
let driver: BrokerDriver;
let folder: string;
let store: Store;

beforeAll(async () => {
  foreign = await createForeignClient(brokers);
  producer = new Producer({ clientId: 'foreign', bootstrapBrokers: [...brokers] });
  driver = createKafkaDriver({ connection: 'kafka', brokers, clock: Date.now });
  folder = await mkdtemp(join(tmpdir(), 'redeliver-read-log-'));
  store = openSqliteStore({ folder, role: 'writer' });
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
  await driver.close();
  await producer.close();
  await foreign.close();
});

const partitions = 3;
const day = 86_400_000;
const now = Date.now();

/** Over ten days, the last one now, across partitions. */
function timesOf(count: number): number[] {
  return Array.from({ length: count }, (_, index) => now - Math.round(((count - index) * 10 * day) / count));
}

async function put(topic: string, times: readonly number[], size = 0): Promise<void> {
  const atOnce = size === 0 ? 5_000 : 500;
  for (let at = 0; at < times.length; at += atOnce) {
    const messages = times.slice(at, at + atOnce).map((time, index) => ({
      topic,
      partition: index % partitions,
      value: Buffer.alloc(size, time % 256),
      timestamp: BigInt(time),
    }));
    await producer.send({ messages, acks: -1 });
  }
}

async function aQueueOf(times: readonly number[], size = 0): Promise<Queue> {
  const name = `read-log-${randomUUID()}.dlq`;
  await foreign.createTopic(name, partitions, { 'retention.ms': '-1' });
  await put(name, times, size);
  const { capabilities } = await driver.inspect(name, signal);
  await store.index.saveQueues(name, [{ name, kind: 'kafka', foundBy: 'configuration', origins: [], capabilities }]);
  return await store.index.getQueue(queueId(name, name));
}

async function read(queue: Queue, through: Partial<{ store: Store; driver: BrokerDriver }> = {}): Promise<void> {
  const facts = await driver.inspect(queue.name, signal);
  await readQueue(
    { store, driver, clock: systemClock, turns: createTurns(), scanLimit: 1_000, ...through },
    queue,
    { facts, insist: false },
    signal,
  );
}

async function countSince(queue: Queue, from: number | null): Promise<number> {
  const filter = { kind: 'queue', pattern: queue.id } as const;
  return (await store.index.countMessages({ filter, range: { from, to: null } }, 1_000_000)).count;
}

/** The store, with an eye on what is written to its index. */
function watched(index: Partial<Store['index']>): Store {
  return { ...store, index: { ...store.index, ...index } };
}

/** The driver, counting what it gives, with work to do before a browse begins. */
function counting(before: (direction: 'older' | 'newer') => Promise<void> = async () => undefined) {
  const given = { older: 0, newer: 0 };
  const counted: BrokerDriver = {
    ...driver,
    async *browse(queue, options, aborted) {
      const direction = options.backwards === true ? 'older' : 'newer';
      await before(direction);
      for await (const batch of driver.browse(queue, options, aborted)) {
        given[direction] += batch.messages.length;
        yield batch;
      }
    },
  };
  return { driver: counted, given };
}

test(
  'a topic that was never read is read from its newest end, and what is said to be known is whole at any time',
  async () => {
    const times = timesOf(30_000);
    const queue = await aQueueOf(times);
    const batches: number[][] = [];
    const backTo: number[] = [];
    const watching = watched({
      async ingest(batch) {
        batches.push(batch.letters.map(({ letter }) => letter.at));
        return await store.index.ingest(batch);
      },
      async saveQueueStatus(id, status) {
        await store.index.saveQueueStatus(id, status);
        if (typeof status.knownBackTo !== 'number') return;
        const since = status.knownBackTo;
        backTo.push(since);
        expect(await countSince(queue, since)).toBe(times.filter((time) => time >= since).length);
        expect(await countSince(queue, null), 'Nothing beyond the stretch.').toBe(await countSince(queue, since));
        expect(status.reader).toMatchObject({ kind: 'syncing' });
      },
    });
    const counted = counting();
    await read(queue, { store: watching, driver: counted.driver });

    const [first = []] = batches;
    expect(first.length).toBeGreaterThanOrEqual(100);
    expect(first.length).toBeLessThanOrEqual(400);
    expect(Math.min(...first)).toBeGreaterThanOrEqual(times.at(-400) ?? 0);
    expect(Math.max(...first)).toBe(times.at(-1));
    expect(backTo.length).toBeGreaterThanOrEqual(3);
    expect(backTo).toEqual(backTo.toSorted((a, b) => b - a));
    expect(Math.max(...batches.map((batch) => batch.length))).toBe(2_000);
    expect(counted.given, 'Each message is read once.').toEqual({ older: 30_000, newer: 0 });
    expect(await countSince(queue, null)).toBe(30_000);
    expect(await store.index.getQueue(queue.id)).toMatchObject({ reader: { kind: 'live' }, knownBackTo: null });
  },
  timeout,
);

test(
  'a crash amid it costs the slice that was under way: the next start goes on behind what is known, and loses nothing',
  async () => {
    const queue = await aQueueOf(timesOf(26_000));
    let written = 0;
    const dying = watched({
      async ingest(batch) {
        written += batch.letters.length;
        if (written > 18_000) throw new AppError('internal', 'The disk is gone.');
        return await store.index.ingest(batch);
      },
    });
    await expect(read(queue, { store: dying })).rejects.toMatchObject({ message: 'The disk is gone.' });
    const { knownBackTo } = await store.index.getQueue(queue.id);
    expect(knownBackTo).not.toBeNull();
    const known = await countSince(queue, knownBackTo);
    expect(known).toBeGreaterThan(2_000);
    expect(await countSince(queue, null)).toBeGreaterThan(known);

    const arrived = [now + 1, now + 2, now + 3];
    await put(queue.name, arrived);
    const { driver: counted, given } = counting();
    await read(queue, { driver: counted });
    expect(given).toEqual({ older: 26_000 - known, newer: 3 });
    expect(await countSince(queue, null)).toBe(26_003);
    expect(await store.index.getQueue(queue.id)).toMatchObject({ reader: { kind: 'live' }, knownBackTo: null });
  },
  timeout,
);

test(
  'what arrives while older ones are read is known before the next slice',
  async () => {
    const queue = await aQueueOf(timesOf(30_000));
    const known: number[] = [];
    let slices = 0;
    const { driver: busy, given } = counting(async (direction) => {
      if (direction === 'newer') return;
      slices += 1;
      // Whatever was put before the slice before this one.
      known.push(await countSince(queue, now + 1));
      await put(queue.name, [now + slices, now + slices, now + slices]);
    });
    await read(queue, { driver: busy });
    expect(slices).toBeGreaterThanOrEqual(4);
    // A batch may still be on its way into the index, never two slices.
    for (const [slice, count] of known.entries()) expect(count).toBeGreaterThanOrEqual(Math.max(0, slice - 1) * 3);
    expect(given.newer + given.older).toBe(30_000 + slices * 3);
    expect(await countSince(queue, null)).toBe(30_000 + slices * 3);
  },
  timeout,
);

test(
  'a topic that was made anew amid it has only its own messages',
  async () => {
    const queue = await aQueueOf(timesOf(5_000));
    const dying = watched({
      async ingest(batch) {
        if (batch.letters.length > 1_000) throw new AppError('internal', 'The disk is gone.');
        return await store.index.ingest(batch);
      },
    });
    await expect(read(queue, { store: dying })).rejects.toMatchObject({ code: 'internal' });
    const before = await countSince(queue, null);
    expect(before).toBeGreaterThan(0);
    await foreign.admin.deleteTopics({ topics: [queue.name] });
    const made = () =>
      foreign.createTopic(queue.name, partitions, { 'retention.ms': '-1' }).then(
        () => 'made',
        () => 'not yet',
      );
    await expect.poll(made).toBe('made');
    await put(queue.name, timesOf(3_000));
    await read(queue);
    const inState = async (state: 'new' | 'gone') => {
      const filter = {
        kind: 'and',
        terms: [
          { kind: 'queue', pattern: queue.id },
          { kind: 'state', state },
        ],
      } as const;
      return (await store.index.countMessages({ filter, range: { from: null, to: null } }, 1_000_000)).count;
    };
    expect(await inState('new')).toBe(3_000);
    expect(await inState('gone')).toBe(before);
    expect(await store.index.getQueue(queue.id)).toMatchObject({ reader: { kind: 'live' }, knownBackTo: null });
  },
  timeout,
);

test(
  'slices that hold more bytes than a read may bring become smaller, and everything is read',
  async () => {
    const queue = await aQueueOf(timesOf(2_500), 2_000);
    const limits = { browseBytesMax: 400_000 };
    await read(queue, { driver: createBroker(driver, { connection: 'kafka', limits, random: () => 0.5 }) });
    expect(await countSince(queue, null)).toBe(2_500);
    expect((await store.index.getQueue(queue.id)).reader).toEqual({ kind: 'live' });
  },
  timeout,
);
