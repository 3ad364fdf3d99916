import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { textHeader, type Header, type RawMessage } from '#lib/domain/message.ts';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import { type Replay, usualOptions } from '#lib/domain/replay.ts';
import type { Filter } from '#lib/filter/filter.ts';
import { createBroker } from '#server/brokers/broker.ts';
import { createKafkaHarness } from '#server/brokers/kafka/kafka-harness.ts';
import { createRabbitMqHarness } from '#server/brokers/rabbitmq/rabbitmq-harness.ts';
import { createSqsHarness } from '#server/brokers/sqs/sqs-harness.ts';
import type { DriverHarness, TestQueue } from '#server/brokers/testing/harness.ts';
import { aMessage, markerOf, withHeaders } from '#server/brokers/testing/sample-messages.ts';
import { systemClock } from '#server/clock.ts';
import { startEngine, type Engine } from '#server/engine/engine.ts';
import { askEngine } from '#server/http/engine-requests.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';

/** The engine on real brokers, from a dead letter to its replay and its return, as the web would ask for it. */

/** A read of a queue on RabbitMQ may wait 12 s for the server's counts, and a test reads up to three times. */
const timeout = 90_000;

describe.each([
  { label: 'kafka', create: () => createKafkaHarness('kafka') },
  { label: 'rabbitmq', create: () => createRabbitMqHarness({ env: 'TEST_RABBITMQ' }) },
  { label: 'sqs', create: createElasticMqHarness },
])('the engine on $label', { timeout }, ({ create }) => {
  let harness: DriverHarness;
  let store: Store;
  let engine: Engine;
  let folder: string;
  let queue: TestQueue;
  let queueId: string;

  beforeAll(async () => {
    harness = await create();
    folder = await mkdtemp(join(tmpdir(), 'redeliver-engine-'));
    queue = await harness.createQueue();
    queueId = `${harness.connection}/${queue.name}`;
    await start();
  }, 60_000);

  async function start(): Promise<void> {
    store = openSqliteStore({ folder, role: 'writer' });
    engine = startEngine({
      store,
      clock: systemClock,
      connections: [
        {
          name: harness.connection,
          kind: queue.origin.kind,
          address: 'test',
          driver: createBroker(harness.connect(), { connection: harness.connection, random: () => 0.5 }),
        },
      ],
      // A person asks for each read in this test: other queues of the server are none of its business.
      sync: { discoverEveryMs: 60_000, lookEveryMs: 60_000, scanEveryMs: 60_000, scanLimit: 1_000 },
      watchMs: 60_000,
      publishTimeoutMs: 10_000,
      say: () => undefined,
    });
    await until(async () => (await store.index.listQueues()).some((known) => known.id === queueId));
  }

  afterAll(async () => {
    await engine?.stop();
    await store?.close();
    await harness?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  }, 60_000);

  const readQueue = () =>
    askEngine({ store, clock: systemClock }, { kind: 'sync', queueId, insist: false }, 'test', 30_000);

  async function letters(): Promise<readonly DeadLetter[]> {
    const filter: Filter = { kind: 'queue', pattern: queueId };
    return (await store.index.listMessages({ filter, range: { from: null, to: null }, cursor: null, limit: 100 }))
      .messages;
  }

  async function put(...messages: readonly RawMessage[]): Promise<void> {
    await harness.put(
      queue,
      messages.map((message) => withHeaders(harness.inLane(message, 0), ...failureHeaders(queue))),
    );
  }

  async function letterOf(marker: string): Promise<DeadLetter> {
    for (const letter of await letters()) {
      if (markerOf((await store.index.getMessage(letter.id)).raw) === marker) return letter;
    }
    throw new Error(`No dead letter ${marker} is in the index.`);
  }

  async function plan(messageIds: readonly string[]): Promise<Replay> {
    const options = usualOptions;
    const answer = await askEngine(
      { store, clock: systemClock },
      { kind: 'plan', selection: { kind: 'messages' as const, messageIds }, options },
      'test',
      30_000,
    );
    return store.ledger.getReplay(answer.replayId ?? '');
  }

  async function replay(messageIds: readonly string[]): Promise<Replay> {
    const planned = await plan(messageIds);
    await store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
    await until(async () =>
      ['watching', 'settled', 'stopped'].includes((await store.ledger.getReplay(planned.id)).state),
    );
    return store.ledger.getReplay(planned.id);
  }

  it('shows what a dead letter says of itself', async () => {
    await put(aMessage('first'), aMessage('second'), aMessage('third'));
    await readQueue();
    const letter = await letterOf('second');
    expect(letter).toMatchObject({
      queueId,
      state: 'new',
      failure: { errorClass: 'ValidationError', errorMessage: 'total must be positive' },
      correlationId: 'c-second',
      eventType: 'order.completed',
    });
    expect(letter.origin.destination).toEqual(
      queue.origin.kind === 'kafka' ? { ...queue.origin, partition: 0 } : queue.origin,
    );
  });

  it('reads again without showing anything twice', async () => {
    const before = await letters();
    await readQueue();
    expect((await letters()).map((letter) => letter.id)).toEqual(before.map((letter) => letter.id));
  });

  it('plans without moving anything, and refuses a hash that is not the plan’s', async () => {
    const before = await harness.snapshot(queue);
    const planned = await plan([(await letterOf('second')).id]);
    expect(planned.plan).toMatchObject({ total: 1, willSend: 1, refusals: [] });
    expect(planned.plan.destinations).toHaveLength(1);
    await expect(store.ledger.confirmReplay(planned.id, 'another', 'test', Date.now())).rejects.toMatchObject({
      code: 'stale_plan',
    });
    await expect.poll(() => harness.snapshot(queue), { timeout: 10_000 }).toEqual(before);
  });

  it('replays the selected message alone: byte for byte with the replay headers, and gone from a queue', async () => {
    const letter = await letterOf('second');
    const done = await replay([letter.id]);
    expect(done.error).toBeNull();
    expect(done.account).toMatchObject({ total: 1, settled: 1, failed: 0, unknown: 0 });
    const arrived = await harness.receive(queue.origin, 1);
    expect(arrived.map(markerOf)).toEqual(['second']);
    const sent = arrived[0];
    expect(Buffer.from(sent?.body ?? [])).toEqual(Buffer.from(aMessage('second').body ?? []));
    const names = (sent?.headers ?? []).map((header) => header.name);
    expect(names).toEqual(
      expect.arrayContaining([
        'marker',
        'correlation-id',
        'dlq-error',
        'replayed',
        'replayed-at',
        'replay-id',
        'replay-item',
        'replay-count',
      ]),
    );
    expect(await store.index.getMessages([letter.id])).toMatchObject([{ state: 'replayed', lastReplayId: done.id }]);

    await readQueue();
    const left = (await letters()).filter((known) => known.state === 'new');
    expect(left).toHaveLength(2);
  });

  it('recognises the message when it comes back, and says that the error is the same', async () => {
    const [item] = await store.ledger.listItemsOfMessages([(await letterOf('second')).id]);
    const back = withHeaders(
      aMessage('second again'),
      textHeader('replay-id', item?.replayId ?? ''),
      textHeader('replay-item', item?.id ?? ''),
    );
    await put(back);
    await readQueue();
    expect(await letterOf('second again')).toMatchObject({ state: 'returned', lastReplayId: item?.replayId });
    const { account } = await store.ledger.getReplay(item?.replayId ?? '');
    expect(account).toMatchObject({ returned: 1, returnedDifferent: 0 });
  });

  it('refuses to send what has no origin, and says why', async () => {
    if (queue.origin.kind === 'sqs') {
      // The redrive policy names the only source, so the origin is known whatever the message says.
      expect((await letterOf('first')).origin.destination).toEqual(queue.origin);
      return;
    }
    await harness.put(queue, [harness.inLane(aMessage('orphan'), 0)]);
    await readQueue();
    const planned = await plan([(await letterOf('orphan')).id]);
    expect(planned.plan).toMatchObject({ willSend: 0, refusals: [{ code: 'unknown-origin', count: 1 }] });
  });

  it('of two messages that are equal to the byte replays one, and still shows the other', async () => {
    if (queue.origin.kind !== 'rabbitmq') {
      // Everywhere else a message has an identity of its own.
      expect((await letterOf('first')).identity).not.toContain('#');
      return;
    }
    await put(aMessage('twin'), aMessage('twin'));
    await readQueue();
    const twins: DeadLetter[] = [];
    for (const letter of await letters()) {
      if (markerOf((await store.index.getMessage(letter.id)).raw) === 'twin') twins.push(letter);
    }
    expect(twins).toHaveLength(2);
    const done = await replay([twins.find((letter) => !letter.identity.includes('#'))?.id ?? '']);
    expect(done.account).toMatchObject({ total: 1, settled: 1 });
    await harness.receive(queue.origin, 1);
    await readQueue();
    const open = (await letters()).filter((letter) => letter.state === 'new');
    expect(open.filter((letter) => twins.some((twin) => twin.id === letter.id))).toHaveLength(1);
    await replay(open.filter((letter) => twins.some((twin) => twin.id === letter.id)).map((letter) => letter.id));
    expect((await harness.receive(queue.origin, 1)).map(markerOf)).toEqual(['twin']);
  });

  it('replays several in order, and a message that was taken meanwhile is skipped, not invented', async () => {
    const ids = [(await letterOf('first')).id, (await letterOf('third')).id];
    const done = await replay(ids);
    expect(done.account).toMatchObject({ total: 2, settled: 2 });
    // A log still holds what the earlier test has sent.
    const arrived = (await harness.receive(queue.origin, 2)).map(markerOf).filter((marker) => marker !== 'second');
    expect(arrived.toSorted()).toEqual(['first', 'third']);
    if (queue.origin.kind === 'kafka') return;
    const again = await plan(ids);
    expect(again.plan).toMatchObject({ willSend: 0, refusals: [{ code: 'state-gone', count: 2 }] });
  });

  it('knows what it has sent also when the index was lost and is made again', async () => {
    await readQueue();
    const statesOf = async () =>
      Object.fromEntries((await letters()).map(({ id, state, lastReplayId }) => [id, { state, lastReplayId }]));
    const { remove } = (await store.index.getQueue(queueId)).capabilities;
    const stillThere = Object.entries(await statesOf()).filter(
      ([, { state }]) => state !== 'gone' && !(remove && state === 'replayed'),
    );
    await engine.stop();
    await store.close();
    for (const file of ['index.db', 'index.db-wal', 'index.db-shm']) await rm(join(folder, file), { force: true });
    await start();
    await readQueue();
    expect(await statesOf()).toEqual(Object.fromEntries(stillThere));
  });
});

