import { randomUUID } from 'node:crypto';
import { Producer } from '@platformatic/kafka';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import type { BrowseEnd, BrowseOptions } from '#server/brokers/driver.ts';
import { createKafkaCluster } from '#server/brokers/kafka/kafka-cluster.ts';
import { createKafkaDriver } from '#server/brokers/kafka/kafka-driver.ts';
import { createForeignClient, type ForeignClient } from '#server/brokers/kafka/kafka-foreign-client.ts';
import { required } from '#server/brokers/kafka/kafka-harness.ts';
import { defaultReadLimits, readLog } from '#server/brokers/kafka/log-reader.ts';

/** What only Kafka's log can do, on the real server: the shared suite knows nothing of it. */
const brokers = required('TEST_KAFKA_BROKERS').split(',');
const settings = { connection: 'kafka-log', brokers, clock: Date.now };
const driver = createKafkaDriver(settings);
const kafka = new Kafka({ brokers, clientId: 'foreign', logLevel: logLevel.NOTHING });
const signal = new AbortController().signal;
let foreign: ForeignClient;

beforeAll(async () => {
  foreign = await createForeignClient(brokers);
});
afterAll(async () => {
  await driver.close();
  await foreign.close();
});

async function aTopic(config: Record<string, string> = {}, partitions = 1): Promise<string> {
  const name = `log-${randomUUID()}.dlq`;
  await foreign.createTopic(name, partitions, config);
  return name;
}

function numbered(count: number, from = 0, size = 0) {
  return Array.from({ length: count }, (_, index) => ({
    key: Buffer.from(`key-${from + index}`),
    body: Buffer.from(`message ${from + index}`.padEnd(size, '.')),
    headers: [],
    properties: [],
  }));
}

async function browse(topic: string, options: Partial<BrowseOptions> = {}) {
  const messages: RawDeadLetter[] = [];
  let end: BrowseEnd | null = null;
  let cursor: string | null = null;
  const startsAnew: boolean[] = [];
  for await (const batch of driver.browse(topic, { from: null, ...options }, signal)) {
    messages.push(...batch.messages);
    if (batch.startsAnew !== undefined) startsAnew.push(batch.startsAnew);
    ({ end, cursor } = batch);
  }
  return { messages, end, cursor, startsAnew, bodies: messages.map(bodyOf) };
}

async function makeAnew(topic: string): Promise<void> {
  await foreign.admin.deleteTopics({ topics: [topic] });
  const made = () =>
    foreign.createTopic(topic, 1).then(
      () => 'made',
      () => 'not yet',
    );
  await expect.poll(made).toBe('made');
}

async function deleteBefore(topic: string, offset: number): Promise<void> {
  // kafkajs looks for the leader among the topics that it has been asked about before.
  await foreign.admin.fetchTopicOffsets(topic);
  await foreign.admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] });
}

function bodyOf(message: RawDeadLetter): string {
  return Buffer.from(message.body ?? []).toString();
}

