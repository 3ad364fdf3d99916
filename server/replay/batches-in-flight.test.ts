import { expect, it, vi } from 'vitest';
import { AppError } from '#lib/domain/errors.ts';
import { browseAll } from '#server/brokers/testing/driving.ts';
import { systemClock } from '#server/clock.ts';
import { putRight } from '#server/replay/put-right.ts';
import { kafkaBatches } from '#server/replay/testing/kafka-batches.ts';
import { createQueueGate } from '#server/sync/queue-gate.ts';

/** On Kafka the outcomes of a batch are written while the next one is sent: what a crash or trouble between the two leaves, and how it is put right. */

const signal = new AbortController().signal;
const never = new Promise<never>(() => undefined);

it.each([
  {
    label: ' and sent are all proven sent',
    secondLeaves: true,
    sent: 4,
    account: { settled: 4, failed: 0, unknown: 0 },
  },
  {
    label: ', of which the second never left, are told apart',
    secondLeaves: false,
    sent: 2,
    account: { settled: 2, failed: 2, unknown: 0 },
  },
])('two batches that were intended$label', async ({ secondLeaves, sent, account }) => {
  // The process dies with the outcomes of the first batch in its memory: no answer to what it wrote ever comes.
  let batches = 0;
  const replay = await kafkaBatches(6, {
    publish: (publish) => (outgoing, options) => (++batches < 2 || secondLeaves ? publish(outgoing, options) : never),
    recordItems: () => () => never,
    publishTimeoutMs: 500,
  });
  const { driver, store, replayId, topic } = replay;
  await replay.send(0);
  let isThrough = false;
  void replay.send(1).then(() => (isThrough = true));
  await vi.waitFor(async () => expect((await browseAll(driver, topic)).messages).toHaveLength(sent), {
    timeout: 60_000,
  });
  await vi.waitFor(() => expect(batches).toBe(2), { timeout: 30_000 });
  expect(await replay.account()).toMatchObject({ intended: 4, planned: 2 });
  expect(isThrough, 'no third batch before the outcomes of the first are on disk').toBe(false);

  const queues = { store, driverOf: () => driver, clock: systemClock, gate: createQueueGate(), publishTimeoutMs: 500 };
  await putRight(queues, await store.ledger.getReplay(replayId), signal);
  expect(await replay.account()).toMatchObject({ ...account, intended: 0, planned: 2 });
  expect((await browseAll(driver, topic)).messages).toHaveLength(sent);
});

it('a batch that fails at once, while the outcomes of the one before are still being written, is written down once', async () => {
  const secondIsWritten = Promise.withResolvers<void>();
  let [batches, records] = [0, 0];
  const replay = await kafkaBatches(4, {
    publish: (publish) => (outgoing, options) => {
      batches += 1;
      if (batches === 1) return publish(outgoing, options);
      return Promise.reject(new AppError('unreachable', 'Nobody is there any more.'));
    },
    recordItems: (ledger) => async (changes, at) => {
      records += 1;
      if (records === 1) await secondIsWritten.promise;
      else secondIsWritten.resolve();
      return ledger.recordItems(changes, at);
    },
  });
  await replay.send(0);
  expect((await replay.send(1)).trouble).toMatchObject({ code: 'unreachable' });
  await replay.drained();
  expect(await replay.account()).toMatchObject({ settled: 2, failed: 2, intended: 0, sent: 0, unknown: 0 });
});

it('what failed is in the account before anybody asks whether the next batch may go: a canary judges by it', async () => {
  const replay = await kafkaBatches(4, {
    publish: (publish) => async (outgoing, options) => {
      const [first, ...others] = outgoing;
      const error = { code: 'rejected', message: 'The topic does not take it.' } as const;
      const refused = first ? [{ kind: 'failed' as const, ref: first.ref, error }] : [];
      return [...refused, ...(await publish(others, options))];
    },
  });
  expect((await replay.send(0)).trouble).toBeNull();
  expect(await replay.account()).toMatchObject({ failed: 1, intended: 0, planned: 2 });
  await replay.drained();
});

it('small batches that come faster than the index shows them are shown together, and none waits for that', async () => {
  const calls: number[] = [];
  const replay = await kafkaBatches(40, {
    // Longer than this test may take: a batch that waited for it would never be through.
    shownWithinMs: 600_000,
    setStates: (index) => (changes) => {
      calls.push(changes.length);
      return index.setStates(changes);
    },
  });
  for (let batch = 0; batch < 20; batch += 1) expect((await replay.send(batch)).trouble).toBeNull();
  const [first] = calls;
  expect(first, 'messages of several batches in one call').toBeGreaterThan(2);
  await replay.drained();
  expect(await replay.account()).toMatchObject({ settled: 40, intended: 0, sent: 0 });
});
