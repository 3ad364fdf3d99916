import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import { type Header, textHeader } from '#lib/domain/message.ts';
import { type Replay, type Selection, usualOptions } from '#lib/domain/replay.ts';
import { createBroker } from '#server/brokers/broker.ts';
import { createKafkaHarness } from '#server/brokers/kafka/kafka-harness.ts';
import { createRabbitMqHarness } from '#server/brokers/rabbitmq/rabbitmq-harness.ts';
import { createSqsHarness } from '#server/brokers/sqs/sqs-harness.ts';
import type { DriverHarness, TestQueue } from '#server/brokers/testing/harness.ts';
import { aMessage, markerOf, withHeaders } from '#server/brokers/testing/sample-messages.ts';
import { systemClock } from '#server/clock.ts';
import { type Engine, startEngine } from '#server/engine/engine.ts';
import { askEngine } from '#server/http/engine-requests.ts';
import { decideUnknown } from '#server/http/item-decisions.ts';
import { intentMark } from '#server/replay/intent-mark.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';

/** What nobody knows, and what comes back without saying so, on real brokers. */

const timeout = 90_000;
const caller = { actor: 'ada', from: 'test' };

describe.each([
  { label: 'kafka', create: () => createKafkaHarness('kafka') },
  { label: 'rabbitmq', create: () => createRabbitMqHarness({ env: 'TEST_RABBITMQ' }) },
  {
    label: 'sqs',
    create: async () =>
      createSqsHarness({
        label: 'sqs',
        endpoint: process.env['TEST_SQS_ENDPOINT'] ?? '',
        variants: ['standard'],
        senderProperties: [],
        serverCannot: {},
        rejecting: { FifoQueue: 'true' },
      }),
  },
])('a replay on $label', { timeout }, ({ create }) => {
  let harness: DriverHarness;
  let store: Store;
  let engine: Engine;
  let folder: string;
  let queue: TestQueue;
  let queueId: string;

  beforeAll(async () => {
    harness = await create();
    folder = await mkdtemp(join(tmpdir(), 'redeliver-unknown-'));
    store = openSqliteStore({ folder, role: 'writer' });
    queue = await harness.createQueue();
    queueId = `${harness.connection}/${queue.name}`;
    start();
    await until(async () => (await store.index.listQueues()).some((known) => known.id === queueId));
  }, 60_000);

  afterAll(async () => {
    await engine?.stop();
    await store?.close();
    await harness?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  }, 60_000);

  function start(): void {
    const driver = createBroker(harness.connect(), { connection: harness.connection, random: () => 0.5 });
    engine = startEngine({
      store,
      clock: systemClock,
      connections: [{ name: harness.connection, kind: queue.origin.kind, address: 'test', driver }],
      sync: { discoverEveryMs: 60_000, lookEveryMs: 60_000, scanEveryMs: 60_000, scanLimit: 1_000 },
      watchMs: 60_000,
      publishTimeoutMs: 10_000,
      say: () => undefined,
    });
  }

  // Of all that the web half has it needs no more.
  const runtime = () => ({ store, clock: systemClock }) as unknown as Parameters<typeof decideUnknown>[0];
  const read = () => askEngine({ store, clock: systemClock }, { kind: 'sync', queueId, insist: false }, 'test', 30_000);

  async function put(marker: string, headers: readonly Header[]): Promise<DeadLetter> {
    await harness.put(queue, [withHeaders(harness.inLane(aMessage(marker), 0), ...headers)]);
    await read();
    return letterOf(marker, (letter) => letter.state === 'new' || letter.state === 'returned');
  }

  async function letterOf(marker: string, is: (letter: DeadLetter) => boolean): Promise<DeadLetter> {
    const query = { filter: { kind: 'queue', pattern: queueId }, range: { from: null, to: null } } as const;
    const { messages } = await store.index.listMessages({ ...query, cursor: null, limit: 100 });
    for (const letter of messages)
      if (is(letter) && markerOf((await store.index.getMessage(letter.id)).raw) === marker) return letter;
    throw new Error(`No such dead letter: ${marker}`);
  }

  async function plan(selection: Selection): Promise<Replay> {
    const request = { kind: 'plan', selection, options: usualOptions } as const;
    const { replayId } = await askEngine({ store, clock: systemClock }, request, 'test', 30_000);
    return store.ledger.getReplay(replayId ?? '');
  }

  const planOf = (...ids: readonly string[]) => plan({ kind: 'messages', messageIds: ids });

  async function confirm(planned: Replay): Promise<Replay> {
    await store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
    await until(async () => ['watching', 'stopped'].includes((await store.ledger.getReplay(planned.id)).state));
    const replay = await store.ledger.getReplay(planned.id);
    expect(replay.error).toBeNull();
    return replay;
  }

  /** A replay whose engine died between the intent and the answer of its only message. */
  async function interrupted(letter: DeadLetter): Promise<Replay> {
    const planned = await planOf(letter.id);
    await engine.stop();
    await store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
    await store.ledger.setReplayState(planned.id, { state: 'sending', at: Date.now() });
    const [item] = await store.ledger.listItems(planned.id, { after: null, limit: 1 });
    const watermark = intentMark({ watermark: null, equals: 1 });
    await store.ledger.intend([{ itemId: item?.id ?? '', watermark }], Date.now());
    start();
    await until(async () => (await store.ledger.getReplay(planned.id)).state === 'watching');
    const replay = await store.ledger.getReplay(planned.id);
    expect(replay.account).toMatchObject({ unknown: 1, sent: 0, settled: 0 });
    return replay;
  }

  it('takes what a person says has arrived out of a queue, and never sends it again', async () => {
    const letter = await put('decided sent', failureHeaders(queue));
    const { id } = await interrupted(letter);
    const body = { all: true, outcome: 'sent', reason: 'The shop has booked it.' } as const;
    expect(await decideUnknown(runtime(), id, body, caller)).toMatchObject({ decided: 1, notUnknown: 0 });
    await until(async () => (await store.ledger.getReplay(id)).account.settled === 1);
    await put('after it', failureHeaders(queue));
    const [now] = await store.index.getMessages([letter.id]);
    expect(now?.state).toBe('replayed');
    const again = await planOf(letter.id);
    if (queue.origin.kind === 'kafka')
      expect(again.plan.warnings.map((note) => note.code)).toContain('replayed-before');
    else expect(again.plan).toMatchObject({ willSend: 0, refusals: [{ code: 'state-gone' }] });
    // Only the other one ever reaches the destination.
    const other = await letterOf('after it', ({ state }) => state === 'new');
    await confirm(await planOf(other.id));
    expect((await harness.receive(queue.origin, 1)).map(markerOf)).toEqual(['after it']);
    expect((await store.ledger.listAudit({ limit: 1, before: null, target: id }))[0]).toMatchObject({
      action: 'replay.decide.sent',
      actor: 'ada',
      reason: body.reason,
      result: 'done, 1 messages',
    });
  });

  it('leaves what a person says did not arrive where it is, to be replayed once more', async () => {
    const letter = await put('decided not sent', failureHeaders(queue));
    const { id, number } = await interrupted(letter);
    const [item] = await store.ledger.listItems(id, { after: null, limit: 1 });
    const body = { items: [item?.id ?? '', 'nothing'], outcome: 'not-sent' as const, reason: 'No trace of it.' };
    expect(await decideUnknown(runtime(), id, body, caller)).toMatchObject({ decided: 1, notUnknown: 1 });
    expect(await decideUnknown(runtime(), id, { ...body, outcome: 'sent' }, caller)).toMatchObject({ decided: 0 });
    expect(await store.index.getMessages([letter.id])).toMatchObject([{ state: 'failed', lastReplayId: id }]);
    expect((await store.ledger.getReplay(id)).account).toMatchObject({ failed: 1, unknown: 0 });
    const again = await plan({
      kind: 'filter',
      filter: {
        kind: 'and',
        terms: [
          { kind: 'equals', field: 'replay', value: id },
          { kind: 'state', state: 'failed' },
        ],
      },
      range: { from: null, to: null },
      asOf: Date.now(),
      excluded: [],
      text: `replay:${number} state:failed`,
    });
    expect(again.plan).toMatchObject({ total: 1, willSend: 1 });
    expect(again.plan.warnings.map((note) => note.code)).not.toContain('outcome-unknown');
    await confirm(again);
    const arrived = (await harness.receive(queue.origin, 1)).map(markerOf);
    expect(arrived.filter((marker) => marker === 'decided not sent')).toHaveLength(1);
  });

  it('recognises what its consumer wrote anew without headers, and says that it is only likely', async () => {
    const letter = await put('written anew', failureHeaders(queue));
    const { id } = await confirm(await planOf(letter.id));
    await put('written before', failureHeaders(queue));
    const back = await put('written anew', consumerHeaders(queue));
    expect(back).toMatchObject({ state: 'returned', lastReplayId: id, returns: 1, replay: null });
    const [item] = await store.ledger.listItems(id, { after: null, limit: 1 });
    expect(item?.returned).toMatchObject({ messageId: back.id, by: 'content', sameError: true, count: 1 });
    expect(await letterOf('written before', () => true)).toMatchObject({ state: 'new' });
    expect((await store.ledger.getReplay(id)).account).toMatchObject({ returned: 1, returnedDifferent: 0 });
  });
});

const error = textHeader('dlq-error', 'ValidationError: total must be positive');

/** What the broker writes, or the shop's services. */
function failureHeaders({ origin }: TestQueue): readonly Header[] {
  switch (origin.kind) {
    case 'kafka':
      return [error, textHeader('dlq-original-topic', origin.topic)];
    case 'rabbitmq': {
      const death: readonly Header[] = [
        textHeader('reason', 'rejected'),
        textHeader('queue', origin.routingKey),
        textHeader('exchange', origin.exchange),
        { name: 'routing-keys', value: { kind: 'list', items: [{ kind: 'text', text: origin.routingKey }] } },
      ];
      return [error, { name: 'x-death', value: { kind: 'list', items: [{ kind: 'table', entries: death }] } }];
    }
    case 'sqs':
      return [error];
  }
}

/** Of a consumer that publishes its failures by itself. */
function consumerHeaders({ origin }: TestQueue): readonly Header[] {
  return origin.kind === 'kafka' ? [error, textHeader('dlq-original-topic', origin.topic)] : [error];
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  await vi.waitUntil(holds, { timeout: 30_000, interval: 100 });
}