async function withTransactions(work: (producer: ReturnType<Kafka['producer']>) => Promise<void>): Promise<void> {
  const producer = kafka.producer({
    transactionalId: `foreign-${randomUUID()}`,
    maxInFlightRequests: 1,
    idempotent: true,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  try {
    await work(producer);
  } finally {
    await producer.disconnect();
  }
}

describe('packed by the broker itself', () => {
  test.each(['gzip', 'snappy', 'lz4', 'zstd'])('%s is read', async (codec) => {
    const topic = await aTopic({ 'compression.type': codec });
    await foreign.put(topic, numbered(300, 0, 500));
    expect((await browse(topic)).bodies).toEqual(numbered(300, 0, 500).map((each) => each.body.toString()));
  });
});

describe('packed by a client', () => {
  test.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)('%s is read', async (compression) => {
    const topic = await aTopic();
    const producer = new Producer({ clientId: 'foreign', bootstrapBrokers: brokers });
    const messages = numbered(300, 0, 500).map(({ body }) => ({ topic, value: body, partition: 0 }));
    await producer.send({ messages, compression, acks: -1 });
    await producer.close();
    expect((await browse(topic)).bodies).toEqual(messages.map((each) => each.value.toString()));
  });

  test('a batch that unpacks beyond the limit is left out, and the rest is read', async () => {
    const topic = await aTopic();
    const producer = new Producer({ clientId: 'foreign', bootstrapBrokers: brokers });
    const send = (value: Buffer) =>
      producer.send({ messages: [{ topic, value, partition: 0 }], compression: 'gzip', acks: -1 });
    await send(Buffer.from('before'));
    await send(Buffer.alloc(4 << 20));
    await send(Buffer.from('after'));
    await producer.close();
    const cluster = createKafkaCluster(settings);
    const layout = await cluster.topic(topic, signal);
    const seen: string[] = [];
    const leftOut: unknown[] = [];
    const limits = { ...defaultReadLimits, unpackedBytes: 1 << 20 };
    for await (const part of readLog(cluster, layout, [{ partition: 0, start: 0, end: 3 }], signal, limits)) {
      for (const record of part.records) seen.push(Buffer.from(record.value ?? []).toString());
      leftOut.push(...part.tooLarge);
    }
    await cluster.close();
    expect(seen).toEqual(['before', 'after']);
    expect(leftOut).toEqual([{ from: 1, to: 1 }]);
  });
});

describe('transactions', () => {
  test('what was aborted is not read, what was committed is, and markers are no messages', async () => {
    const topic = await aTopic();
    await withTransactions(async (producer) => {
      for (const [value, outcome] of [
        ['a', 'abort'],
        ['b', 'commit'],
        ['c', 'abort'],
        ['d', 'commit'],
      ] as const) {
        const transaction = await producer.transaction();
        await transaction.send({ topic, messages: [{ value }, { value: `${value}2` }] });
        await foreign.put(topic, numbered(1, value.charCodeAt(0)));
        await transaction[outcome]();
      }
    });
    // The coordinator writes the last markers after it has answered the commit: until then the transaction is open.
    await expect
      .poll(async () => (await browse(topic)).bodies)
      .toEqual(['message 97', 'b', 'b2', 'message 98', 'message 99', 'd', 'd2', 'message 100']);
    const { end } = await browse(topic);
    expect(end).toMatchObject({ complete: true, reason: 'reached-end' });
    expect((await browse(topic, { backwards: true, limit: 3 })).bodies).toEqual(['d2', 'message 100']);
  });

  test('an open transaction ends the browse before it, and the cursor goes on when it is over', async () => {
    const topic = await aTopic();
    await foreign.put(topic, numbered(2));
    await withTransactions(async (producer) => {
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ value: 'pending' }] });
      await foreign.put(topic, numbered(1, 2));

      const before = await browse(topic);
      expect(before.bodies).toEqual(['message 0', 'message 1']);
      const facts = await driver.inspect(topic, signal);
      expect(facts.depth.count).toBe(2);
      expect(facts.capabilities.description).toContain('2 behind an open transaction');
      const { notes } = await driver.describeDestination({ kind: 'kafka', topic, partition: null }, signal);
      expect(notes.join(' ')).toContain('behind an open transaction');

      await transaction.commit();
      await expect
        .poll(async () => (await browse(topic, { from: before.cursor })).bodies)
        .toEqual(['pending', 'message 2']);
    });
  });
});

describe('what the log has dropped', () => {
  test('compaction leaves gaps, and the browse still reaches the end', async () => {
    const topic = await aTopic({
      'cleanup.policy': 'compact',
      'segment.ms': '100',
      'min.cleanable.dirty.ratio': '0.01',
      'max.compaction.lag.ms': '100',
    });
    const twoKeys = (round: number) =>
      numbered(2, 0).map((each, index) => ({ ...each, body: Buffer.from(`${index}: round ${round}`) }));
    let round = 0;
    // Each round closes a segment, and only closed ones are compacted.
    await expect
      .poll(
        async () => {
          round += 1;
          await foreign.put(topic, twoKeys(round));
          return (await browse(topic)).messages.length < round * 2;
        },
        { timeout: 60_000, interval: 300 },
      )
      .toBe(true);
    const { bodies, end, cursor } = await browse(topic);
    expect(bodies.slice(-2)).toEqual([`0: round ${round}`, `1: round ${round}`]);
    expect(end).toMatchObject({ complete: true, reason: 'reached-end' });
    expect(JSON.parse(cursor ?? '')).toMatchObject({ next: { 0: String(round * 2) } });
    expect((await driver.inspect(topic, signal)).depth.exact).toBe(false);
    expect((await browse(topic, { backwards: true, limit: 3 })).bodies).toEqual(bodies.slice(-3));
  });

  test('a cursor into what was deleted goes on where the log begins, and says what is lost', async () => {
    const topic = await aTopic();
    await foreign.put(topic, numbered(10));
    const { messages } = await browse(topic);
    const { cursor } = await browse(topic, { limit: 3 });
    await deleteBefore(topic, 7);
    const rest = await browse(topic, { from: cursor });
    expect(rest.bodies).toEqual(['message 7', 'message 8', 'message 9']);
    expect(rest.end?.lostBefore).toEqual([{ lane: '0', before: '7' }]);
    expect((await driver.inspect(topic, signal)).lostBefore).toEqual([{ lane: '0', before: '7' }]);
    const held = [];
    const wanted = messages.filter(({ position }) => position === '0:2' || position === '0:8');
    for await (const batch of driver.hold(topic, wanted, { insist: false }, signal)) held.push(...batch.messages);
    expect(held.map((message) => message.position)).toEqual(['0:8']);
  });

  test('a log that is cut off while it is read is read on from where it begins', async () => {
    const topic = await aTopic();
    await foreign.put(topic, numbered(10));
    await deleteBefore(topic, 6);
    const cluster = createKafkaCluster(settings);
    const layout = await cluster.topic(topic, signal);
    const parts = [];
    for await (const part of readLog(cluster, layout, [{ partition: 0, start: 2, end: 10 }], signal)) {
      parts.push({
        lostBefore: part.lostBefore,
        offsets: [...part.records].map((record) => record.offset),
        next: part.next,
      });
    }
    await cluster.close();
    expect(parts).toEqual([
      { lostBefore: 6, offsets: [], next: 6 },
      { lostBefore: null, offsets: [6, 7, 8, 9], next: 10 },
    ]);
  });

  test('a topic that was deleted and made again is read from its beginning, says so, and its messages are others', async () => {
    const topic = await aTopic();
    await foreign.put(topic, numbered(10));
    const { cursor, messages: old } = await browse(topic);
    await makeAnew(topic);
    // More than before: the offsets alone would not tell.
    await foreign.put(topic, numbered(12, 100));
    const again = await browse(topic, { from: cursor });
    expect(again.bodies).toEqual(numbered(12, 100).map(({ body }) => body.toString()));
    expect(again.startsAnew).toEqual([true]);
    expect(again.messages.map(({ position }) => position).slice(0, 10)).toEqual(old.map(({ position }) => position));
    const identities = new Set(old.map(({ identity }) => identity));
    expect(again.messages.filter(({ identity }) => identities.has(identity))).toEqual([]);
    expect((await browse(topic, { from: again.cursor })).startsAnew).toEqual([]);

    const held: string[] = [];
    for await (const batch of driver.hold(topic, [...old, ...again.messages.slice(0, 1)], { insist: false }, signal))
      held.push(...batch.messages.map(bodyOf));
    expect(held).toEqual(['message 100']);
  });

  test('a topic that was made anew and is still empty has lost everything all the same', async () => {
    const topic = await aTopic();
    await foreign.put(topic, numbered(3));
    const { cursor } = await browse(topic);
    await makeAnew(topic);
    const again = await browse(topic, { from: cursor });
    expect(again).toMatchObject({ bodies: [], startsAnew: [true], end: { reason: 'reached-end' } });
  });
});

