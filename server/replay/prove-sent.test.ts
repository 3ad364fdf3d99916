import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigResourceTypes, Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { textHeader, type Destination } from '#lib/domain/message.ts';
import { type Replay, type ReplayItem, usualOptions } from '#lib/domain/replay.ts';
import { createBroker } from '#server/brokers/broker.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { createKafkaHarness } from '#server/brokers/kafka/kafka-harness.ts';
import type { DriverHarness, TestQueue } from '#server/brokers/testing/harness.ts';
import { aMessage, withHeaders } from '#server/brokers/testing/sample-messages.ts';
import { systemClock } from '#server/clock.ts';
import { startEngine, type Engine } from '#server/engine/engine.ts';
import { askEngine } from '#server/http/engine-requests.ts';
import { intentMark } from '#server/replay/intent-mark.ts';
import { proveSent } from '#server/replay/prove-sent.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';

/** What a Kafka topic says of sends whose answer never came. */

const signal = new AbortController().signal;
let harness: DriverHarness;
let driver: BrokerDriver;

beforeAll(async () => {
  harness = await createKafkaHarness('kafka');
  driver = harness.connect();
});

afterAll(async () => {
  await driver.close();
  await harness.close();
});

const topicOf = (destination: Destination) => (destination.kind === 'kafka' ? destination.topic : '');

async function markOf(destination: Destination): Promise<string> {
  const { watermark } = await driver.describeDestination(destination, signal);
  return intentMark({ watermark, equals: 1 });
}

function anItem(destination: Destination, watermark: string): ReplayItem {
  const id = randomUUID();
  return {
    id,
    replayId: 'r',
    ordinal: 0,
    messageId: id,
    queueId: 'kafka/q',
    identity: '0:0',
    position: '0:0',
    lane: '0',
    destination,
    state: 'unknown',
    reason: null,
    sentPosition: null,
    watermark,
    intendedAt: 0,
    sentAt: null,
    settledAt: null,
    returned: null,
    fingerprint: null,
    decision: null,
  };
}

/** As a replay sends it, to the original topic. */
async function arrive(queue: TestQueue, item: Pick<ReplayItem, 'id' | 'replayId'>): Promise<void> {
  const marks = [textHeader('replay-id', item.replayId), textHeader('replay-item', item.id)];
  const message = withHeaders(harness.inLane(aMessage('sent'), 0), ...marks);
  await harness.put({ name: topicOf(queue.origin), origin: queue.origin }, [message]);
}

describe('a topic', () => {
  it('that holds the item proves that it was sent, and that another was not', async () => {
    const queue = await harness.createQueue();
    await arrive(queue, anItem(queue.origin, ''));
    const mark = await markOf(queue.origin);
    const [sent, lost] = [anItem(queue.origin, mark), anItem(queue.origin, mark)];
    await arrive(queue, sent);
    const proofs = await proveSent(driver, [sent, lost], signal);
    expect(proofs.get(sent.id)).toMatchObject({ kind: 'sent', position: expect.stringMatching(/^\d+:\d+$/) });
    expect(proofs.get(lost.id)).toEqual({ kind: 'not-sent' });
  });

  it('that has dropped records since, holds some back or was made anew proves no absence', async () => {
    const kafka = new Kafka({
      brokers: (process.env['TEST_KAFKA_BROKERS'] ?? '').split(','),
      logLevel: logLevel.NOTHING,
    });
    const admin = kafka.admin();
    await admin.connect();
    try {
      const truncated = await harness.createQueue();
      const item = anItem(truncated.origin, await markOf(truncated.origin));
      await arrive(truncated, anItem(truncated.origin, ''));
      const partitions = await admin.fetchTopicOffsets(topicOf(truncated.origin));
      await admin.deleteTopicRecords({
        topic: topicOf(truncated.origin),
        partitions: partitions.map(({ partition, high }) => ({ partition, offset: high })),
      });
      expect((await proveSent(driver, [item], signal)).get(item.id)).toEqual({ kind: 'none' });

      const withheld = await harness.createQueue();
      const behind = anItem(withheld.origin, await markOf(withheld.origin));
      const producer = kafka.producer({ transactionalId: randomUUID(), maxInFlightRequests: 1, idempotent: true });
      await producer.connect();
      const transaction = await producer.transaction();
      await transaction.send({ topic: topicOf(withheld.origin), messages: [{ value: 'open' }] });
      expect((await proveSent(driver, [behind], signal)).get(behind.id)).toEqual({ kind: 'none' });
      await transaction.abort();
      await producer.disconnect();
      // The end of a transaction leaves a place without a message, as compaction does: nobody can tell them apart.
      expect((await proveSent(driver, [behind], signal)).get(behind.id)).toEqual({ kind: 'none' });

      const compacted = await harness.createQueue();
      const name = topicOf(compacted.origin);
      const overwritten = anItem(compacted.origin, await markOf(compacted.origin));
      await admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: ConfigResourceTypes.TOPIC,
            name,
            configEntries: [
              { name: 'cleanup.policy', value: 'compact' },
              { name: 'segment.ms', value: '100' },
              { name: 'min.cleanable.dirty.ratio', value: '0.01' },
              { name: 'max.compaction.lag.ms', value: '100' },
            ],
          },
        ],
      });
      // The same key again and again: the first of them goes.
      const proofNow = async () => {
        await arrive(compacted, anItem(compacted.origin, ''));
        return (await proveSent(driver, [overwritten], signal)).get(overwritten.id)?.kind;
      };
      await vi.waitUntil(async () => (await proofNow()) === 'none', { timeout: 60_000, interval: 1_000 });

      const gone: Destination = { kind: 'kafka', topic: `${topicOf(truncated.origin)}.gone`, partition: null };
      const nowhere = anItem(gone, await markOf(truncated.origin));
      expect((await proveSent(driver, [nowhere], signal)).get(nowhere.id)).toEqual({ kind: 'none' });
    } finally {
      await admin.disconnect();
    }
  });
});

