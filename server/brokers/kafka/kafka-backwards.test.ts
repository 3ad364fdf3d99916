import { randomUUID } from 'node:crypto';
import { Producer } from '@platformatic/kafka';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import { createKafkaDriver } from '#server/brokers/kafka/kafka-driver.ts';
import { createForeignClient, type ForeignClient } from '#server/brokers/kafka/kafka-foreign-client.ts';
import { required } from '#server/brokers/kafka/kafka-harness.ts';
import { browseAll, type Browsed } from '#server/brokers/testing/driving.ts';

/** Reading a topic from its newest end, on the real server: what the shared clause about it cannot know of partitions, clocks and retention. */
const brokers = required('TEST_KAFKA_BROKERS').split(',');
const driver = createKafkaDriver({ connection: 'kafka-backwards', brokers, clock: Date.now });
let foreign: ForeignClient;

beforeAll(async () => {
  foreign = await createForeignClient(brokers);
});
afterAll(async () => {
  await driver.close();
  await foreign.close();
});

/** The last that Kafka has room for. */
const lastInstant = 2n ** 63n - 1n;

interface Sent {
  readonly partition: number;
  readonly at: number | bigint;
}

async function aTopic(partitions: number, sent: readonly Sent[]): Promise<string> {
  const topic = `backwards-${randomUUID()}.dlq`;
  await foreign.createTopic(topic, partitions, {
    'retention.ms': '-1',
    'message.timestamp.after.max.ms': String(lastInstant),
  });
  await put(topic, sent);
  return topic;
}

async function put(topic: string, sent: readonly Sent[]): Promise<void> {
  const producer = new Producer({ clientId: 'foreign', bootstrapBrokers: [...brokers] });
  onTestFinished(() => producer.close());
  const messages = sent.map(({ partition, at }) => ({
    topic,
    partition,
    value: Buffer.from(`${partition} ${at}`),
    timestamp: BigInt(at),
  }));
  await producer.send({ messages, acks: -1 });
}

async function deleteBefore(topic: string, offset: number): Promise<void> {
  await foreign.admin.fetchTopicOffsets(topic);
  await foreign.admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] });
}

/** Slices up to the beginning. */
async function slicesOf(topic: string, limit: number, from: string | null = null): Promise<Browsed[]> {
  const slices: Browsed[] = [];
  for (let cursor = from; slices.at(-1) === undefined || slices.at(-1)?.end.older !== undefined;) {
    const slice = await browseAll(driver, topic, { from: cursor, backwards: true, limit });
    slices.push(slice);
    cursor = slice.cursor;
  }
  return slices;
}

function bodies(messages: readonly RawDeadLetter[]): string[] {
  return messages.map(({ body }) => Buffer.from(body ?? []).toString());
}

const minute = 60_000;
const now = Date.now();

