import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queueId } from '#lib/domain/queue.ts';
import { usualOptions } from '#lib/domain/replay.ts';
import { createKafkaDriver } from '#server/brokers/kafka/kafka-driver.ts';
import { createForeignClient, type ForeignClient } from '#server/brokers/kafka/kafka-foreign-client.ts';
import { required } from '#server/brokers/kafka/kafka-harness.ts';
import { systemClock } from '#server/clock.ts';
import { askEngine } from '#server/http/engine-requests.ts';
import { type RealEngine, startRealEngine } from '#server/replay/testing/real-engine.ts';
import { recallStates } from '#server/sync/recall-states.ts';

/** On a log nothing can be removed: being discarded is a state, which outlives the index, and a restore takes it back. */

describe('a discard on Kafka', () => {
  const deadLetters = `discard-${randomUUID()}.dlq`;
  let foreign: ForeignClient;
  let engine: RealEngine;

  beforeAll(async () => {
    const brokers = required('TEST_KAFKA_BROKERS').split(',');
    foreign = await createForeignClient(brokers);
    await foreign.createTopic(deadLetters, 1);
    const body = (number: number) => new TextEncoder().encode(`{"number":${number}}`);
    await foreign.put(
      deadLetters,
      [0, 1, 2].map((number) => ({ key: null, body: body(number), headers: [], properties: [] })),
    );
    const driver = createKafkaDriver({ connection: 'discards', brokers, clock: Date.now });
    engine = await startRealEngine('discards', driver, [deadLetters]);
  });

  afterAll(async () => {
    await engine?.close();
    await foreign?.close();
  });

  it('marks the messages and leaves them where they are; restored, they are open again', async () => {
    const { store } = engine;
    const letters = await engine.read(deadLetters);
    expect(letters).toHaveLength(3);
    const chosen = letters.slice(0, 2).map((letter) => letter.id);
    const states = async () => (await store.index.getMessages(letters.map(({ id }) => id))).map(({ state }) => state);
    /** As an index has it that was made anew. */
    const recalled = async () => {
      const queue = await store.index.getQueue(queueId('discards', deadLetters));
      const fresh = letters.map((letter) => ({ ...letter, state: 'new' as const }));
      return (await recallStates(store, queue, fresh)).map(({ state }) => state);
    };

    const planned = await engine.plan({ kind: 'messages', messageIds: chosen }, { action: 'discard' });
    expect(planned.plan).toMatchObject({
      willSend: 2,
      removes: 'none',
      warnings: [{ code: 'stays-in-log', count: 2 }],
    });
    expect(planned.plan.keptUntil).toBeUndefined();
    await engine.confirm(planned);
    expect((await engine.reached(planned.id, 'settled', 'stopped')).account).toMatchObject({ settled: 2 });
    expect(await states()).toEqual(['discarded', 'discarded', 'new']);
    expect(await recalled()).toEqual(['discarded', 'discarded', 'new']);
    const there = await foreign.receive({ kind: 'kafka', topic: deadLetters, partition: null }, 3);
    expect(there).toHaveLength(3);
    // The archive has no copy of what the topic keeps, and forgets it as little.
    expect(await store.ledger.forgetArchived(Date.now() + 1_000)).toBe(0);

    const options = { ...usualOptions, action: 'restore' as const };
    const request = { kind: 'plan-restore' as const, selection: { messageIds: chosen.slice(0, 1) }, options };
    const { replayId } = await askEngine({ store, clock: systemClock }, request, 'test', 60_000);
    const restore = await store.ledger.getReplay(replayId ?? '');
    expect(restore.plan).toMatchObject({ willSend: 1, destinations: [], warnings: [], dangerous: false });
    await engine.confirm(restore);
    expect((await engine.reached(restore.id, 'settled', 'stopped')).account).toMatchObject({ settled: 1 });
    expect(await states()).toEqual(['new', 'discarded', 'new']);
    expect(await recalled()).toEqual(['new', 'discarded', 'new']);
    expect(await foreign.receive({ kind: 'kafka', topic: deadLetters, partition: null }, 3)).toHaveLength(3);
  });
});
