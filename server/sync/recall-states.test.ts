import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ItemState } from '#lib/domain/replay.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';
import { aLetter } from '#server/store/testing/letters.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';
import { recallStates } from '#server/sync/recall-states.ts';

let folder: string;
let store: Store;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redeliver-recall-'));
  store = openSqliteStore({ folder, role: 'writer' });
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

const queueThat = (remove: boolean) => ({
  capabilities: { browse: 'log' as const, remove, order: 'queue' as const, costs: [], description: '' },
});

/** A replay whose only item has come so far. */
async function aReplayOf(messageId: string, id: string, state: Exclude<ItemState, 'planned'>): Promise<void> {
  const plan = aReplay(id, 1);
  await writePlan(store.ledger, { ...plan, items: plan.items.map((item) => ({ ...item, messageId })) });
  await store.ledger.confirmReplay(id, `hash of ${id}`, 'ada', 2_000);
  const itemId = `${id}-0`;
  if (state === 'skipped') return await store.ledger.recordItems([{ itemId, state }], 3_000);
  await store.ledger.intend([{ itemId, watermark: null }], 3_000);
  if (state === 'intended') return;
  await store.ledger.recordItems([{ itemId, state: state === 'settled' ? 'sent' : state }], 4_000);
  if (state === 'settled') await store.ledger.recordItems([{ itemId, state }], 5_000);
}

const fresh = () => [aLetter('0:1').letter, aLetter('0:2').letter];
const touched = aLetter('0:1').letter.id;

test.each([
  ['settled', 'replayed', 5_000],
  ['sent', 'replayed', 4_000],
  ['failed', 'failed', 3_000],
  ['unknown', 'unknown', 3_000],
  ['intended', 'unknown', 3_000],
] as const)('what the ledger calls %s is %s on a log when the index meets it anew', async (item, state, stateAt) => {
  await aReplayOf(touched, 'first', item);
  expect(await recallStates(store, queueThat(false), fresh())).toEqual([
    { ...fresh()[0], state, stateAt, lastReplayId: 'first' },
    fresh()[1],
  ]);
});

test('what a replay has passed over is as new as before', async () => {
  await aReplayOf(touched, 'first', 'skipped');
  expect(await recallStates(store, queueThat(false), fresh())).toEqual(fresh());
});

test('what was removed from its queue and is met there all the same can be replayed', async () => {
  await aReplayOf(touched, 'first', 'settled');
  expect(await recallStates(store, queueThat(true), fresh())).toEqual(fresh());
});

test('of several replays the last one counts', async () => {
  await aReplayOf(touched, 'first', 'failed');
  await aReplayOf(touched, 'second', 'sent');
  const [letter] = await recallStates(store, queueThat(true), fresh());
  expect(letter).toMatchObject({ state: 'replayed', lastReplayId: 'second' });
});