describe('one fetch is not a page', () => {
  test('partitions of several segments are read to their ends, in order, in batches', async () => {
    const topic = await aTopic({ 'segment.bytes': String(1 << 20) }, 3);
    const sent = numbered(3_000, 0, 5_000);
    for (let at = 0; at < sent.length; at += 500) await foreign.put(topic, sent.slice(at, at + 500));
    const batches: number[] = [];
    const offsets = new Map<string, string[]>();
    for await (const batch of driver.browse(topic, { from: null }, signal)) {
      batches.push(batch.messages.length);
      for (const { lane, sequence } of batch.messages)
        offsets.set(lane, [...(offsets.get(lane) ?? []), sequence ?? '']);
    }
    expect(batches.length).toBeGreaterThan(1);
    expect(Math.max(...batches)).toBeLessThanOrEqual(2_000);
    expect(batches.reduce((sum, count) => sum + count, 0)).toBe(3_000);
    for (const mine of offsets.values()) expect(mine).toEqual(mine.map((_, index) => String(index)));
  });

  test('messages far apart and close together are found again, and no other', async () => {
    const topic = await aTopic({}, 3);
    await foreign.put(topic, numbered(2_000, 0, 1_000));
    const { messages } = await browse(topic);
    const wanted = messages.filter((_, index) => index % 97 === 0 || (index > 400 && index < 450));
    const held: string[] = [];
    for await (const batch of driver.hold(topic, wanted.toReversed(), { insist: false }, signal))
      held.push(...batch.messages.map(({ identity }) => identity));
    expect(held.toSorted()).toEqual(wanted.map(({ identity }) => identity).toSorted());
  });

  test('tiny limits of a fetch lose nothing: every partition gets its turn', async () => {
    const topic = await aTopic({}, 4);
    await foreign.put(topic, numbered(400, 0, 200));
    const cluster = createKafkaCluster(settings);
    const layout = await cluster.topic(topic, signal);
    const ends = await cluster.offsets(layout, 'stable', signal);
    const ranges = [...ends].map(([partition, end]) => ({ partition, start: 0, end }));
    let count = 0;
    const limits = { ...defaultReadLimits, fetchBytes: 100, partitionBytes: 100 };
    for await (const part of readLog(cluster, layout, ranges, signal, limits)) count += [...part.records].length;
    await cluster.close();
    expect(count).toBe(400);
  });
});

test('the broker’s own time is told apart from the producer’s', async () => {
  const topic = await aTopic({ 'message.timestamp.type': 'LogAppendTime' });
  const begun = Date.now();
  await foreign.put(topic, numbered(2));
  const { messages } = await browse(topic);
  for (const message of messages) {
    expect(message.brokerAt).toBeGreaterThanOrEqual(begun - 5_000);
    expect(message.properties).toContainEqual({
      name: 'timestamp-type',
      value: { kind: 'text', text: 'LogAppendTime' },
    });
  }
});
