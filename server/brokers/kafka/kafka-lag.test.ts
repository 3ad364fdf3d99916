import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { randomUUID } from 'node:crypto';
import { Consumer } from '@platformatic/kafka';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { GroupLag } from '#lib/domain/lag.ts';
import { createKafkaCluster } from '#server/brokers/kafka/kafka-cluster.ts';
import { createKafkaDriver } from '#server/brokers/kafka/kafka-driver.ts';
import { createForeignClient, type ForeignClient } from '#server/brokers/kafka/kafka-foreign-client.ts';
import { required } from '#server/brokers/kafka/kafka-harness.ts';
import { commitOffsets } from '#server/brokers/kafka/testing/commit-offsets.ts';
import { shareHeartbeat } from '#server/brokers/kafka/testing/share-heartbeat.ts';

const brokers = required('TEST_KAFKA_BROKERS').split(',');
const driver = createKafkaDriver({ connection: 'kafka-lag', brokers, clock: Date.now });
const kafka = new Kafka({ brokers, clientId: 'foreign', logLevel: logLevel.NOTHING });
const cluster = createKafkaCluster({ connection: 'foreign', brokers, clock: Date.now });
const signal = new AbortController().signal;
const groups: string[] = [];
let foreign: ForeignClient;

beforeAll(async () => {
  foreign = await createForeignClient(brokers);
});
afterAll(async () => {
  await driver.close();
  await cluster.close();
  await foreign.admin.deleteGroups(groups);
  await foreign.close();
});

async function aTopicWith(count: number, partitions = 2): Promise<string> {
  const topic = `lag-${randomUUID()}`;
  await foreign.createTopic(topic, partitions);
  await put(topic, count);
  return topic;
}

async function put(topic: string, count: number): Promise<void> {
  const messages = Array.from({ length: count }, (_, index) => ({
    key: Buffer.from(`k${index}`),
    body: null,
    headers: [],
    properties: [],
  }));
  if (count > 0) await foreign.put(topic, messages);
}

function aGroup(): string {
  const name = `lag-${randomUUID()}`;
  groups.push(name);
  return name;
}

async function lagOf(group: string): Promise<readonly GroupLag[]> {
  const { rows } = await driver.readLag([], signal);
  return rows.filter((row) => row.kind === 'group').filter((row) => row.group === group);
}

/** What kafkajs knows: ends less commits. */
async function lagByKafkajs(groupId: string, topic: string): Promise<number> {
  const ends = new Map((await foreign.admin.fetchTopicOffsets(topic)).map((each) => [each.partition, each.high]));
  const committed = await foreign.admin.fetchOffsets({ groupId, topics: [topic] });
  return committed
    .flatMap(({ partitions }) => partitions)
    .filter(({ offset }) => offset !== '-1')
    .reduce((sum, { partition, offset }) => sum + Number(ends.get(partition)) - Number(offset), 0);
}

test('the lag of each group on each topic is what an independent client counts', async () => {
  const topics = [await aTopicWith(20), await aTopicWith(7), await aTopicWith(0)] as const;
  const [ahead, behind, partly] = [aGroup(), aGroup(), aGroup()];
  await commitOffsets(cluster, behind, Object.fromEntries(topics.map((topic) => [topic, [0, 0]])));
  const ends = await foreign.admin.fetchTopicOffsets(topics[0]);
  const high = (partition: number) => Number(ends.find((each) => each.partition === partition)?.high);
  await commitOffsets(cluster, ahead, { [topics[0]]: [high(0), high(1)] });
  await commitOffsets(cluster, partly, { [topics[0]]: [1] });

  const rows = new Map((await lagOf(behind)).map((row) => [row.topic, row]));
  expect([...rows.keys()].toSorted()).toEqual([...topics].toSorted());
  for (const topic of topics) expect(rows.get(topic)?.lag).toBe(await lagByKafkajs(behind, topic));
  expect(rows.get(topics[0])).toMatchObject({
    groupKind: 'classic',
    state: 'empty',
    members: 0,
    lag: 20,
    gap: null,
    partitions: 2,
    uncommitted: 0,
  });
  expect(await lagOf(ahead)).toMatchObject([{ topic: topics[0], lag: 0 }]);
  expect(await lagOf(partly)).toMatchObject([
    { topic: topics[0], lag: await lagByKafkajs(partly, topics[0]), uncommitted: 1 },
  ]);
});

test('lag is counted to the high watermark: what an open transaction holds back is behind, too', async () => {
  const topic = await aTopicWith(3, 1);
  const group = aGroup();
  await commitOffsets(cluster, group, { [topic]: [0] });
  const producer = kafka.producer({ transactionalId: `lag-${randomUUID()}`, maxInFlightRequests: 1, idempotent: true });
  await producer.connect();
  try {
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: Array.from({ length: 5 }, () => ({ value: 'held back' })) });
    expect(await lagOf(group)).toMatchObject([{ lag: 8 }]);
    // kafkajs reads to the last stable offset: it does not see them.
    expect(await lagByKafkajs(group, topic)).toBe(3);
    await transaction.abort();
  } finally {
    await producer.disconnect();
  }
});

