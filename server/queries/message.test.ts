import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { messagesQuery } from '#lib/api/messages.ts';
import { createMasking } from '#lib/masking/masking.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { createPayloadReader } from '#server/payload/payload-reader.ts';
import { readMessage } from '#server/queries/message.ts';
import { readMessages } from '#server/queries/messages.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';
import { aLetter } from '#server/store/testing/letters.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';
import { addQueue } from '#server/store/testing/reading.ts';

const replay = { replayId: 'r', itemId: 'r-0' };
/** As the engine leaves what it sent, and what it saw come back. */
const touched = { lastReplayId: 'r' };
const [unsure, original] = [
  aLetter('0:0', { ...touched, traceId: 'a/b?c&$d' }),
  aLetter('0:1', { ...touched, traceId: '..' }),
];
const carried = { ...replay, count: 1 };
const [first, second] = [
  aLetter('0:8', { ...touched, replay: carried, at: 8 }),
  aLetter('0:9', { replay: carried, at: 9 }),
];

let store: Store;
let runtime: Runtime;
let close: () => Promise<void>;

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'redeliver-message-'));
  store = openSqliteStore({ folder, role: 'writer' });
  const payloads = createPayloadReader({ registries: new Map() });
  runtime = { store, payloads, clock: { now: () => 10_000 }, sandbox: null, version: 'test', engineSeenAt: () => null };
  close = async () => {
    await payloads.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const queueId = await addQueue(store, 'orders.dlq');
  await store.index.ingest({ queueId, letters: [unsure, original, first, second], scan: 's' });
  const plan = aReplay('r', 3);
  const messageIds = [original.letter.id, unsure.letter.id, 'not touched'];
  const items = plan.items.map((item, n) => ({ ...item, messageId: messageIds[n] ?? item.messageId }));
  await writePlan(store.ledger, { ...plan, items });
  await store.ledger.confirmReplay('r', 'hash of r', 'ada', 1_500);
  await store.ledger.intend(
    ['r-0', 'r-1'].map((itemId) => ({ itemId, watermark: null })),
    5_000,
  );
  await store.ledger.recordItems([{ itemId: 'r-0', state: 'sent' }], 5_001);
  await store.ledger.recordItems(
    [{ itemId: 'r-1', state: 'unknown', reason: { code: 'timed_out', message: 'No answer.' } }],
    5_001,
  );
  await store.ledger.recordReturns([
    { ...replay, messageId: first.letter.id, at: 8, sameError: true, by: 'headers' as const, countSaid: 1 },
  ]);
});
afterAll(() => close());

const historyOf = async (id: string) => (await readMessage(runtime, id)).history;

test('a message that may have been sent shows the replay that may have sent it', async () => {
  expect(await historyOf(unsure.letter.id)).toContainEqual({
    kind: 'replayed',
    at: 5_000,
    editedIn: null,
    traceHref: null,
    replayId: 'r',
    by: 'ada',
    outcome: 'unknown',
  });
});

test('of two messages that came back only the one that was compared is called the same or different', async () => {
  const returnOf = async (id: string) => (await historyOf(id)).find((event) => event.kind === 'return-of');
  expect(await returnOf(first.letter.id)).toMatchObject({ messageId: original.letter.id, sameError: true });
  expect(await returnOf(second.letter.id)).toMatchObject({ messageId: original.letter.id, sameError: null });
});

test('a trace id leads to the tracing system and stays in its place of the address', async () => {
  const hrefOf = async (id: string, traceTemplate: string | null) =>
    (await readMessage(traceTemplate === null ? runtime : { ...runtime, traceTemplate }, id)).traceHref;
  const template = 'https://tracing.internal/trace/{traceId}?of={traceId}';
  expect(await hrefOf(unsure.letter.id, template)).toBe(
    'https://tracing.internal/trace/a%2Fb%3Fc%26%24d?of=a%2Fb%3Fc%26%24d',
  );
  expect(await hrefOf(unsure.letter.id, null)).toBeNull();
  expect(await hrefOf(original.letter.id, template)).toBeNull();
  expect(await hrefOf(first.letter.id, template)).toBeNull();
});

test('a masked trace id leads nowhere', async () => {
  const masking = createMasking({ fields: [], headers: [], patterns: [{ name: 'c', expression: 'c&' }], keys: false });
  const masked = { ...runtime, masking, traceTemplate: 'https://tracing.internal/trace/{traceId}' };
  const { traceId, traceHref } = await readMessage(masked, unsure.letter.id);
  expect(traceId).toContain('•••');
  expect(traceHref).toBeNull();
});

test('a list names of each message what it came back as, or was', async () => {
  const { messages } = await readMessages(runtime, messagesQuery.parse({}));
  const rowOf = (id: string) => messages.find((row) => row.id === id);
  const tie = { replayId: 'r', replayNumber: 1 };
  expect(rowOf(original.letter.id)?.cameBackAs).toEqual({ ...tie, messageId: first.letter.id });
  expect(rowOf(original.letter.id)?.returnOf).toBeNull();
  expect(rowOf(first.letter.id)).toMatchObject({
    cameBackAs: null,
    returnOf: { ...tie, messageId: original.letter.id },
  });
  expect(rowOf(unsure.letter.id)).toMatchObject({ cameBackAs: null, returnOf: null });
});
