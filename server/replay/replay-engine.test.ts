import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import { type Replay, type ReplayOptions, type ReplayState, type Selection, usualOptions } from '#lib/domain/replay.ts';
import type { Filter } from '#lib/filter/filter.ts';
import { createBroker } from '#server/brokers/broker.ts';
import { createSqsDriver } from '#server/brokers/sqs/sqs-driver.ts';
import { systemClock } from '#server/clock.ts';
import { startEngine, type Engine } from '#server/engine/engine.ts';
import { askEngine } from '#server/http/engine-requests.ts';
import { startLocalFauxqs } from '#server/local-brokers/fauxqs.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';

/** What a replay promises while it is interrupted, on a real SQS server in this process: nothing lost, nothing doubled, every item's state true. */

const region = 'us-east-1';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

let server: Awaited<ReturnType<typeof startLocalFauxqs>>;
let foreign: SQSClient;
let folder: string;
let store: Store;
let engine: Engine;
let source: string;
let deadLetters: string;

beforeAll(async () => {
  server = await startLocalFauxqs();
  foreign = new SQSClient({ region, endpoint: server.endpoint, credentials: { ...credentials } });
});

afterAll(async () => {
  foreign.destroy();
  await server.stop();
});

beforeEach(async () => {
  const name = `replay-${randomUUID()}`;
  deadLetters = await createQueue(`${name}-dlq`, {});
  const arn = await foreign.send(
    new GetQueueAttributesCommand({ QueueUrl: deadLetters, AttributeNames: ['QueueArn'] }),
  );
  source = await createQueue(name, {
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn.Attributes?.['QueueArn'], maxReceiveCount: 3 }),
  });
  folder = await mkdtemp(join(tmpdir(), 'redeliver-replay-'));
  store = openSqliteStore({ folder, role: 'writer' });
  engine = start();
});