test('a group that has members and no commit is there, and says that nothing is told', async () => {
  const topic = await aTopicWith(4);
  const group = aGroup();
  const consumer = kafka.consumer({ groupId: group, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic });
  await consumer.run({ autoCommit: false, eachMessage: async () => {} });
  onTestFinished(() => consumer.disconnect());
  await expect
    .poll(() => lagOf(group), { timeout: 60_000 })
    .toMatchObject([{ topic, state: 'stable', members: 1, lag: null, gap: 'no-commit', uncommitted: 2 }]);
});

test('a topic that was deleted under its group hides none of the group’s others', async () => {
  const deleting = await createForeignClient(brokers);
  onTestFinished(() => deleting.close());
  const [gone, left] = [`lag-${randomUUID()}`, await aTopicWith(3)];
  await deleting.createTopic(gone, 2);
  const group = aGroup();
  const other = aGroup();
  await commitOffsets(cluster, other, { [left]: [0, 0] });
  const consumer = kafka.consumer({ groupId: group, maxWaitTimeInMs: 100 });
  await consumer.connect();
  onTestFinished(() => consumer.disconnect());
  await consumer.subscribe({ topics: [gone, left], fromBeginning: true });
  await consumer.run({ eachMessage: async () => {} });
  await expect
    .poll(async () => (await lagOf(group)).map(({ members }) => members), { timeout: 60_000 })
    .toEqual([1, 1]);
  await expect
    .poll(async () => (await lagOf(group)).find(({ topic }) => topic === left)?.lag, { timeout: 60_000 })
    .toBe(0);
  await deleting.deleteTopic(gone);
  // Its members still subscribe to it; whether its commits are gone already is the broker's business.
  await expect
    .poll(async () => (await lagOf(group)).find(({ topic }) => topic === gone), { timeout: 60_000 })
    .toMatchObject({ lag: null, gap: 'topic-gone', partitions: 0 });
  expect((await lagOf(group)).find(({ topic }) => topic === left)).toMatchObject({ lag: 0 });
  expect(await lagOf(other)).toMatchObject([{ topic: left, lag: 3 }]);
});

test('a group of the new protocol (KIP-848) is told as one, with its members and its lag', async () => {
  const topic = await aTopicWith(6);
  const group = aGroup();
  const consumer = new Consumer({
    clientId: 'foreign',
    groupId: group,
    bootstrapBrokers: brokers,
    groupProtocol: 'consumer',
  });
  onTestFinished(() => consumer.close(true));
  const stream = await consumer.consume({ topics: [topic], mode: 'earliest', autocommit: false });
  onTestFinished(() => stream.close());
  await consumer.commit({ offsets: [{ topic, partition: 0, offset: 0n, leaderEpoch: 0 }] });
  await expect
    .poll(() => lagOf(group), { timeout: 60_000 })
    .toMatchObject([{ topic, groupKind: 'consumer', state: 'stable', members: 1, uncommitted: 1 }]);
  expect((await lagOf(group))[0]?.lag).toBe(await lagByKafkajs(group, topic));
});

test('a share group is told as one, with its members', async () => {
  const topic = await aTopicWith(4);
  const group = `lag-${randomUUID()}`;
  const memberId = randomUUID();
  const [node] = await cluster.brokerIds(signal);
  const beat = (epoch: number, topics: readonly string[] | null) =>
    cluster.call(node ?? 'any', shareHeartbeat, [group, memberId, epoch, topics], signal);
  await expect.poll(() => beat(0, [topic]), { timeout: 30_000 }).toBe(0);
  await expect
    .poll(() => lagOf(group), { timeout: 60_000 })
    .toMatchObject([{ topic, groupKind: 'share', state: 'stable', members: 1, partitions: 2 }]);
  expect(await beat(-1, null)).toBe(0);
});

test('an account that may see nothing is told nothing, and that is no failure', async () => {
  const denied = createKafkaDriver({
    connection: 'kafka-lag-denied',
    brokers: required('TEST_KAFKA_SASL_BROKERS').split(','),
    sasl: {
      mechanism: 'SCRAM-SHA-256',
      username: required('TEST_KAFKA_SASL_DENIED_USERNAME'),
      password: required('TEST_KAFKA_SASL_DENIED_PASSWORD'),
    },
    clock: Date.now,
  });
  onTestFinished(() => denied.close());
  expect((await denied.readLag([], signal)).rows).toEqual([]);
});

test('one connection to the broker is enough, whatever the number of readings', async () => {
  const own = createKafkaDriver({ connection: 'kafka-lag', brokers, clock: Date.now });
  onTestFinished(() => own.close());
  let sockets = 0;
  const count = () => {
    sockets += 1;
  };
  subscribe('net.client.socket', count);
  try {
    for (let reading = 0; reading < 3; reading += 1) await own.readLag([], signal);
  } finally {
    unsubscribe('net.client.socket', count);
  }
  expect(sockets).toBe(1);
});
