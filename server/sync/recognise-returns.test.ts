import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import { type Header, textHeader } from '#lib/domain/message.ts';
import { signsOf } from '#lib/replay/returns.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';
import { aLetter, type TestLetter } from '#server/store/testing/letters.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';
import { recogniseReturns } from '#server/sync/recognise-returns.ts';
import { recallStates } from '#server/sync/recall-states.ts';

const queueId = 'kafka/orders.dlq';
const sentAt = 10_000;
const now = 20_000;

let folder: string;
let store: Store;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redeliver-returns-'));
  store = openSqliteStore({ folder, role: 'writer' });
  const capabilities = { browse: 'log', remove: false, order: 'partition', costs: [], description: '' } as const;
  await store.index.saveQueues('kafka', [
    { name: 'orders.dlq', kind: 'kafka', foundBy: 'pattern', origins: [], capabilities },
  ]);
  await store.index.saveQueueStatus(queueId, { syncedAt: 5_000 });
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

const ingest = (...letters: readonly TestLetter[]) => store.index.ingest({ queueId, letters, scan: 's' });

/** These were dead letters, and replay `id` has sent them. */
async function replayed(id: string, ...originals: readonly TestLetter[]): Promise<void> {
  await ingest(...originals);
  const plan = aReplay(id, originals.length);
  const items = originals.map(({ letter }, ordinal) => ({
    ...plan.items[ordinal],
    id: `${id}-${ordinal}`,
    ordinal,
    messageId: letter.id,
    queueId,
    identity: letter.identity,
    position: letter.position,
    lane: letter.lane,
    destination: letter.origin.destination,
    state: 'planned' as const,
    reason: null,
    signs: { ...signsOf(letter), fingerprint: letter.fingerprint },
  }));
  await writePlan(store.ledger, { ...plan, items });
  await store.ledger.confirmReplay(id, `hash of ${id}`, 'ada', sentAt);
  await store.ledger.setReplayState(id, { state: 'sending', at: sentAt });
  await store.ledger.intend(
    items.map((item) => ({ itemId: item.id, watermark: null })),
    sentAt,
  );
  await store.ledger.recordItems(
    items.map((item) => ({ itemId: item.id, state: 'settled' as const })),
    sentAt,
  );
  await store.ledger.setReplayState(id, { state: 'watching', at: sentAt, watchUntil: 900_000 });
}

const again = (identity: string, changes: Partial<Omit<DeadLetter, 'queueId'>> = {}) =>
  aLetter(identity, { at: sentAt + 1_000, ...changes });

const recognise = (...fresh: readonly TestLetter[]) => recogniseReturns(store, queueId, fresh, now);

const itemsOf = (id: string) => store.ledger.listItems(id, { after: null, limit: 100 });

describe('a return with the headers of its replay', () => {
  const failure = [textHeader('dlq-error', 'TimeoutError: No answer after 30 s'), textHeader('dlq-timestamp', '1000')];
  const of = (letter: TestLetter, ...headers: readonly Header[]) => ({ ...letter, raw: { ...letter.raw, headers } });
  const conventions = [{ name: 'dlq-* headers', fields: ['error class', 'error message'] }];
  const marked = { replay: { replayId: 'r', itemId: 'r-0', count: 1 }, conventions };

  test('has the same error where somebody wrote it anew, and is not compared where only the kept headers tell one', async () => {
    await replayed('r', of(aLetter('0:1', { conventions }), ...failure));
    await recognise(of(again('0:9', marked), ...failure));
    expect(await itemsOf('r')).toMatchObject([{ returned: { by: 'headers', sameError: null } }]);
    await replayed('s', of(aLetter('0:2', { conventions }), ...failure));
    const anew = { ...marked, replay: { replayId: 's', itemId: 's-0', count: 1 } };
    await recognise(of(again('0:10', anew), ...failure.slice(0, 1), textHeader('dlq-timestamp', '11000')));
    expect(await itemsOf('s')).toMatchObject([{ returned: { by: 'headers', sameError: true } }]);
  });
});

