import { randomUUID } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { usualOptions } from '#lib/domain/replay.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { createSqsDriver } from '#server/brokers/sqs/sqs-driver.ts';
import { browseAll } from '#server/brokers/testing/driving.ts';
import { systemClock } from '#server/clock.ts';
import { passOverQueue } from '#server/replay/pass-over-queue.ts';
import { createThrottle } from '#server/replay/throttle.ts';
import { intentMark } from '#server/replay/intent-mark.ts';
import { notInArchive } from '#server/replay/without-copy.ts';
import { runReplay } from '#server/replay/run-replay.ts';
import { createQueueGate } from '#server/sync/queue-gate.ts';
import { createMessageEditor } from '#server/payload/message-editor.ts';
import { removeAgain } from '#server/replay/remove-again.ts';
import { createRabbitMqStore } from '#server/replay/testing/rabbitmq-store.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';

/** What is looked for again after trouble with a broker: only what a broker can have forgotten, and may go. */

const rabbit = createRabbitMqStore();
const signal = new AbortController().signal;

interface Settled {
  readonly driver: BrokerDriver;
  readonly action?: 'replay' | 'discard';
  readonly equals?: number | null;
  readonly isCopyLost?: boolean;
  readonly identity?: string;
  /** So many are planned beside it, and are not in the queue. */
  readonly further?: number;
}

/** A replay that has settled one message of the queue a moment ago; `again` looks for it once more. */
async function settled(name: string, { driver, action = 'replay', equals = 1, ...known }: Settled) {
  const [queueId, id, at] = [`${name}/${name}`, `replay of ${name}`, Date.now()];
  const capabilities = { browse: 'hold', remove: true, order: 'queue', costs: [], description: 'queue' } as const;
  const queue = { name, kind: driver.kind, foundBy: 'pattern', origins: [], capabilities } as const;
  await rabbit.store.index.saveQueues(name, [queue]);
  const { identity = 'gone', further = 0 } = known;
  const plan = aReplay(id, 1 + further, { queueIds: [queueId], options: { ...usualOptions, action } });
  const place = { messageId: `message of ${name}`, queueId, identity, position: identity };
  await writePlan(rabbit.store.ledger, {
    ...plan,
    items: plan.items.map((item, index) => ({ ...item, ...(index === 0 ? place : { queueId }) })),
  });
  await rabbit.store.ledger.confirmReplay(id, `hash of ${id}`, 'ada', at);
  await rabbit.store.ledger.setReplayState(id, { state: 'sending', at });
  const itemId = `${id}-0`;
  await rabbit.store.ledger.intend([{ itemId, watermark: intentMark({ watermark: null, equals }) }], at);
  await rabbit.store.ledger.recordItems([{ itemId, state: 'sent' }], at);
  const reason = known.isCopyLost === true ? { reason: notInArchive } : {};
  await rabbit.store.ledger.recordItems([{ itemId, state: 'settled', ...reason }], at);
  const replay = await rabbit.store.ledger.getReplay(id);
  const queues = { store: rabbit.store, driverOf: () => driver, clock: systemClock };
  return { id, queues, again: () => removeAgain(queues, replay, queueId, signal) };
}

async function aQueueWithOne(): Promise<{ name: string; driver: BrokerDriver; identity: string }> {
  const name = `remove-again-${randomUUID()}`;
  await rabbit.channel.assertQueue(name, { durable: true });
  onTestFinished(() => rabbit.channel.deleteQueue(name).then(() => undefined));
  rabbit.channel.sendToQueue(name, Buffer.from('{"order":1}'), { persistent: true });
  await rabbit.channel.waitForConfirms();
  const driver = rabbit.connect(name);
  const [raw] = (await browseAll(driver, name)).messages;
  return { name, driver, identity: raw?.identity ?? '' };
}

it('what was removed and is there again is removed once more', async () => {
  const { name, driver, identity } = await aQueueWithOne();
  const { again } = await settled(name, { driver, identity });
  await again();
  expect((await browseAll(driver, name)).messages).toEqual([]);
});

