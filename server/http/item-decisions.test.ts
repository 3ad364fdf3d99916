import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#lib/domain/errors.ts';
import { decideUnknown } from '#server/http/item-decisions.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import { manyLetters } from '#server/store/testing/letters.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';
import { addQueue, ids } from '#server/store/testing/reading.ts';
import type { Ledger, Store } from '#server/store/store.ts';

/** What a person decides, when the process ends in the midst of it and where another replay knows better. */

const now = Date.UTC(2026, 10, 22, 3, 41);
const caller = { actor: 'ada', from: '127.0.0.1 console' } as const;
const everything = { all: true, outcome: 'not-sent', reason: 'Nobody saw it.' } as const;

let store: Store;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redeliver-decisions-'));
  store = openSqliteStore({ folder, role: 'writer' });
});

afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

/** So many messages, all unknown in the replay `a`; answers their ids. */
async function unknownMessages(count: number): Promise<readonly string[]> {
  const queueId = await addQueue(store, 'orders.dlq');
  const letters = manyLetters(count, () => ({}), 'm');
  await store.index.ingest({ queueId, letters, scan: 's' });
  const messageIds = ids(letters);
  await carriedOut('a', messageIds, 'unknown');
  return messageIds;
}

async function carriedOut(id: string, messageIds: readonly string[], state: 'unknown' | 'settled'): Promise<void> {
  const plan = aReplay(id, messageIds.length);
  const items = plan.items.map((item, n) => ({ ...item, messageId: messageIds[n] ?? '' }));
  await writePlan(store.ledger, { ...plan, items });
  await store.ledger.confirmReplay(id, `hash of ${id}`, 'ada', now);
  await store.ledger.setReplayState(id, { state: 'sending', at: now });
  await store.ledger.intend(
    items.map((item) => ({ itemId: item.id, watermark: null })),
    now,
  );
  await store.ledger.recordItems(
    items.map((item) => ({ itemId: item.id, state })),
    now,
  );
  const shown = state === 'settled' ? ('replayed' as const) : state;
  await store.index.setStates(messageIds.map((messageId) => ({ messageId, state: shown, at: now, replayId: id })));
}

const statesOf = async (messageIds: readonly string[]) =>
  (await store.index.getMessages(messageIds)).map(({ state, lastReplayId }) => [state, lastReplayId]);

/** What `decideUnknown` asks for, with a ledger that does this in the place of its own. */
function runtimeWith(decide: Ledger['decideUnknown'] = store.ledger.decideUnknown): Pick<Runtime, 'store' | 'clock'> {
  const ledger = { ...store.ledger, decideUnknown: decide };
  return { store: { ...store, ledger }, clock: { now: () => now } };
}

describe('what a person decides', () => {
  it('does not change how a message is shown that a newer replay has sent', async () => {
    const messageIds = await unknownMessages(2);
    await carriedOut('b', messageIds.slice(0, 1), 'settled');
    expect(await decideUnknown(runtimeWith(), 'a', everything, caller)).toMatchObject({ decided: 2 });
    expect(await statesOf(messageIds)).toEqual([
      ['replayed', 'b'],
      ['failed', 'a'],
    ]);
  });

  it('is shown before it is written down, so that who dies in between finds it unknown and decides it again', async () => {
    const messageIds = await unknownMessages(1);
    const dies = runtimeWith(() => Promise.reject(new AppError('interrupted', 'The disk is full.')));
    await expect(decideUnknown(dies, 'a', everything, caller)).rejects.toMatchObject({ code: 'interrupted' });
    expect(await statesOf(messageIds)).toEqual([['failed', 'a']]);
    expect((await store.ledger.getReplay('a')).account).toMatchObject({ unknown: 1 });
  });

  it('is in the audit from its beginning on, and with how much was decided when it is broken off', async () => {
    await unknownMessages(1_001);
    const results: string[] = [];
    let pages = 0;
    const dies = runtimeWith(async (...given) => {
      results.push(...(await store.ledger.listAudit({ limit: 9, before: null })).map((entry) => entry.result));
      if (++pages === 2) throw new AppError('interrupted', 'The disk is full.');
      return store.ledger.decideUnknown(...given);
    });
    await expect(decideUnknown(dies, 'a', everything, caller)).rejects.toMatchObject({ code: 'interrupted' });
    expect(results).toEqual(['started', 'started']);
    const [end] = await store.ledger.listAudit({ limit: 1, before: null });
    expect(end).toMatchObject({
      action: 'replay.decide.not-sent',
      result: 'interrupted, 1000 messages',
      reason: 'Nobody saw it.',
    });
  });
});
