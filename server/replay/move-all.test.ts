import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { queueId } from '#lib/domain/queue.ts';
import { createElasticMqHarness, type SqsHarness } from '#server/brokers/sqs/sqs-harness.ts';
import { systemClock } from '#server/clock.ts';
import { askEngine } from '#server/http/engine-requests.ts';
import { type RealEngine, startRealEngine } from '#server/replay/testing/real-engine.ts';

/** Moving everything on ElasticMQ, beside what a replay has left. */

describe('moving everything', () => {
  let harness: SqsHarness;
  let engine: RealEngine | null = null;

  beforeAll(() => {
    harness = createElasticMqHarness();
  });

  afterAll(async () => {
    await engine?.close();
    await harness?.close();
  });

  it('does not start while a replay is not done with the queue, and says which and what to do', async () => {
    const queue = await harness.createQueue('standard');
    const bodies = ['one', 'two'].map((text) => new TextEncoder().encode(text));
    await harness.put(
      queue,
      bodies.map((body) => ({ key: null, body, headers: [], properties: [] })),
    );
    const own = await startRealEngine(harness.connection, harness.connect(), [queue.name]);
    engine = own;
    await expect.poll(async () => (await own.read(queue.name)).length, { timeout: 60_000 }).toBe(2);
    const { ledger } = own.store;
    const request = {
      kind: 'move-all' as const,
      queueId: queueId(harness.connection, queue.name),
      ratePerSecond: null,
      to: null,
    };
    const ask = (what: 'start' | 'look') =>
      askEngine({ store: own.store, clock: systemClock }, { ...request, what }, 'test', 60_000);

    const planned = await own.planAll(queue.name);
    const [item] = await ledger.listItems(planned.id, { after: null, limit: 1 });
    const itemId = item?.id ?? '';
    // In one turn: the engine meets it paused.
    const confirmed = own.confirm(planned);
    await ledger.setReplayState(planned.id, { state: 'paused', at: Date.now() });
    await confirmed;
    await expect(ask('start')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`replay ${planned.number} is paused and has messages of it in hand`),
    });
    await ledger.intend([{ itemId, watermark: null }], Date.now());
    await ledger.setReplayState(planned.id, { state: 'cancelled', at: Date.now() });
    await vi.waitUntil(async () => (await ledger.getReplay(planned.id)).account.unknown === 1, { timeout: 60_000 });
    await expect(ask('start')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Decide on its page whether they arrived'),
    });
    expect(await harness.counts(queue.name)).toEqual({ visible: 2, inFlight: 0 });

    const decision = { outcome: 'not-sent', by: 'test', at: Date.now(), reason: 'It is not there.' } as const;
    await ledger.decideUnknown(planned.id, [itemId], decision);
    await ask('start');
    expect(await harness.receive(queue.origin, 2)).toHaveLength(2);
  });
});