it.each([
  ['of its canary', 'canary_failed', 1],
  ['because its broker went away', 'interrupted', 0],
] as const)(
  'resumed after it stopped %s, a replay leaves what reads like a message of it: %s, %i',
  async (_, code, left) => {
    const { name, driver, identity } = await aQueueWithOne();
    const { id, queues } = await settled(name, { driver, identity });
    const at = Date.now();
    await rabbit.store.ledger.setReplayState(id, { state: 'paused', at, error: { code, message: 'It stopped.' } });
    await rabbit.store.ledger.setReplayState(id, { state: 'queued', at });
    const editor = createMessageEditor({ registries: new Map() });
    onTestFinished(() => editor.close());
    const running = { ...queues, gate: createQueueGate(), publishTimeoutMs: 1_000, watchMs: 1_000, editor };
    await runReplay(running, id, signal);
    expect((await rabbit.store.ledger.getReplay(id)).state).toBe('watching');
    expect((await browseAll(driver, name)).messages).toHaveLength(left);
  },
);

it('a pass that others kept waiting removes nothing again: its broker has forgotten nothing', async () => {
  const { name, driver, identity } = await aQueueWithOne();
  // Another of the plan is gone.
  const { id, queues } = await settled(name, { driver, identity, further: 1 });
  let tries = 0;
  const busy: BrokerDriver = {
    ...driver,
    async *hold(queue, wanted, ...rest) {
      tries += 1;
      if (wanted.some((each) => each.identity === identity)) yield* driver.hold(queue, wanted, ...rest);
      if (tries > 1) return;
      throw new AppError('interrupted', 'Others hold messages of it.', { details: { queue: name, missing: 1 } });
    },
  };
  const editor = createMessageEditor({ registries: new Map() });
  onTestFinished(() => editor.close());
  const passing = { ...queues, driverOf: () => busy, gate: createQueueGate(), publishTimeoutMs: 1_000, editor };
  const replay = await rabbit.store.ledger.getReplay(id);
  const items = await rabbit.store.ledger.listItems(id, { states: ['planned'], after: null, limit: 10 });
  const pass = {
    queueId: `${name}/${name}`,
    items,
    throttle: createThrottle(replay.options, systemClock),
    mayGoOn: async () => true,
    brokenLanes: new Set<string>(),
  };
  expect(await passOverQueue(passing, replay, pass, signal)).toEqual({ kind: 'finished' });
  expect(tries).toBe(2);
  expect((await browseAll(driver, name)).messages).toHaveLength(1);
});

it('what a discard left in its queue, because the archive has no copy of it, stays', async () => {
  const { name, driver, identity } = await aQueueWithOne();
  const { again } = await settled(name, { driver, identity, action: 'discard', isCopyLost: true });
  await again();
  expect((await browseAll(driver, name)).messages).toHaveLength(1);
});

it('of a queue too deep to be counted nothing is looked for: what was not counted is never removed', async () => {
  const name = `remove-again-${randomUUID()}`;
  // There is no such queue: to look into it fails.
  await expect((await settled(name, { driver: rabbit.connect(name), equals: null })).again()).resolves.toBeUndefined();
  const other = `remove-again-${randomUUID()}`;
  await expect((await settled(other, { driver: rabbit.connect(other) })).again()).rejects.toMatchObject({
    code: 'not_found',
  });
});

it('SQS answers removals: nothing of it is looked for, which on a FIFO queue would not come to an end', async () => {
  const name = `remove-again-${randomUUID()}`;
  const driver = createSqsDriver({
    connection: name,
    endpoint: process.env['TEST_SQS_ENDPOINT'] ?? '',
    region: process.env['TEST_SQS_REGION'] ?? '',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    clock: Date.now,
  });
  onTestFinished(() => driver.close());
  await expect((await settled(name, { driver })).again()).resolves.toBeUndefined();
});
