import { randomUUID } from 'node:crypto';
import { expect, it, onTestFinished, vi } from 'vitest';
import { browseAll } from '#server/brokers/testing/driving.ts';
import { systemClock } from '#server/clock.ts';
import { intentMark } from '#server/replay/intent-mark.ts';
import { putRight } from '#server/replay/put-right.ts';
import { createRabbitMqStore } from '#server/replay/testing/rabbitmq-store.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';
import { createQueueGate } from '#server/sync/queue-gate.ts';

/** What is removed when it is proven late that a message was sent, on RabbitMQ, where a message without `x-death` may read like one of yesterday. */

const rabbit = createRabbitMqStore();
const signal = new AbortController().signal;

it.each([
  { label: 'stays where another replay has settled it since', isSettledByAnother: true, left: 1 },
  { label: 'is removed where nobody else has', isSettledByAnother: false, left: 0 },
])('a message $label', async ({ isSettledByAnother, left }) => {
  const name = `put-right-${randomUUID()}`;
  await rabbit.channel.assertQueue(name, { durable: true });
  onTestFinished(() => rabbit.channel.deleteQueue(name).then(() => undefined));
  rabbit.channel.sendToQueue(name, Buffer.from('{"order":1}'), {
    persistent: true,
    headers: { failure: 'out of stock' },
  });
  await rabbit.channel.waitForConfirms();
  const driver = rabbit.connect(name);
  const { capabilities } = await driver.inspect(name, signal);
  const queueId = `${name}/${name}`;
  await rabbit.store.index.saveQueues(name, [
    { name, kind: 'rabbitmq', foundBy: 'pattern', origins: [], capabilities },
  ]);
  const [raw] = (await browseAll(driver, name)).messages;
  if (!raw) throw new Error('The queue is empty.');

  const begun = async (id: string, at: number) => {
    const plan = aReplay(id, 1, { queueIds: [queueId] });
    const place = { messageId: `message of ${name}`, queueId, identity: raw.identity, position: raw.position };
    await writePlan(rabbit.store.ledger, { ...plan, items: plan.items.map((item) => ({ ...item, ...place })) });
    await rabbit.store.ledger.confirmReplay(id, `hash of ${id}`, 'ada', at);
    await rabbit.store.ledger.setReplayState(id, { state: 'sending', at });
    await rabbit.store.ledger.intend(
      [{ itemId: `${id}-0`, watermark: intentMark({ watermark: null, equals: 1 }) }],
      at,
    );
  };
  const first = `a ${name}`;
  await begun(first, 1);
  await rabbit.store.ledger.recordItems([{ itemId: `${first}-0`, state: 'unknown' }], 2);
  const decision = { outcome: 'not-sent', by: 'ada', at: 3, reason: 'Nobody saw it.' } as const;
  await rabbit.store.ledger.decideUnknown(first, [`${first}-0`], decision);
  if (isSettledByAnother) {
    await begun(`b ${name}`, 4);
    // It has removed the message; what is in the queue came after it.
    await rabbit.store.ledger.recordItems([{ itemId: `b ${name}-0`, state: 'settled' }], 5);
  }
  await rabbit.store.ledger.recordReturns([
    { replayId: first, itemId: `${first}-0`, messageId: 'r', at: 6, sameError: null, by: 'headers', countSaid: 1 },
  ]);

  const queues = {
    store: rabbit.store,
    driverOf: () => driver,
    clock: systemClock,
    gate: createQueueGate(),
    publishTimeoutMs: 1_000,
  };
  await putRight(queues, await rabbit.store.ledger.getReplay(first), signal);
  expect((await rabbit.store.ledger.getReplay(first)).account).toMatchObject({ settled: 1 });
  await vi.waitUntil(async () => (await rabbit.channel.checkQueue(name)).messageCount === left, { timeout: 60_000 });
  expect((await browseAll(driver, name)).messages).toHaveLength(left);
});