describe('slices across partitions', () => {
  test('partitions of different ages go back in time together, and what a slice reaches back to is whole', async () => {
    const busy = Array.from({ length: 400 }, (_, index) => ({ partition: 0, at: now - (400 - index) * 1_000 }));
    const seldom = Array.from({ length: 100 }, (_, index) => ({ partition: 2, at: now - (100 - index) * 60 * minute }));
    const topic = await aTopic(3, [...busy, ...seldom]);
    const slices = await slicesOf(topic, 60);
    const known: string[] = [];
    for (const { messages, end } of slices) {
      known.unshift(...bodies(messages));
      const before = end.older?.before ?? Number.NEGATIVE_INFINITY;
      const newer = [...busy, ...seldom]
        .filter(({ at }) => at >= before)
        .map(({ partition, at }) => `${partition} ${at}`);
      expect(known.toSorted(), 'Everything from there on, and nothing else.').toEqual(newer.toSorted());
      expect(messages.length).toBeLessThanOrEqual(120);
    }
    expect(known).toHaveLength(500);
    expect(slices.length).toBeLessThan(15);
  });

  test('where times tell nothing apart each partition gives its share, and nothing is read twice or left out', async () => {
    const burst = Array.from({ length: 330 }, (_, index) => ({ partition: index % 11 === 0 ? 1 : 0, at: now }));
    const topic = await aTopic(2, burst);
    const slices = await slicesOf(topic, 50);
    expect(slices.slice(0, -1).map(({ messages }) => messages.length)).toEqual([50, 50, 50, 50, 50]);
    const positions = slices.flatMap(({ messages }) => messages.map(({ position }) => position));
    expect(new Set(positions).size).toBe(330);
  });

  test('a clock that is far ahead holds up nothing', async () => {
    const sent = Array.from({ length: 90 }, (_, index) => ({ partition: index % 3, at: now - (90 - index) * 1_000 }));
    const topic = await aTopic(3, [{ partition: 0, at: Date.UTC(2100, 0) }, ...sent]);
    const slices = await slicesOf(topic, 20);
    expect(slices.flatMap(({ messages }) => messages)).toHaveLength(91);
    expect(slices.length).toBeGreaterThan(2);
  });

  test('and so does one that stands at the end of all numbers, in more messages than a slice has', async () => {
    const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);
    const topic = await aTopic(
      2,
      upTo(400).map((index) => ({ partition: index % 2, at: lastInstant - BigInt(index % 3) * 600n })),
    );
    const slices = await slicesOf(topic, 20);
    const places = slices.flatMap(({ messages }) => messages.map(({ position }) => position));
    expect([places.length, new Set(places).size]).toEqual([400, 400]);
  });

  test('even one message at a time comes to the beginning', async () => {
    const topic = await aTopic(
      3,
      [0, 1, 2, 0, 1, 2].map((partition) => ({ partition, at: now })),
    );
    expect((await slicesOf(topic, 1)).map(({ messages }) => messages.length)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test('a partition that is added meanwhile is read from its beginning', async () => {
    const topic = await aTopic(
      1,
      Array.from({ length: 10 }, (_, index) => ({ partition: 0, at: now + index })),
    );
    const first = await browseAll(driver, topic, { backwards: true, limit: 4 });
    await foreign.admin.createPartitions({ topicPartitions: [{ topic, count: 2 }] });
    const added = async () =>
      await put(topic, [{ partition: 1, at: now - 5 }]).then(
        () => 'added',
        () => 'not yet',
      );
    await expect.poll(added).toBe('added');
    const [second] = [await browseAll(driver, topic, { from: first.cursor, backwards: true, limit: 4 })];
    expect(bodies(second.messages)).toEqual([2, 3, 4, 5].map((index) => `0 ${now + index}`));
    const news = await browseAll(driver, topic, { from: second.cursor });
    expect(bodies(news.messages)).toEqual([`1 ${now - 5}`]);
    const rest = await slicesOf(topic, 4, news.cursor);
    expect(bodies(rest.flatMap(({ messages }) => messages))).toEqual([`0 ${now}`, `0 ${now + 1}`]);
  });
});

describe('a log that changes while it is read backwards', () => {
  const ten = Array.from({ length: 10 }, (_, index) => ({ partition: 0, at: now + index }));

  test('what retention takes is lost and said to be, and the slice ends where the log begins', async () => {
    const topic = await aTopic(1, ten);
    const first = await browseAll(driver, topic, { backwards: true, limit: 2 });
    await deleteBefore(topic, 5);
    const [rest, ...further] = await slicesOf(topic, 100, first.cursor);
    expect(further).toEqual([]);
    expect(bodies(rest?.messages ?? [])).toEqual([5, 6, 7].map((index) => `0 ${now + index}`));
    expect(rest?.end).toMatchObject({ reason: 'reached-end', lostBefore: [{ lane: '0', before: '5' }] });
  });

  test('where retention took all that was still to be read nothing is left to do', async () => {
    const topic = await aTopic(1, ten);
    const { cursor, end } = await browseAll(driver, topic, { backwards: true, limit: 2 });
    expect(end.older).toEqual({ count: 8, before: now + 8 });
    await deleteBefore(topic, 9);
    const news = await browseAll(driver, topic, { from: cursor });
    expect(news.messages).toEqual([]);
    expect(news.end.older).toBeUndefined();
    expect(news.end.lostBefore).toEqual([{ lane: '0', before: '9' }]);
  });

  test('a topic that was made anew says so and is read from its own newest end', async () => {
    const topic = await aTopic(1, ten);
    const { cursor } = await browseAll(driver, topic, { backwards: true, limit: 2 });
    await foreign.admin.deleteTopics({ topics: [topic] });
    const made = () =>
      foreign.createTopic(topic, 1).then(
        () => 'made',
        () => 'not yet',
      );
    await expect.poll(made).toBe('made');
    await put(
      topic,
      Array.from({ length: 12 }, (_, index) => ({ partition: 0, at: now + 100 + index })),
    );
    const again = await browseAll(driver, topic, { from: cursor, backwards: true, limit: 3 });
    expect(again.batches[0]).toMatchObject({ startsAnew: true, messages: [] });
    expect(bodies(again.messages)).toEqual([109, 110, 111].map((index) => `0 ${now + index}`));
    expect(again.end.older).toEqual({ count: 9, before: now + 109 });
    expect((await browseAll(driver, topic, { from: again.cursor })).messages).toEqual([]);
  });

  test('a log that was cut back behind what was read is read again from its beginning', async () => {
    const topic = await aTopic(1, ten);
    const { cursor } = await browseAll(driver, topic, { backwards: true, limit: 2 });
    const beyond = (cursor ?? '').replace('"next":{"0":"10"}', '"next":{"0":"15"}');
    expect(beyond).not.toBe(cursor);
    const again = await browseAll(driver, topic, { from: beyond });
    expect(again.messages).toHaveLength(10);
    expect(again.end.older).toBeUndefined();
  });

  test('that every place held a message is told of what came, whatever is still to be read', async () => {
    const topic = await aTopic(1, ten);
    const { cursor } = await browseAll(driver, topic, { backwards: true, limit: 2 });
    await put(topic, [{ partition: 0, at: now + 50 }]);
    const { end } = await browseAll(driver, topic, { from: cursor });
    expect(end).toMatchObject({ gapless: true, complete: false, older: { count: 8 } });
  });
});