describe('a replay whose engine died between intents and answers', () => {
  let folder: string;
  let store: Store;
  let engine: Engine;

  afterAll(async () => {
    await engine.stop();
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  function start(): Engine {
    const broker = createBroker(harness.connect(), { connection: harness.connection, random: () => 0.5 });
    return startEngine({
      store,
      clock: systemClock,
      connections: [{ name: harness.connection, kind: 'kafka', address: 'test', driver: broker }],
      sync: { discoverEveryMs: 60_000, lookEveryMs: 60_000, scanEveryMs: 60_000, scanLimit: 1_000 },
      watchMs: 60_000,
      publishTimeoutMs: 500,
      say: () => undefined,
    });
  }

  it('is settled by the topic: what is there was sent, what is not there was not, and the rest is sent once', async () => {
    folder = await mkdtemp(join(tmpdir(), 'redeliver-proof-'));
    store = openSqliteStore({ folder, role: 'writer' });
    const queue = await harness.createQueue();
    engine = start();
    const queueId = `${harness.connection}/${queue.name}`;
    const origin = [textHeader('dlq-original-topic', topicOf(queue.origin)), textHeader('dlq-original-partition', '0')];
    await harness.put(
      queue,
      ['a', 'b', 'c'].map((marker) => withHeaders(harness.inLane(aMessage(marker), 0), ...origin)),
    );
    await vi.waitUntil(async () => (await store.index.listQueues()).some(({ id }) => id === queueId), {
      timeout: 30_000,
    });
    await askEngine({ store, clock: systemClock }, { kind: 'sync', queueId, insist: false }, 'test', 30_000);
    const { messages } = await store.index.listMessages({
      filter: { kind: 'queue', pattern: queueId },
      range: { from: null, to: null },
      cursor: null,
      limit: 10,
    });
    const options = usualOptions;
    const selection = { kind: 'messages' as const, messageIds: messages.map(({ id }) => id) };
    const { replayId } = await askEngine(
      { store, clock: systemClock },
      { kind: 'plan', selection, options },
      'test',
      30_000,
    );
    const planned = await store.ledger.getReplay(replayId ?? '');
    await engine.stop();

    const [sent, lost] = await store.ledger.listItems(planned.id, { after: null, limit: 2 });
    const watermark = await markOf(queue.origin);
    await store.ledger.intend(
      [sent, lost].map((item) => ({ itemId: item?.id ?? '', watermark })),
      Date.now(),
    );
    await arrive(queue, { id: sent?.id ?? '', replayId: planned.id });
    await store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());

    engine = start();
    let done: Replay = planned;
    await vi.waitUntil(async () => (done = await store.ledger.getReplay(planned.id)).state === 'watching', {
      timeout: 40_000,
    });
    expect(done.account).toMatchObject({ total: 3, settled: 2, failed: 1, unknown: 0 });
    const items = new Map(
      (await store.ledger.listItems(planned.id, { after: null, limit: 3 })).map((item) => [item.id, item]),
    );
    expect(items.get(sent?.id ?? '')).toMatchObject({
      state: 'settled',
      sentPosition: expect.stringMatching(/^\d+:\d+$/),
    });
    expect(items.get(lost?.id ?? '')?.reason?.message).toContain('It was not sent');
    expect(await harness.receive(queue.origin, 2)).toHaveLength(2);
    expect((await store.index.getMessages([lost?.messageId ?? '']))[0]?.state).toBe('failed');
  });
});
