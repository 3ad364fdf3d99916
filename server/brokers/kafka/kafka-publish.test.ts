import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RawMessage } from '#lib/domain/message.ts';
import type { PublishOutcome } from '#server/brokers/driver.ts';
import { createKafkaDriver } from '#server/brokers/kafka/kafka-driver.ts';
import { browseAll } from '#server/brokers/testing/driving.ts';
import { createForeignClient, type ForeignClient } from '#server/brokers/kafka/kafka-foreign-client.ts';
import { required } from '#server/brokers/kafka/kafka-harness.ts';
import { createKafkaCluster } from '#server/brokers/kafka/kafka-cluster.ts';
import { createProducerPool } from '#server/brokers/kafka/producer.ts';
import { publish } from '#server/brokers/kafka/publish.ts';

/** What only Kafka knows of sending, on the real server. */
const brokers = required('TEST_KAFKA_BROKERS').split(',');
const settings = { connection: 'kafka-publish', brokers, clock: Date.now };
const driver = createKafkaDriver(settings);
const options = { timeoutMs: 10_000, signal: new AbortController().signal };
let foreign: ForeignClient;

beforeAll(async () => {
  foreign = await createForeignClient(brokers);
});
afterAll(async () => {
  await driver.close();
  await foreign.close();
});

async function aTopic(partitions: number, config: Record<string, string> = {}): Promise<string> {
  const name = `publish-${randomUUID()}`;
  await foreign.createTopic(name, partitions, config);
  return name;
}

function aMessage(body: string | Buffer, key: string | null = null): RawMessage {
  return { key: key === null ? null : Buffer.from(key), body: Buffer.from(body), headers: [], properties: [] };
}

function to(topic: string, messages: readonly RawMessage[], partition: number | null = null) {
  return messages.map((message, index) => ({
    ref: String(index),
    destination: { kind: 'kafka', topic, partition } as const,
    message,
  }));
}

async function bodiesIn(topic: string, count: number): Promise<string[]> {
  const received = await foreign.receive({ kind: 'kafka', topic, partition: null }, count);
  return received.map((message) => Buffer.from(message.body ?? []).toString());
}

function kindsOf(outcomes: readonly PublishOutcome[]): string[] {
  return outcomes.map((outcome) => (outcome.kind === 'failed' ? `failed ${outcome.error.code}` : outcome.kind));
}

describe('order and place', () => {
  test('a message has the time that it is given, else that of the send; one that stamps by its own clock overwrites both', async () => {
    const [topic, ownTime] = [await aTopic(1), await aTopic(1, { 'message.timestamp.type': 'LogAppendTime' })];
    const before = Date.now();
    const given = before - 3_600_000;
    const messages = (to_: string) =>
      to(to_, [aMessage('given'), aMessage('now')], 0).map((each, index) =>
        index === 0 ? { ...each, timestamp: given } : each,
      );
    expect(kindsOf(await driver.publish(messages(topic), options))).toEqual(['sent', 'sent']);
    expect(kindsOf(await driver.publish(messages(ownTime), options))).toEqual(['sent', 'sent']);
    const times = async (name: string) => (await browseAll(driver, name)).messages.map(({ brokerAt }) => brokerAt ?? 0);
    const [first, second = 0] = await times(topic);
    expect(first).toBe(given);
    expect(second).toBeGreaterThanOrEqual(before);
    for (const time of await times(ownTime)) expect(time).toBeGreaterThanOrEqual(before);
    const { notes } = await driver.describeDestination(
      { kind: 'kafka', topic: ownTime, partition: null },
      options.signal,
    );
    expect(notes).toContain(`Topic ${ownTime} gives each message the time at which it takes it.`);
  });

  test('five thousand messages of one key arrive once, in order, where the outcomes say', async () => {
    const topic = await aTopic(3);
    const messages = Array.from({ length: 5_000 }, (_, index) => aMessage(`${index}`.padEnd(600, '.'), 'one key'));
    const outcomes = await driver.publish(to(topic, messages), options);
    const positions = outcomes.map((outcome) => (outcome.kind === 'sent' ? outcome.position : null));
    const partition = positions[0]?.split(':')[0];
    expect(positions).toEqual(messages.map((_, index) => `${partition}:${index}`));
    expect(await bodiesIn(topic, messages.length)).toEqual(
      messages.map(({ body }) => Buffer.from(body ?? []).toString()),
    );
  });

  test('a key goes to the partition that kafkajs chooses for it', async () => {
    const [ours, theirs] = [await aTopic(7), await aTopic(7)];
    const messages = Array.from({ length: 40 }, (_, index) => aMessage(`${index}`, `order-${index}`));
    const kinds = kindsOf(await driver.publish(to(ours, messages), options));
    expect(new Set(kinds)).toEqual(new Set(['sent']));
    await foreign.put(theirs, messages);
    expect(await bodiesIn(ours, 40)).toEqual(await bodiesIn(theirs, 40));
  });

  test('messages without a key are spread, and a named partition is kept to', async () => {
    const topic = await aTopic(3);
    const spread = await driver.publish(
      to(
        topic,
        Array.from({ length: 9 }, (_, index) => aMessage(`${index}`)),
      ),
      options,
    );
    const partitions = spread.map((outcome) => (outcome.kind === 'sent' ? outcome.position?.split(':')[0] : null));
    expect(new Set(partitions)).toEqual(new Set(['0', '1', '2']));
    const [named] = await driver.publish(to(topic, [aMessage('x', 'any key')], 2), options);
    expect(named).toMatchObject({ kind: 'sent', position: '2:3' });
    expect(kindsOf(await driver.publish(to(topic, [aMessage('x')], 3), options))).toEqual(['failed not_found']);
  });

  test('the same topic can be sent to by several publishes at once, each in its order', async () => {
    const topic = await aTopic(1);
    const runs = ['a', 'b', 'c', 'd'].map((name) =>
      Array.from({ length: 300 }, (_, index) => aMessage(`${name}${index}`)),
    );
    await Promise.all(runs.map((run) => driver.publish(to(topic, run), options)));
    const bodies = await bodiesIn(topic, 1_200);
    for (const name of ['a', 'b', 'c', 'd']) {
      expect(bodies.filter((body) => body.startsWith(name))).toEqual(
        Array.from({ length: 300 }, (_, index) => `${name}${index}`),
      );
    }
  });
});

