import { setTimeout as delay } from 'node:timers/promises';
import { Admin as OffsetAdmin } from '@platformatic/kafka';
import type { Admin, IHeaders, Message, Producer } from 'kafkajs';
import type { Dice } from '#server/sandbox/seed/dice.ts';
import { capturedPayment, completedOrder, type ShopRecord } from '#server/sandbox/seed/kafka-messages.ts';
import { orderShapes, paymentShapes, seedCounts, type Shape } from '#server/sandbox/seed/seed-shapes.ts';
import { timeOf } from '#server/sandbox/seed/time-of.ts';
import { failureFrom } from '#server/sandbox/services/failure.ts';
import { kafkaClient, kafkaProducer } from '#server/sandbox/services/kafka-client.ts';
import {
  book,
  brokenLedger,
  ledgerGroup,
  paymentsDeadLetterTopic,
  paymentsTopic,
  springDeadLetter,
} from '#server/sandbox/services/ledger-service.ts';
import {
  deadLetter,
  notificationsGroup,
  type NotificationsRelease,
  ordersDeadLetterTopic,
  ordersTopic,
  sendReceipt,
} from '#server/sandbox/services/notifications-service.ts';

/** A service that somebody has switched off: what it would read waits for it, more and more. */
const fraudGroup = 'fraud-checks';

export const kafkaTopics = [
  { topic: ordersTopic, numPartitions: 6 },
  { topic: ordersDeadLetterTopic, numPartitions: 3 },
  { topic: paymentsTopic, numPartitions: 3 },
  { topic: paymentsDeadLetterTopic, numPartitions: 3 },
];

export async function createTopics(brokers: readonly string[]): Promise<void> {
  const admin = kafkaClient(brokers, 'shop-setup').admin();
  await admin.connect();
  try {
    await admin.createTopics({
      topics: kafkaTopics.map((topic) => ({ ...topic, replicationFactor: 1 })),
      waitForLeaders: true,
    });
  } finally {
    await admin.disconnect();
  }
}

/**
 * Writes the shop's past: orders and payments of the last days at their topics, and the dead letters that the broken releases make of them
 * (their own code is run for every one). The groups of the services are put behind all of it, so that only what comes later is consumed.
 */
export async function seedKafka(options: {
  brokers: readonly string[];
  notifications: NotificationsRelease;
  dice: Dice;
  now: number;
}): Promise<number> {
  const { dice, now } = options;
  const kafka = kafkaClient(options.brokers, 'shop-setup');
  const producer = kafkaProducer(kafka);
  const admin = kafka.admin();
  await Promise.all([producer.connect(), admin.connect()]);
  try {
    const orders = await writePast(producer, ordersTopic, 6, [
      ...past(dice, now, orderShapes, seedCounts.orders, completedOrder),
      ...uneventful(dice, now, seedCounts.ordersThatWentWell, completedOrder),
    ]);
    const failedOrders = await inTurns(orders, 20, async (record) => {
      const failure = await sendReceipt(record.text, options.notifications).then(() => null, failureFrom);
      return failure && deadLetter(asReceived(record), record.partition, failure, record.at + dice.between(40, 900));
    });
    await writeSorted(producer, ordersDeadLetterTopic, failedOrders);

    const payments = await writePast(producer, paymentsTopic, 3, [
      ...past(dice, now, paymentShapes, seedCounts.payments, capturedPayment),
      ...uneventful(dice, now, seedCounts.paymentsThatWentWell, capturedPayment),
    ]);
    const failedPayments = payments.map((record) => {
      const failure = book(record.text, brokenLedger);
      return (
        failure &&
        springDeadLetter(asReceived(record), record.partition, failure, record.at + dice.between(900, 31_000))
      );
    });
    await writeSorted(producer, paymentsDeadLetterTopic, failedPayments);

    await putGroups(options.brokers, admin, [
      { groupId: notificationsGroup, topic: ordersTopic, behind: 0 },
      { groupId: ledgerGroup, topic: paymentsTopic, behind: 0 },
      { groupId: fraudGroup, topic: paymentsTopic, behind: 40 },
    ]);
    return [...failedOrders, ...failedPayments].filter((message) => message !== null).length;
  } finally {
    await Promise.all([producer.disconnect(), admin.disconnect()]);
  }
}

