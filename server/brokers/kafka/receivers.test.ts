import { randomUUID } from 'node:crypto';
import { Consumer } from '@platformatic/kafka';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { subscribedTopics } from '#server/brokers/kafka/consumer-groups.ts';
import { createKafkaCluster } from '#server/brokers/kafka/kafka-cluster.ts';
import { createKafkaDriver } from '#server/brokers/kafka/kafka-driver.ts';
import { createForeignClient, type ForeignClient } from '#server/brokers/kafka/kafka-foreign-client.ts';
import { required } from '#server/brokers/kafka/kafka-harness.ts';
import { shareHeartbeat } from '#server/brokers/kafka/testing/share-heartbeat.ts';

const brokers = required('TEST_KAFKA_BROKERS').split(',');
const driver = createKafkaDriver({ connection: 'kafka-receivers', brokers, clock: Date.now });
const kafka = new Kafka({ brokers, clientId: 'foreign', logLevel: logLevel.NOTHING });
const signal = new AbortController().signal;
const groups: string[] = [];
let foreign: ForeignClient;

beforeAll(async () => {
  foreign = await createForeignClient(brokers);
});
afterAll(async () => {
  await driver.close();
  await foreign.admin.deleteGroups(groups);
  await foreign.close();
});

async function aTopicWith(count: number): Promise<string> {
  const topic = `receivers-${randomUUID()}`;
  await foreign.createTopic(topic, 2);
  await foreign.put(
    topic,
    Array.from({ length: count }, (_, index) => ({
      key: Buffer.from(`k${index}`),
      body: null,
      headers: [],
      properties: [],
    })),
  );
  return topic;
}

function aGroup(): string {
  const name = `receivers-${randomUUID()}`;
  groups.push(name);
  return name;
}

async function receiversOf(topic: string) {
  return (await driver.describeDestination({ kind: 'kafka', topic, partition: null }, signal)).receivers;
}

async function commitAtTheBeginning(groupId: string, topic: string): Promise<void> {
  await foreign.admin.setOffsets({
    groupId,
    topic,
    partitions: [0, 1].map((partition) => ({ partition, offset: '0' })),
  });
}

describe('a consumer group of the classic protocol', () => {
  test('is found by its commits while nobody is in it, with what it is behind, and for no other topic', async () => {
    const [topic, other] = [await aTopicWith(10), await aTopicWith(1)];
    const group = aGroup();
    await commitAtTheBeginning(group, topic);
    expect(await receiversOf(topic)).toEqual([
      { kind: 'consumer-group', name: group, state: 'empty', members: 0, lag: 10 },
    ]);
    expect(await receiversOf(other)).toEqual([]);
  });

  test('is found by its members before it has committed anything', async () => {
    const topic = await aTopicWith(0);
    const group = aGroup();
    const consumer = kafka.consumer({ groupId: group, maxWaitTimeInMs: 100 });
    await consumer.connect();
    await consumer.subscribe({ topic });
    await consumer.run({ eachMessage: async () => {} });
    try {
      await expect
        .poll(() => receiversOf(topic), { timeout: 60_000 })
        .toMatchObject([{ name: group, state: 'stable', members: 1 }]);
    } finally {
      await consumer.disconnect();
    }
  });
});

test('a live group of the new protocol (KIP-848) is not called dead', async () => {
  const topic = await aTopicWith(6);
  const group = aGroup();
  const consumer = new Consumer({
    clientId: 'foreign',
    groupId: group,
    bootstrapBrokers: brokers,
    groupProtocol: 'consumer',
  });
  try {
    const stream = await consumer.consume({ topics: [topic], mode: 'earliest', autocommit: false });
    await expect
      .poll(() => receiversOf(topic), { timeout: 60_000 })
      .toMatchObject([{ name: group, state: 'stable', members: 1 }]);
    await stream.close();
  } finally {
    await consumer.close(true);
  }
});

test('a share group is found by its members, with what it is behind, and for no other topic', async () => {
  const [topic, other] = [await aTopicWith(4), await aTopicWith(0)];
  const group = `receivers-${randomUUID()}`;
  const cluster = createKafkaCluster({ connection: 'kafka-receivers', brokers, clock: Date.now });
  const memberId = randomUUID();
  try {
    // The client of the tests has no share consumer: a member is who sends a heartbeat.
    const [node] = await cluster.brokerIds(signal);
    await expect
      .poll(() => cluster.call(node ?? 'any', shareHeartbeat, [group, memberId, 0, [topic]], signal), {
        timeout: 30_000,
      })
      .toBe(0);
    await expect
      .poll(async () => (await receiversOf(topic)).find(({ name }) => name === group), { timeout: 60_000 })
      .toMatchObject({ kind: 'consumer-group', state: 'share group, stable', members: 1 });
    expect((await receiversOf(other)).map(({ name }) => name)).not.toContain(group);
    expect(await cluster.call(node ?? 'any', shareHeartbeat, [group, memberId, -1, null], signal)).toBe(0);
  } finally {
    await cluster.close();
  }
});

test('a member’s own bytes are not trusted', () => {
  expect(subscribedTopics(Buffer.from([0, 1]))).toEqual([]);
  expect(subscribedTopics(Buffer.from([0, 1, 0x7f, 0xff, 0xff, 0xff, 0, 1, 0x61, 0x7f]))).toEqual(['a']);
  expect(subscribedTopics(Buffer.from([0, 1, 0, 0, 0, 1, 0xff, 0xff]))).toEqual([]);
});