describe('what is refused', () => {
  test('one message that is too large fails alone, and the others of its batch arrive in order', async () => {
    const topic = await aTopic(1, { 'max.message.bytes': '10000' });
    const messages = Array.from({ length: 12 }, (_, index) =>
      aMessage(index === 5 ? Buffer.alloc(20_000) : `${index}`),
    );
    const kinds = kindsOf(await driver.publish(to(topic, messages), options));
    expect(kinds).toEqual(messages.map((_, index) => (index === 5 ? 'failed too_large' : 'sent')));
    expect(await bodiesIn(topic, 11)).toEqual([0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11].map(String));
  });

  test('a compacted topic refuses a message without a key, and takes those that have one', async () => {
    const topic = await aTopic(1, { 'cleanup.policy': 'compact' });
    const kinds = kindsOf(
      await driver.publish(to(topic, [aMessage('a', 'k'), aMessage('b'), aMessage('c', 'k')]), options),
    );
    expect(kinds).toEqual(['sent', 'failed rejected', 'sent']);
  });

  test('a topic that does not exist is not created', async () => {
    const topic = `publish-${randomUUID()}.missing`;
    expect(kindsOf(await driver.publish(to(topic, [aMessage('x')]), options))).toEqual(['failed not_found']);
    expect(await driver.describeDestination({ kind: 'kafka', topic, partition: null }, options.signal)).toMatchObject({
      exists: false,
    });
    expect(await foreign.admin.listTopics()).not.toContain(topic);
  });
});

test('a batch that is sent twice by one producer is stored once', async () => {
  const topic = await aTopic(1);
  const cluster = createKafkaCluster(settings);
  const pool = createProducerPool(cluster);
  const identity = await pool.take(options.signal);
  // Forgets that the first batch was taken, as a sender does that lost the answer.
  const forgetful = { take: async () => ({ next: identity.next, advance: () => {} }), giveBack: () => {} };
  const message = to(topic, [aMessage('once')]);
  expect(kindsOf(await publish(cluster, forgetful, message, options))).toEqual(['sent']);
  expect(await publish(cluster, forgetful, message, options)).toMatchObject([{ kind: 'sent', position: '0:0' }]);
  await cluster.close();
  expect(await bodiesIn(topic, 1)).toEqual(['once']);
});

test('what was read is sent with a time of its own', async () => {
  const topic = await aTopic(1);
  const begun = Date.now();
  const old = { name: 'timestamp', value: { kind: 'timestamp', text: '1000', unit: 'ms' } } as const;
  await driver.publish(to(topic, [{ ...aMessage('x'), properties: [old] }]), options);
  const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  const [end] = await admin.fetchTopicOffsetsByTimestamp(topic, begun - 1_000);
  await admin.disconnect();
  expect(end).toMatchObject({ partition: 0, offset: '0' });
});

test('a browse from a destination’s watermark finds what was sent since, and nothing older', async () => {
  const topic = await aTopic(3);
  const [older, newer] = [0, 10].map((from) =>
    Array.from({ length: 9 }, (_, index) => aMessage(`${from + index}`, `k${index}`)),
  );
  await driver.publish(to(topic, older ?? []), options);
  const { watermark } = await driver.describeDestination({ kind: 'kafka', topic, partition: null }, options.signal);
  await driver.publish(to(topic, newer ?? []), options);
  const found: string[] = [];
  for await (const batch of driver.browse(topic, { from: watermark }, options.signal)) {
    found.push(...batch.messages.map((message) => Buffer.from(message.body ?? []).toString()));
  }
  expect(found.toSorted()).toEqual(
    (newer ?? []).map((message) => Buffer.from(message.body ?? []).toString()).toSorted(),
  );
});
