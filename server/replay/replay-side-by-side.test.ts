import { DeleteQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it, vi } from 'vitest';
import type { Selection } from '#lib/domain/replay.ts';
import { createReplayBench, nameOf, upTo } from '#server/replay/testing/replay-bench.ts';

/** A replay over several queues at once, on a real SQS server in this process: an exact account at any time, and nobody waits for another's trouble. */

const bench = createReplayBench();

/** So many pairs with so many dead letters each, read into the index. */
async function filledPairs(label: string, pairs: number, each: number) {
  // A dead-letter queue that is found before its source has its redrive policy would not say where its messages came from.
  await bench.engine.stop();
  const made = await Promise.all(upTo(pairs).map((pair) => bench.createPair(`${label}-${pair}-${Date.now()}`)));
  for (const { deadLetters } of made) {
    for (const number of upTo(each))
      await bench.foreign.send(new SendMessageCommand({ QueueUrl: deadLetters, MessageBody: `{"number":${number}}` }));
  }
  bench.startEngine();
  for (const { deadLetters } of made) {
    const queueId = queueIdOf(deadLetters);
    await vi.waitUntil(async () => (await bench.store.index.listQueues()).some((queue) => queue.id === queueId), {
      timeout: 60_000,
    });
    const indexed = async () =>
      (await bench.store.index.summariseQueues(Date.now())).find((queue) => queue.queueId === queueId)?.open;
    // The engine reads each queue at its start too, and what one reader holds the other does not see.
    while ((await indexed()) !== each) await bench.sync(queueId);
  }
  return made;
}

const queueIdOf = (deadLetters: string) => `sqs/${nameOf(deadLetters)}`;

/** The server keeps the queues of the tests before. */
const everythingIn = (pairs: readonly { readonly deadLetters: string }[]): Selection => ({
  kind: 'filter',
  filter: {
    kind: 'or',
    terms: pairs.map(({ deadLetters }) => ({ kind: 'queue', pattern: queueIdOf(deadLetters) })),
  },
  range: { from: null, to: null },
  asOf: Date.now(),
  excluded: [],
  text: '',
});

describe('a replay over several queues at once', () => {
  it('paused, resumed and cancelled has an exact account each time, and sends nothing twice', async () => {
    const pairs = await filledPairs('many', 4, 10);
    const planned = await bench.planOf(everythingIn(pairs), { ratePerSecond: 20, rampSeconds: 1, concurrency: 3 });
    expect(planned.plan).toMatchObject({ willSend: 40, refusals: [] });
    const { id } = await bench.store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
    const arrived = async () => (await Promise.all(pairs.map(({ source }) => bench.drain(source)))).flat();
    const atRest = async () => {
      await vi.waitUntil(
        async () => {
          const { account } = await bench.store.ledger.getReplay(id);
          return account.intended + account.sent === 0;
        },
        { timeout: 60_000 },
      );
      return (await bench.store.ledger.getReplay(id)).account;
    };

    await vi.waitUntil(async () => (await bench.store.ledger.getReplay(id)).account.settled >= 5, { timeout: 60_000 });
    await bench.store.ledger.setReplayState(id, { state: 'paused', at: Date.now() });
    const paused = await atRest();
    const first = await arrived();
    expect(paused).toMatchObject({ total: 40, settled: first.length, planned: 40 - first.length });

    await bench.store.ledger.setReplayState(id, { state: 'queued', at: Date.now() });
    await vi.waitUntil(async () => (await bench.store.ledger.getReplay(id)).account.settled >= first.length + 5, {
      timeout: 60_000,
    });
    await bench.store.ledger.setReplayState(id, { state: 'cancelled', at: Date.now() });
    await bench.engine.stop();
    const cancelled = await atRest();
    const second = await arrived();
    const left = (await Promise.all(pairs.map(({ deadLetters }) => bench.drain(deadLetters)))).flat();
    expect(cancelled).toMatchObject({ settled: first.length + second.length, planned: left.length });
    const each = upTo(10).flatMap((number) => pairs.map(() => number));
    expect([...first, ...second, ...left].toSorted((a, b) => a - b)).toEqual(each);
    bench.startEngine();
  });

  it('sends what the other queues hold when one is gone, and says which it was', async () => {
    const [first, gone, last] = await filledPairs('gone', 3, 4);
    if (!first || !gone || !last) throw new Error('Three pairs were made.');
    const planned = await bench.planOf(everythingIn([first, gone, last]), { concurrency: 1 });
    await bench.foreign.send(new DeleteQueueCommand({ QueueUrl: gone.deadLetters }));
    await bench.store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
    // A queue that does not answer is tried again for a quarter of a minute.
    await vi.waitUntil(async () => (await bench.store.ledger.getReplay(planned.id)).state === 'stopped', {
      timeout: 50_000,
    });
    const stopped = await bench.store.ledger.getReplay(planned.id);
    expect(stopped.error?.message).toContain(nameOf(gone.deadLetters));
    expect(stopped.account).toMatchObject({ total: 12, settled: 8, planned: 4 });
    expect(await bench.drain(first.source)).toEqual(upTo(4));
    expect(await bench.drain(last.source)).toEqual(upTo(4));
    expect(await bench.drain(gone.source)).toEqual([]);
  });

  it('tells how many it sent in the last seconds, of itself alone', async () => {
    const planned = await bench.planOf(everythingIn(await filledPairs('pace', 2, 5)));
    expect(planned.plan).toMatchObject({ willSend: 10, refusals: [] });
    const from = Date.now() - 1_000;
    await bench.store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
    await bench.reached(planned.id, 'watching');
    const told = await bench.store.ledger.listOutcomes(planned.id);
    expect(told.reduce((sum, { count }) => sum + count, 0)).toBe(10);
    for (const { at } of told) expect(at).toBeGreaterThan(from - 1_000);
    expect(await bench.store.ledger.listOutcomes('another')).toEqual([]);
  });
});