async function createElasticMqHarness(): Promise<DriverHarness> {
  const endpoint = process.env['TEST_SQS_ENDPOINT'];
  if (endpoint === undefined) throw new Error('TEST_SQS_ENDPOINT is not set: run `node scripts/brokers.ts up` first.');
  return createSqsHarness({
    label: 'sqs',
    endpoint,
    variants: ['standard'],
    senderProperties: [],
    serverCannot: {},
    rejecting: { FifoQueue: 'true' },
  });
}

/** What the shop's services write, or the broker: error and origin. */
function failureHeaders(queue: TestQueue): readonly Header[] {
  const error = textHeader('dlq-error', 'ValidationError: total must be positive');
  switch (queue.origin.kind) {
    case 'kafka':
      return [error, textHeader('dlq-original-topic', queue.origin.topic), textHeader('dlq-original-partition', '0')];
    case 'rabbitmq': {
      const death: readonly Header[] = [
        textHeader('reason', 'rejected'),
        textHeader('queue', queue.origin.routingKey),
        textHeader('exchange', queue.origin.exchange),
        { name: 'routing-keys', value: { kind: 'list', items: [{ kind: 'text', text: queue.origin.routingKey }] } },
      ];
      return [
        error,
        { name: 'x-death', value: { kind: 'list', items: [{ kind: 'table', entries: death }] } },
        textHeader('x-first-death-queue', queue.origin.routingKey),
      ];
    }
    case 'sqs':
      return [error];
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  await vi.waitUntil(holds, { timeout: 30_000, interval: 100 });
}