afterEach(async () => {
  await engine.stop();
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

function start(): Engine {
  const driver = createSqsDriver({
    connection: 'sqs',
    region,
    endpoint: server.endpoint,
    credentials: { ...credentials },
    clock: Date.now,
  });
  return startEngine({
    store,
    clock: systemClock,
    connections: [
      {
        name: 'sqs',
        kind: 'sqs',
        address: 'test',
        driver: createBroker(driver, { connection: 'sqs', random: () => 0.5 }),
      },
    ],
    sync: { discoverEveryMs: 60_000, lookEveryMs: 60_000, scanEveryMs: 60_000, scanLimit: 1_000 },
    watchMs: 60_000,
    publishTimeoutMs: 10_000,
    say: () => undefined,
  });
}

async function createQueue(name: string, attributes: Record<string, string>): Promise<string> {
  const { QueueUrl } = await foreign.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
  return QueueUrl ?? '';
}

const nameOf = (url: string) => url.split('/').at(-1) ?? '';

/** Puts so many dead letters into the queue and reads them; answers them oldest first. */
async function deadLettersInIndex(count: number): Promise<readonly DeadLetter[]> {
  for (let number = 0; number < count; number += 1)
    await foreign.send(new SendMessageCommand({ QueueUrl: deadLetters, MessageBody: `{"number":${number}}` }));
  const queueId = `sqs/${nameOf(deadLetters)}`;
  await vi.waitUntil(async () => (await store.index.listQueues()).some((queue) => queue.id === queueId), {
    timeout: 20_000,
  });
  await askEngine({ store, clock: systemClock }, { kind: 'sync', queueId, insist: false }, 'test', 20_000);
  const page = await store.index.listMessages({
    filter: { kind: 'queue', pattern: queueId },
    range: { from: null, to: null },
    cursor: null,
    limit: 1_000,
    order: 'oldest',
  });
  expect(page.messages).toHaveLength(count);
  return page.messages;
}

async function plan(messageIds: readonly string[], options: Partial<ReplayOptions> = {}): Promise<Replay> {
  return planOf({ kind: 'messages', messageIds }, options);
}

async function planOf(selection: Selection, changes: Partial<ReplayOptions> = {}): Promise<Replay> {
  const options = { ...usualOptions, ...changes };
  const request = { kind: 'plan' as const, selection, options };
  const { replayId } = await askEngine({ store, clock: systemClock }, request, 'test', 20_000);
  return store.ledger.getReplay(replayId ?? '');
}

async function confirmed(messageIds: readonly string[], options: Partial<ReplayOptions> = {}): Promise<Replay> {
  const planned = await plan(messageIds, options);
  return store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
}

async function reached(replayId: string, ...states: readonly ReplayState[]): Promise<Replay> {
  await vi.waitUntil(async () => states.includes((await store.ledger.getReplay(replayId)).state), { timeout: 20_000 });
  return store.ledger.getReplay(replayId);
}

/** A consumer that fails again: the message is in the dead-letter queue once more, with the marks of its replay. */
async function comeBack(replayId: string, itemId: string): Promise<void> {
  await foreign.send(
    new SendMessageCommand({
      QueueUrl: deadLetters,
      MessageBody: '{"number":0}',
      MessageAttributes: {
        'replay-id': { DataType: 'String', StringValue: replayId },
        'replay-item': { DataType: 'String', StringValue: itemId },
      },
    }),
  );
  const queueId = `sqs/${nameOf(deadLetters)}`;
  await askEngine({ store, clock: systemClock }, { kind: 'sync', queueId, insist: false }, 'test', 20_000);
}

/** Takes and deletes everything that is visible; answers the numbers in the bodies, each as often as it came. */
async function drain(queue: string): Promise<readonly number[]> {
  const numbers: number[] = [];
  for (;;) {
    const { Messages: messages = [] } = await foreign.send(
      new ReceiveMessageCommand({ QueueUrl: queue, MaxNumberOfMessages: 10 }),
    );
    if (messages.length === 0) return numbers.toSorted((a, b) => a - b);
    for (const message of messages) {
      numbers.push(Number(/\d+/.exec(message.Body ?? '')?.[0]));
      await foreign.send(new DeleteMessageCommand({ QueueUrl: queue, ReceiptHandle: message.ReceiptHandle }));
    }
  }
}

const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);

describe('a replay', () => {
  it('that is paused keeps an exact account, and resumed sends the rest once', async () => {
    const letters = await deadLettersInIndex(12);
    const { id } = await confirmed(
      letters.map((letter) => letter.id),
      { ratePerSecond: 10 },
    );
    await vi.waitUntil(async () => (await store.ledger.getReplay(id)).account.settled >= 2, { timeout: 20_000 });
    await store.ledger.setReplayState(id, { state: 'paused', at: Date.now() });
    // What was under way when it was paused is finished: then nothing moves any more.
    await vi.waitUntil(async () => (await store.ledger.getReplay(id)).account.intended === 0, { timeout: 20_000 });
    const first = await drain(source);
    const paused = await reached(id, 'paused');
    expect(first.length).toBeLessThan(12);
    expect(paused.account).toMatchObject({ settled: first.length, planned: 12 - first.length, failed: 0, unknown: 0 });

    await store.ledger.setReplayState(id, { state: 'queued', at: Date.now() });
    const done = await reached(id, 'watching');
    expect(done.account).toMatchObject({ total: 12, settled: 12 });
    expect([...first, ...(await drain(source))].toSorted((a, b) => a - b)).toEqual(upTo(12));
    expect(await drain(deadLetters)).toEqual([]);
  });

  it('that is cancelled leaves the rest where it was', async () => {
    const letters = await deadLettersInIndex(10);
    const { id } = await confirmed(
      letters.map((letter) => letter.id),
      { ratePerSecond: 10 },
    );
    await vi.waitUntil(async () => (await store.ledger.getReplay(id)).account.settled >= 2, { timeout: 20_000 });
    const cancelled = await store.ledger.setReplayState(id, { state: 'cancelled', at: Date.now() });
    await engine.stop();
    expect(cancelled.state).toBe('cancelled');
    expect([...(await drain(source)), ...(await drain(deadLetters))].toSorted((a, b) => a - b)).toEqual(upTo(10));
    engine = start();
  });

  it('whose engine died after a send removes what was sent, and never sends it again', async () => {
    const letters = await deadLettersInIndex(3);
    const planned = await plan(letters.map((letter) => letter.id));
    await engine.stop();
    // The state of a crash: two were intended, one of them was sent and confirmed, none was removed.
    const items = await store.ledger.listItems(planned.id, { after: null, limit: 10 });
    const [sent, intended] = items;
    await store.ledger.intend(
      [sent, intended].map((item) => ({ itemId: item?.id ?? '', watermark: '{"watermark":null,"equals":1}' })),
      Date.now(),
    );
    await foreign.send(new SendMessageCommand({ QueueUrl: source, MessageBody: '{"number":0}' }));
    await store.ledger.recordItems([{ itemId: sent?.id ?? '', state: 'sent', sentPosition: 'x' }], Date.now());
    await store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());

    engine = start();
    const done = await reached(planned.id, 'watching');
    expect(done.account).toMatchObject({ total: 3, settled: 2, unknown: 1 });
    expect(await drain(source)).toEqual([0, 2]);
    // What may have been sent stays until a person decides. The engine reads the queue at its start, and hides it meanwhile.
    const left: number[] = [];
    await vi.waitUntil(async () => left.push(...(await drain(deadLetters))) > 0, { timeout: 20_000 });
    expect(left).toEqual([1]);
    expect(await store.index.getMessages(letters.map((letter) => letter.id))).toMatchObject([
      { state: 'replayed' },
      { state: 'unknown' },
      { state: 'replayed' },
    ]);
  });

  it('of a filter sends what matched at its instant, less what was picked out, and nothing that came later', async () => {
    const letters = await deadLettersInIndex(6);
    const asOf = Date.now();
    await vi.waitUntil(() => Date.now() > asOf);
    await foreign.send(new SendMessageCommand({ QueueUrl: deadLetters, MessageBody: '{"number":6}' }));
    const queueId = `sqs/${nameOf(deadLetters)}`;
    await askEngine({ store, clock: systemClock }, { kind: 'sync', queueId, insist: false }, 'test', 20_000);
    const range = { from: null, to: null };
    const planned = await planOf({
      kind: 'filter',
      filter: { kind: 'queue', pattern: queueId },
      range,
      asOf,
      excluded: [letters[2]?.id ?? ''],
      text: `queue:${queueId}`,
    });
    expect(planned).toMatchObject({ plan: { total: 5, willSend: 5, removes: 'all' }, account: { planned: 5 } });
    expect(planned.sentence).toContain(`Replay 5 messages matching queue:${queueId}, less 1 picked out, as of `);
    await store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
    expect((await reached(planned.id, 'watching')).account).toMatchObject({ total: 5, settled: 5 });
    expect(await drain(source)).toEqual([0, 1, 3, 4, 5]);
    await engine.stop();
    expect(await drain(deadLetters)).toEqual([2, 6]);
    engine = start();
  });

  it('goes on with its other queues when one is in trouble, and says what the trouble was', async () => {
    const other = await createQueue(`other-${randomUUID()}-dlq`, {});
    const arn = await foreign.send(new GetQueueAttributesCommand({ QueueUrl: other, AttributeNames: ['QueueArn'] }));
    await createQueue(nameOf(other).replace(/-dlq$/, ''), {
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn.Attributes?.['QueueArn'], maxReceiveCount: 3 }),
    });
    await engine.stop();
    await foreign.send(new SendMessageCommand({ QueueUrl: other, MessageBody: '{"number":100}' }));
    engine = start();
    const letters = await deadLettersInIndex(3);
    const otherId = `sqs/${nameOf(other)}`;
    await askEngine({ store, clock: systemClock }, { kind: 'sync', queueId: otherId, insist: false }, 'test', 20_000);
    const both: Filter = {
      kind: 'or',
      terms: [letters[0]?.queueId ?? '', otherId].map((pattern) => ({ kind: 'queue', pattern })),
    };
    const range = { from: null, to: null };
    const planned = await planOf({ kind: 'filter', filter: both, range, asOf: Date.now(), excluded: [], text: 'both' });
    expect(planned.plan).toMatchObject({ total: 4, willSend: 4 });
    await foreign.send(new DeleteQueueCommand({ QueueUrl: other }));
    await store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
    const stopped = await reached(planned.id, 'stopped');
    expect(stopped.account).toMatchObject({ total: 4, settled: 3, planned: 1 });
    expect(stopped.error?.message).toContain(nameOf(other));
    expect(await drain(source)).toEqual([0, 1, 2]);
  });

  it('of a filter that meets nothing is refused with what to do', async () => {
    const nothing: Selection = {
      kind: 'filter',
      filter: { kind: 'queue', pattern: 'sqs/no-such-queue' },
      range: { from: null, to: null },
      asOf: Date.now(),
      excluded: [],
      text: 'queue:sqs/no-such-queue',
    };
    await expect(planOf(nothing)).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('reload the list'),
    });
  });

  it('skips what was taken from the queue after the plan, and says so', async () => {
    const letters = await deadLettersInIndex(3);
    const planned = await plan(letters.map((letter) => letter.id));
    await drain(deadLetters);
    await store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
    const done = await reached(planned.id, 'watching');
    expect(done.account).toMatchObject({ total: 3, skipped: 3, settled: 0 });
    const [item] = await store.ledger.listItems(planned.id, { after: null, limit: 1 });
    expect(item?.reason?.message).toContain('no longer in the queue');
    expect(await drain(source)).toEqual([]);
  });

  it('refuses messages that another replay has in hand', async () => {
    const letters = await deadLettersInIndex(6);
    const ids = letters.map((letter) => letter.id);
    const first = await confirmed(ids, { ratePerSecond: 1 });
    const second = await plan(ids.slice(3));
    expect(second.plan).toMatchObject({ willSend: 0, refusals: [{ code: 'in-another-replay', count: 3 }] });
    await store.ledger.setReplayState(first.id, { state: 'cancelled', at: Date.now() });
  });

  it('of messages that another plan also holds sends each of them once, whichever is confirmed first', async () => {
    const letters = await deadLettersInIndex(4);
    const ids = letters.map((letter) => letter.id);
    const [first, second] = [await plan(ids), await plan(ids)];
    for (const planned of [first, second]) {
      await store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
    }
    const accounts = [(await reached(first.id, 'watching')).account, (await reached(second.id, 'watching')).account];
    expect(accounts.map((account) => account.settled).toSorted()).toEqual([0, 4]);
    expect(accounts.map((account) => account.skipped).toSorted()).toEqual([0, 4]);
    expect(await drain(source)).toEqual(upTo(4));
    expect(await store.index.getMessages(ids)).toMatchObject(ids.map(() => ({ state: 'replayed' })));
  });

  it('that was cancelled and then left by a dead engine is put right all the same', async () => {
    const letters = await deadLettersInIndex(2);
    const planned = await plan(letters.map((letter) => letter.id));
    await engine.stop();
    const [sent, intended] = await store.ledger.listItems(planned.id, { after: null, limit: 10 });
    const intents = [sent, intended].map((item) => ({
      itemId: item?.id ?? '',
      watermark: '{"watermark":null,"equals":1}',
    }));
    await store.ledger.intend(intents, Date.now());
    await store.ledger.recordItems([{ itemId: sent?.id ?? '', state: 'sent', sentPosition: 'x' }], Date.now());
    await store.ledger.setReplayState(planned.id, { state: 'cancelled', at: Date.now() });

    engine = start();
    await vi.waitUntil(async () => (await store.ledger.getReplay(planned.id)).account.settled === 1, {
      timeout: 20_000,
    });
    expect((await store.ledger.getReplay(planned.id)).account).toMatchObject({ settled: 1, unknown: 1, sent: 0 });
    expect(await drain(source)).toEqual([]);
  });

  it('whose outcome was unknown is proven by the message that comes back', async () => {
    const letters = await deadLettersInIndex(1);
    const planned = await plan(letters.map((letter) => letter.id));
    const [item] = await store.ledger.listItems(planned.id, { after: null, limit: 1 });
    const itemId = item?.id ?? '';
    await store.ledger.intend([{ itemId, watermark: null }], Date.now());
    const reason = { code: 'timed_out' as const, message: 'No answer came.' };
    await store.ledger.recordItems([{ itemId, state: 'unknown', reason }], Date.now());
    await comeBack(planned.id, itemId);
    const { account } = await store.ledger.getReplay(planned.id);
    expect(account).toMatchObject({ unknown: 0, returned: 1, sent: 1 });
  });

  it('with a canary pauses itself when the first message comes back, and goes on when the operator says so', async () => {
    const letters = await deadLettersInIndex(4);
    const ids = letters.map((letter) => letter.id);
    const canary = { steps: [1], watchMs: 60_000, badShareMax: 0 };
    const { id } = await confirmed(ids, { canary });
    await vi.waitUntil(async () => (await store.ledger.getReplay(id)).account.settled === 1, { timeout: 20_000 });
    const [first] = await store.ledger.listItems(id, { states: ['settled'], after: null, limit: 1 });
    await comeBack(id, first?.id ?? '');
    const paused = await reached(id, 'paused');
    expect(paused.account).toMatchObject({ settled: 1, planned: 3, returned: 1 });
    expect(paused.error).toMatchObject({ code: 'canary_failed', details: { attempted: 1, bad: 1 } });
    await store.ledger.setReplayState(id, { state: 'queued', at: Date.now() });
    expect((await reached(id, 'watching')).account).toMatchObject({ settled: 4, returned: 1 });
    expect(await drain(source)).toEqual([0, 1, 2, 3]);
  });

  it('with a canary watches its step again after a restart, and judges what came back since the operator said go', async () => {
    const letters = await deadLettersInIndex(3);
    const canary = { steps: [1], watchMs: 60_000, badShareMax: 0 };
    const { id } = await confirmed(
      letters.map((letter) => letter.id),
      { canary },
    );
    await vi.waitUntil(async () => (await store.ledger.getReplay(id)).account.settled === 1, { timeout: 20_000 });
    await engine.stop();
    const [first] = await store.ledger.listItems(id, { states: ['settled'], after: null, limit: 1 });
    const back = { replayId: id, itemId: first?.id ?? '', messageId: 'came-back', at: Date.now(), sameError: true };
    await store.ledger.recordReturns([back]);
    engine = start();
    expect((await reached(id, 'paused')).account).toMatchObject({ settled: 1, planned: 2, returned: 1 });
    expect(await drain(source)).toEqual([0]);
  });

  it('whose last message fails is watched like any other: nothing is left that a pause could hold back', async () => {
    const letters = await deadLettersInIndex(1);
    const canary = { steps: [1], watchMs: 1_000, badShareMax: 0 };
    const { id } = await confirmed(
      letters.map((letter) => letter.id),
      { canary },
    );
    await drain(deadLetters);
    expect((await reached(id, 'watching', 'paused')).state).toBe('watching');
  });

  it('that is stopped amid its queues writes down what each of them was sending', async () => {
    const other = await createQueue(`slow-${randomUUID()}-dlq`, {});
    const arn = await foreign.send(new GetQueueAttributesCommand({ QueueUrl: other, AttributeNames: ['QueueArn'] }));
    await createQueue(nameOf(other).replace(/-dlq$/, ''), {
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn.Attributes?.['QueueArn'], maxReceiveCount: 3 }),
    });
    await engine.stop();
    for (let number = 0; number < 30; number += 1)
      await foreign.send(new SendMessageCommand({ QueueUrl: other, MessageBody: `{"number":${100 + number}}` }));
    engine = start();
    const letters = await deadLettersInIndex(30);
    const otherId = `sqs/${nameOf(other)}`;
    await askEngine({ store, clock: systemClock }, { kind: 'sync', queueId: otherId, insist: false }, 'test', 20_000);
    const both: Filter = {
      kind: 'or',
      terms: [letters[0]?.queueId ?? '', otherId].map((pattern) => ({ kind: 'queue', pattern })),
    };
    const range = { from: null, to: null };
    const frozen = { kind: 'filter' as const, filter: both, range, asOf: Date.now(), excluded: [], text: 'both' };
    const planned = await planOf(frozen, { ratePerSecond: 20 });
    await store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
    await vi.waitUntil(async () => (await store.ledger.getReplay(planned.id)).account.settled >= 4, {
      timeout: 20_000,
    });
    await engine.stop();
    const { account } = await store.ledger.getReplay(planned.id);
    expect(account).toMatchObject({ total: 60, intended: 0, unknown: 0, failed: 0 });
    engine = start();
    expect((await reached(planned.id, 'watching')).account).toMatchObject({ settled: 60 });
  }, 60_000);

  it('with a canary sends the rest when each step stayed gone', async () => {
    const letters = await deadLettersInIndex(5);
    const canary = { steps: [1, 2], watchMs: 1_000, badShareMax: 0 };
    const { id } = await confirmed(
      letters.map((letter) => letter.id),
      { canary },
    );
    expect((await reached(id, 'watching')).account).toMatchObject({ settled: 5, returned: 0 });
    const sentAt = (await store.ledger.listItems(id, { after: null, limit: 5 })).map((item) => item.sentAt ?? 0);
    const [one = 0, two = 0, , four = 0] = sentAt;
    expect(two - one).toBeGreaterThanOrEqual(1_000);
    expect(four - two).toBeGreaterThanOrEqual(1_000);
    expect(await drain(source)).toEqual(upTo(5));
  });

  it('keeps its rate', async () => {
    const letters = await deadLettersInIndex(9);
    const { id } = await confirmed(
      letters.map((letter) => letter.id),
      { ratePerSecond: 10 },
    );
    const done = await reached(id, 'watching');
    const items = await store.ledger.listItems(id, { after: null, limit: 10 });
    const sentAt = items.flatMap((item) => item.sentAt ?? []);
    expect(done.account.settled).toBe(9);
    // Nine at ten a second: the last one is due 800 ms after the first, and not before.
    expect(Math.max(...sentAt) - Math.min(...sentAt)).toBeGreaterThanOrEqual(600);
  });
});
