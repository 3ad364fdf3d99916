import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '#lib/domain/errors.ts';
import { type RawMessage, textHeader } from '#lib/domain/message.ts';
import type { ReplayOptions } from '#lib/domain/replay.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { createElasticMqHarness, type SqsHarness } from '#server/brokers/sqs/sqs-harness.ts';
import type { TestQueue } from '#server/brokers/testing/harness.ts';
import { lanesLeftBehind } from '#server/replay/left-behind.ts';
import { type RealEngine, startRealEngine } from '#server/replay/testing/real-engine.ts';

/** Groups of a FIFO queue on ElasticMQ, which hands out several messages of a group at once, over replays in several steps: nothing overtakes. */

/** Ten in all: what one receive brings, and what stands behind those of its group is not shown. */
const groups = { a: 5, b: 4, c: 1 } as const;
const all = Object.entries(groups).flatMap(([group, count]) =>
  Array.from({ length: count }, (_, index) => ({ group, text: `${group}${index}` })),
);
/** Put in turns, as groups come in: the queue's own order is not group by group. */
const inTurns = all.toSorted((x, y) => Number(x.text.slice(1)) - Number(y.text.slice(1)));
const textsOf = (group: string) => all.filter((each) => each.group === group).map(({ text }) => text);

const textOf = ({ body }: RawMessage) => new TextDecoder().decode(body ?? new Uint8Array());

