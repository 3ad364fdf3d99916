import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import amqplib, { type ChannelModel, type ConfirmChannel } from 'amqplib';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { createRabbitMqDriver } from '#server/brokers/rabbitmq/rabbitmq-driver.ts';
import { browseAll } from '#server/brokers/testing/driving.ts';
import { systemClock } from '#server/clock.ts';
import { intentMark } from '#server/replay/intent-mark.ts';
import { putRight } from '#server/replay/put-right.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';
import { createQueueGate } from '#server/sync/queue-gate.ts';
import type { Store } from '#server/store/store.ts';

/** What is removed when it is proven late that a message was sent, on RabbitMQ, where a message without `x-death` may read like one of yesterday. */

let client: ChannelModel;
let channel: ConfirmChannel;
let store: Store;
let folder: string;
const signal = new AbortController().signal;

beforeAll(async () => {
  client = await amqplib.connect(process.env['TEST_RABBITMQ_URL'] ?? '', { noDelay: true });
  channel = await client.createConfirmChannel();
  folder = await mkdtemp(join(tmpdir(), 'redeliver-put-right-'));
  store = openSqliteStore({ folder, role: 'writer' });
}, 60_000);

afterAll(async () => {
  await store?.close();
  await client?.close();
  await rm(folder, { recursive: true, force: true });
});

it.each([
  { label: 'stays where another replay has settled it since', isSettledByAnother: true, left: 1 },
  { label: 'is removed where nobody else has', isSettledByAnother: false, left: 0 },
])('a message $label', { timeout: 60_000 }, async ({ isSettledByAnother, left }) => {
  const name = `put-right-${randomUUID()}`;
  await channel.assertQueue(name, { durable: true });
  onTestFinished(() => channel.deleteQueue(name).then(() => undefined));
  channel.sendToQueue(name, Buffer.from('{"order":1}'), { persistent: true, headers: { failure: 'out of stock' } });
  await channel.waitForConfirms();
  const driver = createRabbitMqDriver({
    connection: name,
    url: process.env['TEST_RABBITMQ_URL'] ?? '',
    managementUrl: process.env['TEST_RABBITMQ_MANAGEMENT_URL'] ?? '',
    clock: Date.now,
  });
  onTestFinished(() => driver.close());
  const { capabilities } = await driver.inspect(name, signal);
  const queueId = `${name}/${name}`;
  await store.index.saveQueues(name, [{ name, kind: 'rabbitmq', foundBy: 'pattern', origins: [], capabilities }]);
  const [raw] = (await browseAll(driver, name)).messages;
  if (!raw) throw new Error('The queue is empty.');

  const begun = async (id: string, at: number) => {
    const plan = aReplay(id, 1, { queueIds: [queueId] });
    const place = { messageId: `message of ${name}`, queueId, identity: raw.identity, position: raw.position };
    await writePlan(store.ledger, { ...plan, items: plan.items.map((item) => ({ ...item, ...place })) });
    await store.ledger.confirmReplay(id, `hash of ${id}`, 'ada', at);
    await store.ledger.setReplayState(id, { state: 'sending', at });
    await store.ledger.intend([{ itemId: `${id}-0`, watermark: intentMark({ watermark: null, equals: 1 }) }], at);
  };
  const first = `a ${name}`;
  await begun(first, 1);
  await store.ledger.recordItems([{ itemId: `${first}-0`, state: 'unknown' }], 2);
  const decision = { outcome: 'not-sent', by: 'ada', at: 3, reason: 'Nobody saw it.' } as const;
  await store.ledger.decideUnknown(first, [`${first}-0`], decision);
  if (isSettledByAnother) {
    await begun(`b ${name}`, 4);
    // It has removed the message; what is in the queue came after it.
    await store.ledger.recordItems([{ itemId: `b ${name}-0`, state: 'settled' }], 5);
  }
  await store.ledger.recordReturns([
    { replayId: first, itemId: `${first}-0`, messageId: 'r', at: 6, sameError: null, by: 'headers', countSaid: 1 },
  ]);

  const queues = {
    store,
    driverOf: () => driver,
    clock: systemClock,
    gate: createQueueGate(),
    publishTimeoutMs: 1_000,
  };
  await putRight(queues, await store.ledger.getReplay(first), signal);
  expect((await store.ledger.getReplay(first)).account).toMatchObject({ settled: 1 });
  await vi.waitUntil(async () => (await channel.checkQueue(name)).messageCount === left, { timeout: 20_000 });
  expect((await browseAll(driver, name)).messages).toHaveLength(left);
});
