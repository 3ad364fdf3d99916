import { expect, it, onTestFinished } from 'vitest';
import { AppError } from '#lib/domain/errors.ts';
import { systemClock } from '#server/clock.ts';
import { createMessageEditor } from '#server/payload/message-editor.ts';
import { runReplay } from '#server/replay/run-replay.ts';
import { kafkaBatches } from '#server/replay/testing/kafka-batches.ts';
import { createTrailing } from '#server/replay/trailing.ts';
import { createQueueGate } from '#server/sync/queue-gate.ts';

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

it.each([
  { code: 'interrupted', state: 'watching' },
  { code: 'internal', state: 'stopped' },
] as const)('what trails the last pass and fails as $code: the replay is then $state', async ({ code, state }) => {
  const { driver, store, replayId } = await kafkaBatches(4, {});
  let fails = 1;
  const setStates: typeof store.index.setStates = (changes) =>
    fails-- > 0 ? Promise.reject(new AppError(code, 'Not this time.')) : store.index.setStates(changes);
  const editor = createMessageEditor({ registries: new Map() });
  onTestFinished(() => editor.close());
  const dependencies = {
    store: { ...store, index: { ...store.index, setStates } },
    driverOf: () => driver,
    clock: systemClock,
    gate: createQueueGate(),
    publishTimeoutMs: 30_000,
    watchMs: 600_000,
    editor,
  };
  await runReplay(dependencies, replayId, new AbortController().signal);
  expect(await store.ledger.getReplay(replayId)).toMatchObject({
    state,
    account: { total: 4, settled: 4, failed: 0, unknown: 0 },
  });
});
