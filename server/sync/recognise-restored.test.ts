import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import { usualOptions } from '#lib/domain/replay.ts';
import { makeRestored } from '#lib/replay/restored.ts';
import { systemClock } from '#server/clock.ts';
import { listMessages } from '#server/queries/listed-messages.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';
import { createIngest } from '#server/sync/ingest.ts';
import { messageId } from '#server/sync/read-letter.ts';

const queueId = 'sqs/orders-dlq';
const capabilities = { browse: 'lease', remove: true, order: 'none', costs: [], description: '' } as const;
const cameAt = Date.UTC(2026, 0, 1);
const restoredAt = cameAt + 3 * 3_600_000;

let folder: string;
let store: Store;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redeliver-restored-'));
  store = openSqliteStore({ folder, role: 'writer' });
  await store.index.saveQueues('sqs', [
    { name: 'orders-dlq', kind: 'sqs', foundBy: 'pattern', origins: [], capabilities },
  ]);
  await store.index.saveQueueStatus(queueId, { syncedAt: cameAt });
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

const aMessage = (identity: string, brokerAt: number): RawDeadLetter => ({
  key: null,
  body: new TextEncoder().encode(`{"order":"${identity}"}`),
  headers: [],
  properties: [],
  identity,
  position: identity,
  lane: '',
  sequence: null,
  brokerAt,
});

async function met(...messages: readonly RawDeadLetter[]): Promise<void> {
  const ingest = createIngest(store, systemClock, await store.index.getQueue(queueId), { scan: 's' });
  await ingest.add({ messages, cursor: null, progress: { read: messages.length, of: null, exact: false }, end: null });
  await ingest.finish();
}

test('a restored message is as old as it was, expires by its new time, and neither arrived nor came back', async () => {
  const original = aMessage('before', cameAt);
  await met(original);
  const plan = aReplay('restore', 1, { options: { ...usualOptions, action: 'restore' } });
  const items = plan.items.map((item) => ({ ...item, messageId: messageId(queueId, 'before'), queueId }));
  await writePlan(store.ledger, { ...plan, items });
  await store.ledger.confirmReplay('restore', 'hash of restore', 'ada', restoredAt);
  await store.ledger.intend([{ itemId: 'restore-0', watermark: null }], restoredAt);
  await store.ledger.recordItems([{ itemId: 'restore-0', state: 'settled' }], restoredAt);
  const { upTo } = await store.index.countArrivals(null);

  const mark = { replayId: 'restore', itemId: 'restore-0' };
  const restored = { ...aMessage('after', restoredAt), ...makeRestored(original, 'sqs', mark) };
  // Whoever copies the mark restores nothing.
  const copied = { ...restored, ...{ identity: 'copied', position: 'copied' } };
  await met(restored, copied);
  const letter = await store.index.getMessage(messageId(queueId, 'after'));
  expect(letter).toMatchObject({ at: cameAt, keptFrom: restoredAt, state: 'new', lastReplayId: 'restore' });
  expect(await store.index.getMessage(messageId(queueId, 'copied'))).toMatchObject({
    at: restoredAt,
    lastReplayId: null,
  });
  expect((await store.index.countArrivals(upTo)).counts).toMatchObject([{ queueId, count: 1 }]);
  expect((await store.ledger.getReplay('restore')).account.returned).toBe(0);

  const before = messageId(queueId, 'before');
  await store.index.setStates([{ messageId: before, state: 'discarded', at: restoredAt, replayId: 'restore' }]);
  const listed = await listMessages({ store, quarantineAfter: 0 }, [await store.index.getMessage(before), letter]);
  expect(listed).toMatchObject([
    { cameBackAs: null, returnOf: null },
    { cameBackAs: null, returnOf: null },
  ]);
});
