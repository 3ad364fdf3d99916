import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { type AlertRule, builtInRules } from '#lib/alerts/rule.ts';
import { textHeader } from '#lib/domain/message.ts';
import { createKafkaCluster } from '#server/brokers/kafka/kafka-cluster.ts';
import { createForeignClient } from '#server/brokers/kafka/kafka-foreign-client.ts';
import { createKafkaHarness } from '#server/brokers/kafka/kafka-harness.ts';
import { commitOffsets } from '#server/brokers/kafka/testing/commit-offsets.ts';
import type { DriverHarness, TestQueue } from '#server/brokers/testing/harness.ts';
import { aMessage, withHeaders } from '#server/brokers/testing/sample-messages.ts';
import { cacheFolder } from '#server/local-brokers/jars.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { AlertChildSettings } from '#server/watch/alerts/testing/engine-child.ts';
import { type HttpReceiver, startHttpReceiver } from '#server/watch/alerts/testing/http-receiver.ts';

/** From a dead letter on a real broker to a receiver, by an engine in a process of its own that is killed where it hurts most. */

const quickMs = 1_000;
/** Long enough that a round more would show. */
const everyMs = 5_000;
/** For the read, the delivery and a busy machine: less than half of a round. */
const slackMs = 2_000;
const connection = 'shop';

let harness: DriverHarness;
beforeAll(async () => {
  harness = await createKafkaHarness('kafka');
});
afterAll(() => harness?.close(), 60_000);

interface Story {
  readonly queue: TestQueue;
  readonly folder: string;
  start(receiverUrl: string): Promise<ChildProcess>;
  die(error: string): Promise<void>;
}

interface StoryOptions {
  readonly everyMs?: number;
  readonly rules?: readonly AlertRule[];
  readonly brokers?: readonly string[];
  readonly lagEveryMs?: number;
}

const usualRules = builtInRules.filter(({ kind }) => kind === 'new-group');