describe('a replay of FIFO groups', () => {
  let harness: SqsHarness;
  let engine: RealEngine | null = null;

  beforeAll(() => {
    harness = createElasticMqHarness('fifo');
  });

  afterAll(async () => {
    await engine?.close();
    await harness?.close();
  });

  async function deadLetters(driver: BrokerDriver = harness.connect()): Promise<{ queue: TestQueue; own: RealEngine }> {
    const queue = await harness.createQueue('fifo');
    await harness.put(
      queue,
      inTurns.map(({ group, text }) => ({
        key: null,
        body: new TextEncoder().encode(text),
        headers: [],
        properties: [textHeader('MessageGroupId', group)],
      })),
    );
    await engine?.close();
    const own = await startRealEngine(harness.connection, driver, [queue.name]);
    engine = own;
    // Two reads at once, that of the start and ours, show each other less.
    await expect.poll(async () => (await own.read(queue.name)).length, { timeout: 60_000 }).toBe(all.length);
    return { queue, own };
  }

  async function receivedByGroup({ origin }: TestQueue, count: number): Promise<Record<string, string[]>> {
    const texts = (await harness.receive(origin, count)).map(textOf);
    expect(texts).toHaveLength(count);
    return Object.fromEntries(
      Object.keys(groups).map((group) => [group, texts.filter((text) => text.startsWith(group))]),
    );
  }

  const whole = Object.fromEntries(Object.keys(groups).map((group) => [group, textsOf(group)]));

  it.each<{ how: string; options: Partial<ReplayOptions> }>([
    { how: 'all at once', options: {} },
    {
      how: 'in steps that end within a group',
      options: { canary: { steps: [1, 2, 3], watchMs: 1_000, badShareMax: 0 } },
    },
    { how: 'at a rate, message by message', options: { ratePerSecond: 8 } },
  ])('keeps the order of each, $how', async ({ options }) => {
    const { queue, own } = await deadLetters();
    const done = await own.replayAll(queue.name, options);
    expect(done.account).toMatchObject({ total: all.length, settled: all.length });
    const items = await own.store.ledger.listItems(done.id, { after: null, limit: 100 });
    for (const ofLane of Map.groupBy(items, ({ lane }) => lane).values()) {
      const sentAt = ofLane.map((item) => item.sentAt ?? Number.NaN);
      expect(sentAt).toEqual(sentAt.toSorted((x, y) => x - y));
    }
    expect(await receivedByGroup(queue, all.length)).toEqual(whole);
    expect(await harness.counts(queue.name)).toEqual({ visible: 0, inFlight: 0 });
  });

  it('leaves what follows a message that was not sent behind it, over the steps that come, and sends other groups', async () => {
    const real = harness.connect();
    let isRefusing = true;
    // A broker that takes everything but one message.
    const driver: BrokerDriver = {
      ...real,
      async publish(messages, options) {
        const isRefused = (message: RawMessage) => isRefusing && textOf(message) === 'a2';
        const taken = messages.filter(({ message }) => !isRefused(message));
        const sent = taken.length === 0 ? [] : await real.publish(taken, options);
        const outcomes = new Map(sent.map((outcome) => [outcome.ref, outcome]));
        const error = { code: 'rejected', message: 'The queue does not want it. Ask why.' } as const;
        return messages.map(({ ref }) => outcomes.get(ref) ?? { kind: 'failed', ref, error });
      },
    };
    const { queue, own } = await deadLetters(driver);
    const options = { canary: { steps: [1, 1, 1], watchMs: 1_000, badShareMax: 1 } };
    const first = await own.replayAll(queue.name, options);
    const stays = textsOf('a').slice(2);
    expect(first.account).toMatchObject({ failed: 1, skipped: stays.length - 1, settled: all.length - stays.length });
    expect(await receivedByGroup(queue, all.length - stays.length)).toEqual({ ...whole, a: ['a0', 'a1'] });

    // What a restart would know.
    const [failed] = await own.store.ledger.listItems(first.id, { states: ['failed'], after: null, limit: 1 });
    expect((await lanesLeftBehind(own.store, first))(failed?.queueId ?? '')).toEqual(new Set([failed?.lane]));

    isRefusing = false;
    const left = (await own.read(queue.name)).filter(({ state }) => state !== 'replayed');
    expect(left).toHaveLength(stays.length);
    const second = await own.plan({ kind: 'messages', messageIds: left.map(({ id }) => id).toReversed() }, options);
    await own.confirm(second);
    expect((await own.reached(second.id, 'settled')).account).toMatchObject({ settled: stays.length });
    expect(await receivedByGroup(queue, stays.length)).toEqual({ a: stays, b: [], c: [] });
  });

  it('ends where what it cannot meet stands behind a message of its group that was not sent', async () => {
    const real = harness.connect();
    const isHidden = (message: RawMessage) => ['a3', 'a4'].includes(textOf(message));
    const driver: BrokerDriver = {
      ...real,
      // As a queue with more messages of the group than SQS shows.
      async *hold(...holding) {
        let hides = false;
        for await (const batch of real.hold(...holding)) {
          hides ||= batch.messages.some(isHidden);
          yield { ...batch, messages: batch.messages.filter((message) => !isHidden(message)) };
        }
        if (hides) throw new AppError('unsupported', 'They stand behind others. Remove those first.');
      },
      async publish(messages, options) {
        const [refused] = messages.filter(({ message }) => textOf(message) === 'a2');
        const sent = await real.publish(
          messages.filter((each) => each !== refused),
          options,
        );
        const error = { code: 'rejected', message: 'The queue does not want it. Ask why.' } as const;
        return refused === undefined ? sent : [...sent, { kind: 'failed', ref: refused.ref, error }];
      },
    };
    const { queue, own } = await deadLetters(driver);
    const done = await own.replayAll(queue.name);
    expect(done).toMatchObject({ state: 'settled', account: { failed: 1, skipped: 2, settled: all.length - 3 } });
  });

  it('leaves what follows a message that could no longer be edited behind it, also after a restart', async () => {
    const real = harness.connect();
    const bodyOf = (number: number) => ({ number, may: true });
    const driver: BrokerDriver = {
      ...real,
      // Its content is not what the plan had seen.
      async *hold(...holding) {
        for await (const batch of real.hold(...holding)) {
          const messages = batch.messages.map((message) =>
            textOf(message) === JSON.stringify(bodyOf(1))
              ? { ...message, body: new TextEncoder().encode('{}') }
              : message,
          );
          yield { ...batch, messages };
        }
      },
    };
    const queue = await harness.createQueue('fifo');
    const properties = [textHeader('MessageGroupId', 'a')];
    await harness.put(
      queue,
      [0, 1, 2].map((number) => ({
        key: null,
        body: new TextEncoder().encode(JSON.stringify(bodyOf(number))),
        headers: [],
        properties,
      })),
    );
    await engine?.close();
    const own = await startRealEngine(harness.connection, driver, [queue.name]);
    engine = own;
    await expect.poll(async () => (await own.read(queue.name)).length, { timeout: 60_000 }).toBe(3);
    const operations = JSON.stringify([{ op: 'replace', path: '/may', value: false }]);
    const done = await own.replayAll(queue.name, { edit: { body: { kind: 'patch', operations }, headers: [] } });
    expect(done.account).toMatchObject({ settled: 1, skipped: 2 });
    const items = await own.store.ledger.listItems(done.id, { after: null, limit: 10 });
    expect(items.map(({ reason }) => reason?.message ?? '')).toEqual([
      '',
      expect.stringContaining('could not be edited'),
      expect.stringContaining('An earlier message of its group'),
    ]);
    expect((await lanesLeftBehind(own.store, done))(items[0]?.queueId ?? '')).toEqual(new Set([items[0]?.lane]));
  });
});
