import { randomUUID } from 'node:crypto';
import { DeleteQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it, vi } from 'vitest';
import type { Selection } from '#lib/domain/replay.ts';
import type { Filter } from '#lib/filter/filter.ts';
import { nameOf, createReplayBench } from '#server/replay/testing/replay-bench.ts';

/** A replay of a whole filter, over one queue and over several, on a real SQS server in this process. */

const bench = createReplayBench();

describe('a replay', () => {
  it('of a filter sends what matched at its instant, less what was picked out, and nothing that came later', async () => {
    const letters = await bench.deadLettersInIndex(6);
    const asOf = Date.now();
    await vi.waitUntil(() => Date.now() > asOf, { timeout: 30_000 });
    await bench.foreign.send(new SendMessageCommand({ QueueUrl: bench.deadLetters, MessageBody: '{"number":6}' }));
    const queueId = `sqs/${nameOf(bench.deadLetters)}`;
    await bench.sync(queueId);
    const range = { from: null, to: null };
    const planned = await bench.planOf({
      kind: 'filter',
      filter: { kind: 'queue', pattern: queueId },
      range,
      asOf,
      excluded: [letters[2]?.id ?? ''],
      text: `queue:${queueId}`,
    });
    expect(planned).toMatchObject({ plan: { total: 5, willSend: 5, removes: 'all' }, account: { planned: 5 } });
    expect(planned.sentence).toContain(`Replay 5 messages matching queue:${queueId}, less 1 picked out, as of `);
    await bench.store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
    expect((await bench.reached(planned.id, 'watching')).account).toMatchObject({ total: 5, settled: 5 });
    expect(await bench.drain(bench.source)).toEqual([0, 1, 3, 4, 5]);
    await bench.engine.stop();
    expect(await bench.drain(bench.deadLetters)).toEqual([2, 6]);
    bench.startEngine();
  });

  it('goes on with its other queues when one is in trouble, and says what the trouble was', async () => {
    const { deadLetters: other } = await bench.createPair(`other-${randomUUID()}`);
    await bench.engine.stop();
    await bench.foreign.send(new SendMessageCommand({ QueueUrl: other, MessageBody: '{"number":100}' }));
    bench.startEngine();
    const letters = await bench.deadLettersInIndex(3);
    const otherId = `sqs/${nameOf(other)}`;
    await bench.sync(otherId);
    const both: Filter = {
      kind: 'or',
      terms: [letters[0]?.queueId ?? '', otherId].map((pattern) => ({ kind: 'queue', pattern })),
    };
    const range = { from: null, to: null };
    const planned = await bench.planOf({
      kind: 'filter',
      filter: both,
      range,
      asOf: Date.now(),
      excluded: [],
      text: 'both',
    });
    expect(planned.plan).toMatchObject({ total: 4, willSend: 4 });
    await bench.foreign.send(new DeleteQueueCommand({ QueueUrl: other }));
    await bench.store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
    const stopped = await bench.reached(planned.id, 'stopped');
    expect(stopped.account).toMatchObject({ total: 4, settled: 3, planned: 1 });
    expect(stopped.error?.message).toContain(nameOf(other));
    expect(await bench.drain(bench.source)).toEqual([0, 1, 2]);
  });

  it('of a filter that meets nothing is refused, and nothing is planned', async () => {
    const nothing: Selection = {
      kind: 'filter',
      filter: { kind: 'queue', pattern: 'sqs/no-such-queue' },
      range: { from: null, to: null },
      asOf: Date.now(),
      excluded: [],
      text: 'queue:sqs/no-such-queue',
    };
    await expect(bench.planOf(nothing)).rejects.toMatchObject({
      code: 'not_found',
      message: 'No message matches this filter. Nothing was planned.',
    });
  });

  it('that is stopped amid its queues writes down what each of them was sending', async () => {
    const { deadLetters: other } = await bench.createPair(`slow-${randomUUID()}`);
    await bench.engine.stop();
    for (let number = 0; number < 30; number += 1)
      await bench.foreign.send(new SendMessageCommand({ QueueUrl: other, MessageBody: `{"number":${100 + number}}` }));
    bench.startEngine();
    const letters = await bench.deadLettersInIndex(30);
    const otherId = `sqs/${nameOf(other)}`;
    await bench.sync(otherId);
    const both: Filter = {
      kind: 'or',
      terms: [letters[0]?.queueId ?? '', otherId].map((pattern) => ({ kind: 'queue', pattern })),
    };
    const range = { from: null, to: null };
    const frozen = { kind: 'filter' as const, filter: both, range, asOf: Date.now(), excluded: [], text: 'both' };
    const planned = await bench.planOf(frozen, { ratePerSecond: 20 });
    await bench.store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
    await vi.waitUntil(async () => (await bench.store.ledger.getReplay(planned.id)).account.settled >= 4, {
      timeout: 60_000,
    });
    await bench.engine.stop();
    const { account } = await bench.store.ledger.getReplay(planned.id);
    expect(account).toMatchObject({ total: 60, intended: 0, unknown: 0, failed: 0 });
    bench.startEngine();
    expect((await bench.reached(planned.id, 'watching')).account).toMatchObject({ settled: 60 });
  });
});
