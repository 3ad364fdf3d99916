import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportsQuery } from '#lib/api/views.ts';
import { messagesQuery } from '#lib/api/messages.ts';
import { createMasking, type MaskingSettings } from '#lib/masking/masking.ts';
import { aDeadLetter } from '#lib/testing/a-dead-letter.ts';
import { systemClock } from '#server/clock.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { createPayloadReader } from '#server/payload/payload-reader.ts';
import { exportMessages } from '#server/queries/exports.ts';
import { readMessage } from '#server/queries/message.ts';
import { readMessages } from '#server/queries/messages.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import { addQueue } from '#server/store/testing/reading.ts';
import { createIngest } from '#server/sync/ingest.ts';

const beginning = 'customer-'.repeat(30);
const binary = (last: number) => Uint8Array.from({ length: 150 }, (_, at) => (at === 149 ? last : 0xfe));
const keys: readonly (string | Uint8Array)[] = [`${beginning}a`, `${beginning}b`, binary(1), binary(2), 'short'];

let runtime: Runtime;
let ids: readonly string[];
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'redeliver-keys-'));
  const store = openSqliteStore({ folder, role: 'writer' });
  const payloads = createPayloadReader({ registries: new Map() });
  runtime = { store, payloads, clock: systemClock, sandbox: null, version: 'test', engineSeenAt: () => null };
  closing.push(async () => {
    await payloads.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const queue = await store.index.getQueue(await addQueue(store, 'orders.dlq'));
  const messages = keys.map((key, n) => ({
    ...aDeadLetter().raw(),
    key: typeof key === 'string' ? new TextEncoder().encode(key) : key,
    identity: String(n),
    position: String(n),
    brokerAt: n,
  }));
  const ingest = createIngest(store, systemClock, queue, { scan: 's' });
  await ingest.add({ messages, cursor: null, progress: { read: 5, of: null, exact: false }, end: null });
  await ingest.finish();
  const { messages: rows } = await readMessages(runtime, messagesQuery.parse({ order: 'oldest' }));
  ids = rows.map(({ id }) => id);
});
afterAll(() => Promise.all(closing.map((close) => close())));

test('keys that begin alike are told apart by what a message names as its key, and shown whole', async () => {
  const found: (readonly string[])[] = [];
  for (const id of ids) {
    const { keyValue } = await readMessage(runtime, id);
    const filter = `key:="${keyValue}"`;
    found.push((await readMessages(runtime, messagesQuery.parse({ filter }))).messages.map((row) => row.id));
  }
  expect(found).toEqual(ids.map((id) => [id]));
  const [first = '', , , , short = ''] = ids;
  expect(await readMessage(runtime, first)).toMatchObject({
    key: beginning.slice(0, 200),
    keyPayload: { raw: `${beginning}a` },
  });
  expect(await readMessage(runtime, short)).toMatchObject({ key: 'short', keyValue: 'short', keyPayload: null });
});

async function exportedKeys(with_: Runtime): Promise<readonly unknown[]> {
  let file = '';
  const query = exportsQuery.parse({ format: 'ndjson', content: 'true' });
  for await (const { text } of exportMessages(with_, query)) file += text;
  const lines = file.trimEnd().split('\n');
  return lines.map((line) => (JSON.parse(line) as { wholeKey: unknown }).wholeKey).toReversed();
}

test('an export with content has the whole key', async () => {
  expect(await exportedKeys(runtime)).toEqual(
    keys.map((key) => (typeof key === 'string' ? { text: key } : { base64: Buffer.from(key).toString('base64') })),
  );
});

test.each<[string, Partial<MaskingSettings>]>([
  ['as a whole', { keys: true }],
  ['by a pattern', { patterns: [{ name: 'customer', expression: 'customer-' }] }],
])('a key that is masked %s is masked there, too', async (_how, settings) => {
  const masking: MaskingSettings = { fields: [], headers: [], patterns: [], keys: false, ...settings };
  const payloads = createPayloadReader({ registries: new Map(), masking });
  closing.push(() => payloads.close());
  const masked = { ...runtime, payloads, masking: createMasking(masking) };
  expect(JSON.stringify((await exportedKeys(masked)).slice(0, 2))).not.toContain('customer-');
  const shown = await readMessage(masked, ids[0] ?? '');
  expect(JSON.stringify([shown.key, shown.keyValue, shown.keyPayload])).not.toContain('customer-');
  // A digest would tell that two masked keys are the same.
  expect(shown.keyValue).toBe(shown.key);
});
