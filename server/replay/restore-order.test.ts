import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RawMessage, textHeader } from '#lib/domain/message.ts';
import { usualOptions } from '#lib/domain/replay.ts';
import { heldBack } from '#server/brokers/backpressure.ts';
import type { BrokerDriver, PublishOutcome } from '#server/brokers/driver.ts';
import { createElasticMqHarness, type SqsHarness } from '#server/brokers/sqs/sqs-harness.ts';
import { systemClock } from '#server/clock.ts';
import { askEngine } from '#server/http/engine-requests.ts';
import { type RealEngine, startRealEngine } from '#server/replay/testing/real-engine.ts';

/** A restore to a FIFO queue on ElasticMQ, behind a broker that asks for fewer messages at first, and then refuses one. */

const textOf = ({ body }: RawMessage) => new TextDecoder().decode(body ?? new Uint8Array());

describe('a restore of FIFO groups', () => {
  let harness: SqsHarness;
  let engine: RealEngine | null = null;

  beforeAll(() => {
    harness = createElasticMqHarness('fifo');
  });

  afterAll(async () => {
    await engine?.close();
    await harness?.close();
  });

  it('waits for a broker that asks for fewer, and keeps what follows an unsent message of its group behind it', async () => {
    const real = harness.connect();
    let throttles = 0;
    const driver: BrokerDriver = {
      ...real,
      async publish(messages, options) {
        throttles += 1;
        const outcomes: PublishOutcome[] = [];
        for (const each of messages) {
          const code = throttles <= 2 ? 'interrupted' : textOf(each.message) === 'a0' ? 'rejected' : null;
          const details = throttles <= 2 ? heldBack : {};
          if (code === null) outcomes.push(...(await real.publish([each], options)));
          else outcomes.push({ kind: 'failed', ref: each.ref, error: { code, message: 'Not now. Ask why.', details } });
        }
        return outcomes;
      },
    };
    const queue = await harness.createQueue('fifo');
    const messages = [
      ['a', 'a0'],
      ['b', 'b0'],
      ['a', 'a1'],
    ].map(([group = '', text = '']) => ({
      key: null,
      body: new TextEncoder().encode(text),
      headers: [],
      properties: [textHeader('MessageGroupId', group)],
    }));
    await harness.put(queue, messages);
    const own = await startRealEngine(harness.connection, driver, [queue.name]);
    engine = own;
    await expect.poll(async () => (await own.read(queue.name)).length, { timeout: 60_000 }).toBe(3);
    const discarded = await own.planAll(queue.name, { action: 'discard' });
    await own.confirm(discarded);
    expect((await own.reached(discarded.id, 'settled')).account).toMatchObject({ settled: 3 });

    // One message at a time, so that the one that is refused and the next of its group are sent by two calls.
    const options = { ...usualOptions, action: 'restore' as const, ratePerSecond: 1 };
    const request = { kind: 'plan-restore' as const, selection: { discardId: discarded.id }, options };
    const { replayId } = await askEngine({ store: own.store, clock: systemClock }, request, 'test', 60_000);
    await own.confirm(await own.store.ledger.getReplay(replayId ?? ''));
    const done = await own.reached(replayId ?? '', 'settled', 'stopped');
    expect(done).toMatchObject({ state: 'settled', account: { failed: 1, skipped: 1, settled: 1 } });
    const items = await own.store.ledger.listItems(done.id, { after: null, limit: 9 });
    expect(items.find(({ state }) => state === 'failed')?.reason).toMatchObject({ code: 'rejected' });
    expect(items.find(({ state }) => state === 'skipped')?.reason?.message).toContain('order is kept');
    expect((await own.read(queue.name)).filter(({ state }) => state === 'new').map(({ preview }) => preview)).toEqual([
      'b0',
    ]);
  });
});