async function aStory({
  everyMs = quickMs,
  rules = usualRules,
  brokers = (process.env['TEST_KAFKA_BROKERS'] ?? '').split(','),
  ...lag
}: StoryOptions = {}): Promise<Story> {
  const queue = await harness.createQueue();
  const folder = await mkdtemp(join(tmpdir(), 'redeliver-alert-story-'));
  const children: ChildProcess[] = [];
  onTestFinished(async () => {
    await Promise.all(children.map(kill));
    await rm(folder, { recursive: true, force: true });
  });
  return {
    queue,
    folder,
    async start(receiverUrl) {
      const settings: AlertChildSettings = {
        folder,
        connection,
        brokers,
        ...lag,
        queue: queue.name,
        alerts: {
          everyMs,
          consoleUrl: 'https://redeliver.internal',
          rules,
          off: [],
          receivers: [{ name: 'hook', kind: 'webhook', secretUrl: receiverUrl, hmacKey: null }],
        },
      };
      const child = fork(join(import.meta.dirname, 'testing/engine-child.ts'), [JSON.stringify(settings)], {
        execArgv: [],
        env: { ...process.env, NODE_COMPILE_CACHE: join(cacheFolder, 'compile') },
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      });
      child.on('error', () => undefined);
      children.push(child);
      await once(child, 'message');
      return child;
    },
    async die(error) {
      const headers = [textHeader('dlq-error-class', error), textHeader('dlq-error', 'total must be positive')];
      await harness.put(queue, [withHeaders(harness.inLane(aMessage(error), 0), ...headers)]);
    },
  };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function aReceiver(port?: number): Promise<HttpReceiver> {
  const receiver = await startHttpReceiver(port);
  onTestFinished(() => receiver.close());
  return receiver;
}

/** A look into the ledger from outside. */
async function ledgerOf<Value>(
  folder: string,
  read: (ledger: ReturnType<typeof openSqliteStore>['ledger']) => Promise<Value>,
) {
  const store = openSqliteStore({ folder, role: 'reader' });
  try {
    return await read(store.ledger);
  } finally {
    await store.close();
  }
}

const idsOf = ({ received }: HttpReceiver) => received.map(({ headers }) => headers['idempotency-key']);
const patience = { timeout: 30_000, interval: 20 };

async function untilRead(story: Story): Promise<void> {
  await vi.waitUntil(async () => {
    const store = openSqliteStore({ folder: story.folder, role: 'reader' });
    const queues = await store.index.listQueues();
    await store.close();
    return queues.some(({ name, syncedAt }) => name === story.queue.name && syncedAt !== null);
  }, patience);
}

test('a dead letter is told within two rounds, once, with a link to what it is about', async () => {
  const story = await aStory({ everyMs });
  const receiver = await aReceiver();
  await story.start(receiver.url);
  await untilRead(story);
  const at = performance.now();
  await story.die('FirstOfItsKind');
  await vi.waitUntil(() => receiver.received.length > 0, patience);
  const tookMs = performance.now() - at;
  console.log(`told after ${Math.round(tookMs)} ms, a round every ${everyMs} ms`);
  expect(tookMs).toBeLessThan(2 * everyMs + slackMs);
  await story.die('FirstOfItsKind');
  await story.die('AnotherOne');
  await vi.waitUntil(() => receiver.received.length > 1, patience);
  expect(receiver.received).toHaveLength(2);
  expect(new Set(idsOf(receiver)).size).toBe(2);
  expect(receiver.received[0]?.json).toMatchObject({
    event: 'fired',
    link: expect.stringMatching(/^https:\/\/redeliver\.internal\/groups\/[0-9a-z]+\?range=\d+\.\.$/),
    alert: { rule: 'new-group', sentence: expect.stringContaining('FirstOfItsKind') },
  });
});

test('a lag that passes its limit is told within two rounds', async () => {
  const brokers = (process.env['TEST_KAFKA_BROKERS'] ?? '').split(',');
  const foreign = await createForeignClient(brokers);
  const cluster = createKafkaCluster({ connection: 'alert-story', brokers, clock: Date.now });
  const [group, topic] = [`alert-story-${randomUUID()}`, `alert-story-${randomUUID()}`];
  onTestFinished(async () => {
    await foreign.admin.deleteGroups([group]);
    await cluster.close();
    await foreign.close();
  });
  const message = { key: null, body: Buffer.from('m'), headers: [], properties: [] };
  await foreign.createTopic(topic, 1);
  await foreign.put(topic, [message]);
  await commitOffsets(cluster, group, { [topic]: [0] });
  const builtIn = builtInRules.filter(({ kind }) => kind === 'lag-above');
  const rules = builtIn.map((rule) => ({ ...rule, above: 5, clearAt: 4, queues: [`${connection}/${topic}`] }));
  const story = await aStory({ everyMs, rules, lagEveryMs: everyMs });
  const receiver = await aReceiver();
  await story.start(receiver.url);
  await vi.waitUntil(async () => {
    const store = openSqliteStore({ folder: story.folder, role: 'reader' });
    const latest = await store.watch.latestLag();
    await store.close();
    return latest.some(({ rows }) => rows.some((row) => row.kind === 'group' && row.group === group));
  }, patience);
  const at = performance.now();
  await foreign.put(
    topic,
    Array.from({ length: 9 }, () => message),
  );
  await vi.waitUntil(() => receiver.received.length > 0, patience);
  const tookMs = performance.now() - at;
  console.log(`told after ${Math.round(tookMs)} ms, a round and a reading every ${everyMs} ms`);
  expect(tookMs).toBeLessThan(2 * everyMs + slackMs);
  expect(receiver.received[0]?.json).toMatchObject({
    alert: { sentence: expect.stringContaining(`${group} is 10 messages behind`) },
  });
});

test('a broker that cannot be reached is told within two rounds', async () => {
  const builtIn = builtInRules.filter(({ kind }) => kind === 'connection-failing');
  // Built in it has to last for half a round of 30 seconds.
  const rules = builtIn.map((rule) => ({ ...rule, forMs: everyMs / 2 }));
  const story = await aStory({ everyMs, rules, brokers: ['127.0.0.1:1'] });
  const receiver = await aReceiver();
  await story.start(receiver.url);
  await vi.waitUntil(() => receiver.received.length > 0, patience);
  const told = receiver.received[0]?.json['alert'] as { readonly since: string; readonly sentence: string };
  const tookMs = Date.now() - Date.parse(told.since);
  console.log(`told ${Math.round(tookMs)} ms after the first look that failed, a round every ${everyMs} ms`);
  expect(tookMs).toBeLessThan(2 * everyMs + slackMs);
  expect(told.sentence).toContain(`Connection ${connection} fails`);
});

test('an engine that is killed while a receiver takes its time tells it again under the same id', async () => {
  const story = await aStory();
  const receiver = await aReceiver();
  const child = await story.start(receiver.url);
  await untilRead(story);
  // It has arrived, and the engine never hears of it.
  receiver.answer(async (n) => {
    if (n === 1) await kill(child);
    return { status: 200 };
  });
  await story.die('KilledMeanwhile');
  await vi.waitUntil(() => child.signalCode === 'SIGKILL', patience);
  expect(await ledgerOf(story.folder, (ledger) => ledger.listWaitingNotifications(10))).toHaveLength(1);
  await story.start(receiver.url);
  await vi.waitUntil(() => receiver.received.length > 1, patience);
  await vi.waitUntil(
    async () => (await ledgerOf(story.folder, (ledger) => ledger.listWaitingNotifications(10))).length === 0,
    patience,
  );
  expect(receiver.received).toHaveLength(2);
  expect(new Set(idsOf(receiver)).size).toBe(1);
  expect(receiver.received.map(({ json }) => json['event'])).toEqual(['fired', 'fired']);
});

test('an engine that is killed between finding and telling tells it once, when it is back', async () => {
  const story = await aStory();
  // Nobody listens there yet.
  const place = await startHttpReceiver();
  await place.close();
  const child = await story.start(place.url);
  await untilRead(story);
  await story.die('FoundAndNotTold');
  await vi.waitUntil(
    async () => (await ledgerOf(story.folder, (ledger) => ledger.listWaitingNotifications(10))).length === 1,
    patience,
  );
  await kill(child);
  const receiver = await aReceiver(Number(new URL(place.url).port));
  await story.start(receiver.url);
  await vi.waitUntil(() => receiver.received.length > 0, patience);
  await vi.waitUntil(
    async () => (await ledgerOf(story.folder, (ledger) => ledger.listWaitingNotifications(10))).length === 0,
    patience,
  );
  expect(receiver.received).toHaveLength(1);
  expect(await ledgerOf(story.folder, (ledger) => ledger.listStandingAlerts())).toMatchObject([
    { phase: 'firing', told: ['hook'] },
  ]);
});
