import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { usualOptions } from '#lib/domain/replay.ts';
import { systemClock } from '#server/clock.ts';
import { watchCanary, type CanaryStep, type CanaryWatch } from '#server/replay/watch-canary.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';

const signal = new AbortController().signal;
let folder: string;
let store: Store;
let canary: CanaryWatch;

/** Ten messages, of which the first was sent and watched. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'redeliver-canary-'));
  store = openSqliteStore({ folder, role: 'writer' });
  const options = { ...usualOptions, canary: { steps: [1], watchMs: 1, badShareMax: 0 } };
  await writePlan(store.ledger, { ...aReplay('r', 10), options });
  await store.ledger.confirmReplay('r', 'hash of r', 'ada', 1);
  const replay = await store.ledger.setReplayState('r', { state: 'sending', at: 2 });
  canary = watchCanary({ store, clock: systemClock }, replay, async () => true);
  const first = await nextStep();
  expect(first).toMatchObject({ size: 1, watched: true });
  await store.ledger.intend([{ itemId: 'r-0', watermark: null }], 3);
  await store.ledger.recordItems([{ itemId: 'r-0', state: 'settled' }], 4);
  expect(await canary.watch(first, signal)).toBeNull();
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

async function nextStep(): Promise<CanaryStep> {
  const step = await canary.next(100, signal);
  if (step.kind !== 'step') throw step.error;
  return step;
}

const comeBack = () =>
  store.ledger.recordReturns([
    { replayId: 'r', itemId: 'r-0', messageId: 'back', at: 5, sameError: true, by: 'headers' as const, countSaid: 1 },
  ]);

test('what comes back after its watch, and before anything of the rest went, pauses the replay', async () => {
  const rest = await nextStep();
  expect(rest).toMatchObject({ size: 100, watched: false, attempted: 1 });
  await comeBack();
  expect(await canary.mayGoOn()).toBe(false);
  expect(await canary.watch(rest, signal)).toMatchObject({ kind: 'too-bad', error: { code: 'canary_failed' } });
});

test('a step of which nothing went is not waited for', async () => {
  const rest = await nextStep();
  expect(await canary.watch({ ...rest, watched: true }, signal)).toBeNull();
});

test('what an operator has seen when the replay was resumed is not held against it again', async () => {
  await comeBack();
  await store.ledger.setReplayState('r', { state: 'paused', at: 6 });
  await store.ledger.setReplayState('r', { state: 'queued', at: 7 });
  const resumed = await store.ledger.setReplayState('r', { state: 'sending', at: 8 });
  canary = watchCanary({ store, clock: systemClock }, resumed, async () => true);
  expect(await nextStep()).toMatchObject({ size: 100 });
  expect(await canary.mayGoOn()).toBe(true);
});
