import { expect, it, onTestFinished, vi } from 'vitest';
import { AppError } from '#lib/domain/errors.ts';
import { type ReplayItem, usualOptions } from '#lib/domain/replay.ts';
import { browseAll } from '#server/brokers/testing/driving.ts';
import { systemClock } from '#server/clock.ts';
import { createMessageEditor } from '#server/payload/message-editor.ts';
import { passOverQueue } from '#server/replay/pass-over-queue.ts';
import { runReplay } from '#server/replay/run-replay.ts';
import { kafkaBatches } from '#server/replay/testing/kafka-batches.ts';
import { createThrottle } from '#server/replay/throttle.ts';
import { createTrailing } from '#server/replay/trailing.ts';
import type { MessageIndex } from '#server/store/store.ts';
import { createQueueGate } from '#server/sync/queue-gate.ts';

const signal = new AbortController().signal;

/** Four messages of a log, planned, and what a replay of them needs; `setStates` is the index's, of which the first call may go wrong. */
async function fourPlanned(first: (write: () => Promise<void>) => Promise<void>) {
  const { driver, store, replayId, topic, account } = await kafkaBatches(4, {});
  const editor = createMessageEditor({ registries: new Map() });
  onTestFinished(() => editor.close());
  let calls = 0;
  const setStates: MessageIndex['setStates'] = (changes) => {
    const write = () => store.index.setStates(changes);
    return ++calls === 1 ? first(write) : write();
  };
  const dependencies = {
    store: { ...store, index: { ...store.index, setStates } },
    driverOf: () => driver,
    clock: systemClock,
    gate: createQueueGate(),
    publishTimeoutMs: 30_000,
    watchMs: 600_000,
    editor,
  };
  return { dependencies, driver, store, replayId, topic, account };
}

it('a pass waits for what the one before it left to be settled, and learns what became of it', async () => {
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const trailing = createTrailing();
  await trailing.follow(first.promise);
  let isThrough = false;
  const behind = trailing.follow(second.promise).finally(() => (isThrough = true));
  await Promise.resolve();
  expect(isThrough).toBe(false);
  first.reject(new Error('The disk is full.'));
  await expect(behind).rejects.toThrow('The disk is full.');
  second.resolve();
  await expect(trailing.ended()).resolves.toBeUndefined();
});

it('the next pass sends beside what trails the one before, and is over only after that', async () => {
  const shown = Promise.withResolvers<void>();
  const { dependencies, driver, store, replayId, topic, account } = await fourPlanned((write) =>
    shown.promise.then(write),
  );
  const replay = await store.ledger.getReplay(replayId);
  const items = await store.ledger.listItems(replayId, { states: ['planned'], after: null, limit: 4 });
  const trailing = createTrailing();
  const pass = (some: readonly ReplayItem[]) => {
    const throttle = createThrottle(usualOptions, systemClock);
    const queuePass = { throttle, mayGoOn: async () => true, brokenLanes: new Set<string>(), trailing };
    const queueId = some[0]?.queueId ?? '';
    return passOverQueue(dependencies, replay, { ...queuePass, queueId, items: some }, signal);
  };
  expect(await pass(items.slice(0, 2))).toEqual({ kind: 'finished' });
  expect(await account()).toMatchObject({ planned: 2, settled: 0 });
  let isOver = false;
  const second = pass(items.slice(2)).finally(() => (isOver = true));
  await vi.waitFor(async () => expect((await browseAll(driver, topic)).messages).toHaveLength(4), { timeout: 60_000 });
  await vi.waitFor(async () => expect(await account()).toMatchObject({ sent: 2, settled: 2 }), { timeout: 60_000 });
  expect(isOver).toBe(false);
  shown.resolve();
  expect(await second).toEqual({ kind: 'finished' });
  await trailing.ended();
  expect(await account()).toMatchObject({ planned: 0, intended: 0, sent: 0, settled: 4 });
});

it.each([
  { code: 'interrupted', state: 'watching' },
  { code: 'internal', state: 'stopped' },
] as const)('what trails the last pass and fails as $code: the replay is then $state', async ({ code, state }) => {
  const fails = () => Promise.reject(new AppError(code, 'Not this time.'));
  const { dependencies, store, replayId } = await fourPlanned(fails);
  await runReplay(dependencies, replayId, signal);
  expect(await store.ledger.getReplay(replayId)).toMatchObject({
    state,
    account: { total: 4, settled: 4, failed: 0, unknown: 0 },
  });
});