type WrittenRecord = ShopRecord & { partition: number; offset: string };
type Maker<Fault> = (dice: Dice, at: number, fault: Fault | null) => ShopRecord;

function past<Fault extends string>(
  dice: Dice,
  now: number,
  shapes: readonly [Shape<Fault>, ...Shape<Fault>[]],
  count: number,
  make: Maker<Fault>,
): ShopRecord[] {
  return Array.from({ length: count }, () => {
    const shape = dice.pickByShare(shapes);
    return make(dice, timeOf(dice, now, shape.hoursAgo), shape.fault);
  });
}

function uneventful<Fault extends string>(dice: Dice, now: number, count: number, make: Maker<Fault>): ShopRecord[] {
  return Array.from({ length: count }, () => make(dice, timeOf(dice, now, [120, 0]), null));
}

/** Sends records in the order of their times and tells where each landed: within a partition, one batch's offsets follow its order. */
async function writePast(
  producer: Producer,
  topic: string,
  partitions: number,
  records: readonly ShopRecord[],
): Promise<WrittenRecord[]> {
  const written = records
    .toSorted((one, other) => one.at - other.at)
    .map((record, index) => ({ ...record, partition: index % partitions, offset: '' }));
  for (let begin = 0; begin < written.length; begin += 250) {
    const batch = written.slice(begin, begin + 250);
    const messages = batch.map(({ key, text, headers, at, partition }) => ({
      key,
      value: text,
      headers,
      timestamp: String(at),
      partition,
    }));
    for (const { partition, baseOffset } of await producer.send({ topic, messages, acks: -1 })) {
      let offset = BigInt(baseOffset ?? '0');
      for (const record of batch.filter((candidate) => candidate.partition === partition))
        record.offset = String(offset++);
    }
  }
  return written;
}

async function writeSorted(
  producer: Producer,
  topic: string,
  messages: readonly ((Message & { timestamp: string }) | null)[],
): Promise<void> {
  const sorted = messages
    .filter((message) => message !== null)
    .toSorted((one, other) => Number(one.timestamp) - Number(other.timestamp));
  for (let begin = 0; begin < sorted.length; begin += 250)
    await producer.send({ topic, messages: sorted.slice(begin, begin + 250), acks: -1 });
}

function asReceived(record: WrittenRecord): {
  key: Buffer;
  value: Buffer;
  headers: IHeaders;
  offset: string;
  timestamp: string;
} {
  const { key, text, headers, offset, at } = record;
  return { key: Buffer.from(key), value: Buffer.from(text), headers: { ...headers }, offset, timestamp: String(at) };
}

/**
 * Commits offsets for groups that have no members yet. kafkajs would need a consumer for it, which takes five seconds and, when it fails
 * midway, starts itself again and stays in the group as a member that swallows messages.
 */
async function putGroups(
  brokers: readonly string[],
  admin: Admin,
  /** `behind`: so many messages before the end of each partition. */
  groups: readonly { groupId: string; topic: string; behind: number }[],
): Promise<void> {
  const committing = new OffsetAdmin({ clientId: 'shop-setup', bootstrapBrokers: [...brokers] });
  try {
    for (const { groupId, topic, behind } of groups) {
      const ends = await admin.fetchTopicOffsets(topic);
      const partitionOffsets = ends.map(({ partition, high }) => ({
        partition,
        offset: BigInt(Math.max(0, Number(high) - behind)),
      }));
      await patiently(() =>
        committing.alterConsumerGroupOffsets({ groupId, topics: [{ name: topic, partitionOffsets }] }),
      );
    }
  } finally {
    await committing.close();
  }
}

/** A fresh broker makes its topic of offsets when it is first asked for a group, and says no until it is there. */
async function patiently(commit: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      return await commit();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(100);
    }
  }
}

/** Maps with at most so many at once, in order. */
async function inTurns<Item, Result>(
  items: readonly Item[],
  width: number,
  map: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let begin = 0; begin < items.length; begin += width) {
    results.push(...(await Promise.all(items.slice(begin, begin + width).map(map))));
  }
  return results;
}