describe('a return without headers', () => {
  test('is recognised by its event id, and says by what', async () => {
    const original = aLetter('0:1', { eventId: 'evt-1', preview: '{"try":1}' });
    await replayed('r', original);
    const fresh = again('0:9', { eventId: 'evt-1', preview: '{"try":2}' });
    expect(await recognise(fresh)).toMatchObject([{ state: 'returned', lastReplayId: 'r', returns: 1 }]);
    expect(await itemsOf('r')).toMatchObject([
      { returned: { messageId: fresh.letter.id, at: now, by: 'event-id', sameError: true, count: 1 } },
    ]);
    expect(await store.index.getMessages([original.letter.id])).toMatchObject([{ returns: 1 }]);
  });

  test('is recognised by key and payload where there is no event id, each of equal ones once', async () => {
    await replayed('r', aLetter('0:1'), aLetter('0:2'));
    const fresh = [again('0:8'), again('0:9'), again('0:10')];
    const states = (await recognise(...fresh)).map((letter) => letter.state);
    expect(states).toEqual(['returned', 'returned', 'new']);
    expect((await itemsOf('r')).map((item) => [item.returned?.messageId, item.returned?.by])).toEqual([
      [fresh[0]?.letter.id, 'content'],
      [fresh[1]?.letter.id, 'content'],
    ]);
  });

  test('is told apart by all of its bytes, not only by how it begins', async () => {
    const long = (end: string) => new TextEncoder().encode(`${'x'.repeat(400)}${end}`);
    const preview = 'x'.repeat(300);
    const original = aLetter('0:1', { preview });
    const sent = { ...original, raw: { ...original.raw, body: long('a') } };
    await replayed('r', sent);
    const other = again('0:8', { preview });
    expect(await recognise({ ...other, raw: { ...other.raw, body: long('b') } })).toMatchObject([{ state: 'new' }]);
    expect(await recognise({ ...other, raw: { ...other.raw, body: long('a') } })).toMatchObject([
      { state: 'returned' },
    ]);
  });

  test('is none where the message was never replayed, was there before, or died before the send', async () => {
    const twin = aLetter('0:2', { eventId: 'evt-1' });
    await ingest(twin);
    await replayed('r', aLetter('0:1', { eventId: 'evt-1' }));
    expect(await recognise(twin)).toMatchObject([{ state: 'new' }]);
    expect(await recognise(again('0:3', { eventId: 'evt-1', at: sentAt - 5_000 }))).toMatchObject([{ state: 'new' }]);
    expect(await recognise(again('0:4', { eventId: 'evt-2', preview: 'another' }))).toMatchObject([{ state: 'new' }]);
    expect(await recognise(again('0:5', { eventId: 'evt-1', keyDigest: 'another key' }))).toMatchObject([
      { state: 'new' },
    ]);
    expect(await itemsOf('r')).toMatchObject([{ returned: null }]);
  });

  test('is not looked for once its replay has settled, nor in a queue that is read for the first time', async () => {
    await replayed('r', aLetter('0:1', { eventId: 'evt-1' }));
    await store.ledger.setReplayState('r', { state: 'settled', at: now });
    expect(await recognise(again('0:9', { eventId: 'evt-1' }))).toMatchObject([{ state: 'new' }]);
  });

  test('is known again when the index was rebuilt, or lost its last moments', async () => {
    await replayed('r', aLetter('0:1', { eventId: 'evt-1' }));
    const fresh = again('0:9', { eventId: 'evt-1' });
    await recognise(fresh);
    const capabilities = { browse: 'log', remove: false, order: 'partition', costs: [], description: '' } as const;
    const recalled = await recallStates(store, { capabilities }, await recognise(fresh));
    expect(recalled).toMatchObject([{ state: 'returned', lastReplayId: 'r', returns: 1 }]);
  });
});

describe('the error of a return', () => {
  const marks = { replayId: 'r', itemId: 'r-0', count: 1 };
  const other = { errorClass: 'ParseError', errorMessage: 'Odd', stackTrace: null, reason: null, attempts: 1 };
  const sameError = async () => (await itemsOf('r')).map((item) => item.returned?.sameError);

  test('is compared also when the original is gone from the index', async () => {
    const original = aLetter('0:1');
    await replayed('r', original);
    await store.close();
    await rm(join(folder, 'index.db'));
    store = openSqliteStore({ folder, role: 'writer' });
    await recognise(again('0:9', { replay: marks }));
    expect(await sameError()).toEqual([true]);
  });

  test('is different where the ledger remembers another', async () => {
    await replayed('r', aLetter('0:1'));
    await store.close();
    await rm(join(folder, 'index.db'));
    store = openSqliteStore({ folder, role: 'writer' });
    await recognise(again('0:9', { replay: marks, failure: other }));
    expect(await sameError()).toEqual([false]);
  });

  test('is not compared where nobody remembers', async () => {
    const plan = aReplay('r', 1);
    await writePlan(store.ledger, plan);
    await recognise(again('0:9', { replay: marks }));
    expect(await sameError()).toEqual([null]);
  });

  test('is told apart by the attributes that the operator groups by', async () => {
    const untold = { errorClass: null, errorMessage: null, stackTrace: null, reason: 'redrive', attempts: null };
    const withCode = (letter: TestLetter, code: string): TestLetter => ({
      ...letter,
      raw: { ...letter.raw, headers: [textHeader('errorCode', code, 'String')] },
    });
    const original = withCode(aLetter('0:1', { failure: untold, fingerprint: 'by another version' }), 'E1');
    await replayed('r', original);
    const fresh = withCode(again('0:9', { replay: marks, failure: untold }), 'E2');
    await recogniseReturns(store, queueId, [fresh], now, { groupedBy: ['errorCode'] });
    expect(await sameError()).toEqual([false]);
  });
});
