import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { AppError } from '#lib/domain/errors.ts';
import { queueId } from '#lib/domain/queue.ts';
import type { BrokerDriver, QueueFacts } from '#server/brokers/driver.ts';
import { createRabbitMqHarness } from '#server/brokers/rabbitmq/rabbitmq-harness.ts';
import { createElasticMqHarness } from '#server/brokers/sqs/sqs-harness.ts';
import { destinationOf } from '#server/brokers/testing/driving.ts';
import { aMessage } from '#server/brokers/testing/sample-messages.ts';
import { systemClock } from '#server/clock.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import { createQueueGate, forgettingMarks } from '#server/sync/queue-gate.ts';
import { startSync } from '#server/sync/sync.ts';
import { createTurns } from '#server/sync/turns.ts';
import { createQueueWatch } from '#server/sync/watch-queue.ts';
import { onlyQueues } from '#server/brokers/testing/only-queues.ts';

/** Brokers that tell only how many messages there are: as many that came as left look as if nothing had happened. */

const scanEveryMs = 1_000;

const brokers = [
  {
    label: 'RabbitMQ without its management API',
    async open() {
      const harness = await createRabbitMqHarness({ env: 'TEST_RABBITMQ' });
      return { harness, driver: harness.connectWithoutManagement({}) };
    },
  },
  {
    label: 'SQS',
    async open() {
      const harness = createElasticMqHarness();
      return { harness, driver: harness.connect() };
    },
  },
];

/** A queue of three dead letters that was looked at. */
async function watchedQueue(open: (typeof brokers)[number]['open']) {
  const { harness, driver: real } = await open();
  let scans = 0;
  let breaks = false;
  let lagging: QueueFacts | null = null;
  const driver: BrokerDriver = {
    ...real,
    inspect: async (...asked) => lagging ?? (await real.inspect(...asked)),
    async *browse(...asked) {
      scans += 1;
      yield* real.browse(...asked);
      if (breaks) throw new AppError('interrupted', 'The connection was cut. Try again.');
    },
  };
  const folder = await mkdtemp(join(tmpdir(), 'redeliver-counts-'));
  const store = openSqliteStore({ folder, role: 'writer' });
  onTestFinished(async () => {
    await driver.close();
    await store.close();
    await rm(folder, { recursive: true, force: true });
    await harness.close();
  });
  const { signal } = new AbortController();
  const queue = await harness.createQueue();
  const { capabilities } = await driver.inspect(queue.name, signal);
  const { kind } = driver;
  await store.index.saveQueues(harness.connection, [
    { name: queue.name, kind, foundBy: 'topology', origins: [], capabilities },
  ]);
  const id = queueId(harness.connection, queue.name);
  const gate = createQueueGate();
  let now = Date.now();
  const aWatch = () =>
    createQueueWatch(
      {
        store,
        driver,
        clock: { now: () => now },
        gate,
        turns: createTurns(),
        scanLimit: 100,
        scanEveryMs,
        say: (line) => expect.fail(line),
      },
      id,
    );
  const watch = aWatch();
  const isThreeDeep = () =>
    expect
      .poll(async () => (await driver.inspect(queue.name, signal)).depth.count, { timeout: 60_000, interval: 100 })
      .toBe(3);
  const putUncounted = () =>
    harness.put(queue, [aMessage(randomUUID()), aMessage(randomUUID()), aMessage(randomUUID())]);
  const put = async () => {
    await putUncounted();
    await isThreeDeep();
  };
  await put();
  await watch.look(signal);
  return {
    watch,
    /** As after a start of the engine. */
    aWatch,
    now: () => now,
    scans: () => scans,
    breaks: () => void (breaks = true),
    empty: () => harness.receive(destinationOf(kind, queue.name), 3),
    putUncounted,
    /** From now on the broker counts what it counts now. */
    async lag(): Promise<void> {
      lagging = await real.inspect(queue.name, signal);
    },
    pass: (ms: number) => (now += ms),
    look: () => watch.look(signal),
    removers: forgettingMarks(gate, store),
    id,
    /** Takes the three and puts three others. */
    async swap(): Promise<void> {
      await harness.receive(destinationOf(kind, queue.name), 3);
      await put();
    },
    async states(): Promise<Readonly<Record<string, number>>> {
      const { messages } = await store.index.listMessages({
        filter: { kind: 'queue', pattern: id },
        range: { from: null, to: null },
        cursor: null,
        limit: 100,
      });
      return Object.fromEntries(
        [...Map.groupBy(messages, ({ state }) => state)].map(([state, letters]) => [state, letters.length]),
      );
    },
  };
}

