import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createProvingAgain } from '#server/replay/prove-again.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';

let folder: string;
let store: Store;
let now = 0;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redeliver-again-'));
  store = openSqliteStore({ folder, role: 'writer' });
  now = 1_000_000;
  await writePlan(store.ledger, aReplay('r', 1));
  await store.ledger.confirmReplay('r', 'hash of r', 'ada', 1);
  await store.ledger.setReplayState('r', { state: 'sending', at: 2 });
  await store.ledger.intend([{ itemId: 'r-0', watermark: null }], 3);
  await store.ledger.recordItems([{ itemId: 'r-0', state: 'unknown' }], 4);
  await store.ledger.setReplayState('r', { state: 'watching', at: 5, watchUntil: 6 });
  await store.ledger.setReplayState('r', { state: 'settled', at: 7 });
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

/** The minutes, from now on, after which it is due when somebody looks every ten seconds. */
async function dueAfterMinutes(minutes: number): Promise<readonly number[]> {
  const again = createProvingAgain({ store, clock: { now: () => now } });
  const begun = now;
  const met: number[] = [];
  for (; now <= begun + minutes * 60_000; now += 10_000)
    for (const { id } of await again.due()) if (id === 'r') met.push((now - begun) / 60_000);
  return met;
}

test('what is unknown is proven again when nothing moves any more, less and less often, and at least once an hour', async () => {
  const due = await dueAfterMinutes(5 * 60);
  expect(due.slice(0, 5)).toEqual([1, 3, 7, 15, 31]);
  const gaps = due.slice(1).map((at, index) => at - (due[index] ?? 0));
  expect(Math.max(...gaps)).toBe(60);
});

test('and no more once it is decided', async () => {
  const decision = { outcome: 'sent', by: 'ada', at: 8, reason: 'Seen.' } as const;
  await store.ledger.decideUnknown('r', ['r-0'], decision);
  expect(await dueAfterMinutes(90)).toEqual([]);
});