test.each(brokers)('$label: who asks whether all was seen gets it seen', async ({ open }) => {
  const queue = await watchedQueue(open);
  expect(await queue.states()).toEqual({ new: 3 });
  await queue.swap();
  queue.pass(2 * scanEveryMs);
  await queue.look();
  expect(await queue.states()).toEqual({ new: 3 });
  const at = queue.now();
  expect(queue.watch.lookedSince(at)).toBe(false);
  await queue.look();
  expect(queue.watch.lookedSince(at)).toBe(true);
  expect(await queue.states()).toEqual({ new: 3, gone: 3 });
});

test.each(brokers)('$label: counts that stay equal are not believed for ever', async ({ open }) => {
  const queue = await watchedQueue(open);
  await queue.swap();
  queue.pass(10 * scanEveryMs);
  await queue.look();
  expect(await queue.states()).toEqual({ new: 3, gone: 3 });
});

test.each(brokers)('$label: after work of our own the next look scans', async ({ open }) => {
  const queue = await watchedQueue(open);
  await queue.removers.alone(queue.id, () => queue.swap());
  queue.pass(2 * scanEveryMs);
  await queue.look();
  expect(await queue.states()).toEqual({ new: 3, gone: 3 });
});

test.each(brokers)('$label: whoever waits does not make scans come sooner', async ({ open }) => {
  const queue = await watchedQueue(open);
  queue.breaks();
  const before = queue.scans();
  for (let look = 0; look < 10; look += 1) {
    queue.pass(scanEveryMs / 4);
    expect(queue.watch.lookedSince(queue.now())).toBe(false);
    await queue.look();
  }
  expect(queue.scans() - before).toBeGreaterThan(0);
  expect(queue.scans() - before).toBeLessThanOrEqual(3);
});

test.each(brokers)('$label: counts of nothing that lag are no proof that all was seen', async ({ open }) => {
  const queue = await watchedQueue(open);
  await queue.empty();
  queue.pass(2 * scanEveryMs);
  await queue.look();
  expect(await queue.states()).toEqual({ gone: 3 });
  await queue.lag();
  await queue.putUncounted();
  queue.pass(2 * scanEveryMs);
  const at = queue.now();
  expect(queue.watch.lookedSince(at)).toBe(false);
  await queue.look();
  expect(queue.watch.lookedSince(at)).toBe(true);
  expect(await queue.states()).toEqual({ new: 3, gone: 3 });
});

test.each(brokers)('$label: a start of the engine does not scan what was just scanned', async ({ open }) => {
  const queue = await watchedQueue(open);
  const before = queue.scans();
  await queue.aWatch().look(new AbortController().signal);
  expect(queue.scans()).toBe(before);
});

test('who waits for a scan that has to keep its pause need not wait for the next look after that', async () => {
  const harness = createElasticMqHarness();
  const queue = await harness.createQueue();
  await harness.put(queue, [aMessage(randomUUID())]);
  const folder = await mkdtemp(join(tmpdir(), 'redeliver-counts-'));
  const store = openSqliteStore({ folder, role: 'writer' });
  const driver = harness.connect();
  const stopping = new AbortController();
  const sync = startSync(
    {
      store,
      clock: systemClock,
      gate: createQueueGate(),
      connections: [
        {
          name: harness.connection,
          kind: 'sqs',
          address: 'test',
          driver: onlyQueues(driver, [queue.name]),
        },
      ],
      settings: { discoverEveryMs: 100, lookEveryMs: 600_000, scanEveryMs: 1_500, scanLimit: 100 },
      say: (line) => expect.fail(line),
    },
    stopping.signal,
  );
  onTestFinished(async () => {
    stopping.abort();
    await sync.stopped;
    await driver.close();
    await store.close();
    await rm(folder, { recursive: true, force: true });
    await harness.close();
  });
  const id = queueId(harness.connection, queue.name);
  const isLive = async () =>
    (await store.index.listQueues()).some((known) => known.id === id && known.reader.kind === 'live');
  await expect.poll(isLive, { timeout: 60_000 }).toBe(true);
  const at = Date.now();
  await expect.poll(() => sync.lookedSince(id, at), { timeout: 60_000 }).toBe(true);
});
