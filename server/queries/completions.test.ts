import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { textHeader } from '#lib/domain/message.ts';
import { createMasking, type MaskingSettings } from '#lib/masking/masking.ts';
import { createPayloadReader } from '#server/payload/payload-reader.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { readCompletions } from '#server/queries/completions.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import { aLetter, manyLetters } from '#server/store/testing/letters.ts';
import { addQueue } from '#server/store/testing/reading.ts';

let runtime: Runtime;
let close: () => Promise<void>;

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'redeliver-completions-'));
  const store = openSqliteStore({ folder, role: 'writer' });
  const payloads = createPayloadReader({ registries: new Map() });
  runtime = { store, payloads, clock: { now: () => 10_000 }, sandbox: null, version: 'test', engineSeenAt: () => null };
  close = async () => {
    await payloads.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const queueId = await addQueue(store, 'orders.dlq');
  await addQueue(store, 'empty.dlq');
  const letters = manyLetters(90, (n) => ({ state: n < 10 ? 'replayed' : 'new' })).map((given, n) => ({
    ...given,
    raw: {
      ...given.raw,
      headers: [textHeader('tenant', n % 3 === 0 ? 'acme' : 'umbrella corp'), textHeader('secret', `s${n}`)],
      body: new TextEncoder().encode(JSON.stringify({ customer: { id: n % 2, 'e mail': `x${n}@example.com` } })),
    },
  }));
  await store.index.ingest({ queueId, letters, scan: 's' });
});
afterAll(() => close());

async function completions(filter: string, from: Runtime = runtime) {
  const { suggestions, ...rest } = await readCompletions(from, { filter });
  return { ...rest, suggestions: suggestions.map(({ text, count }) => [text, count]) };
}

test('a field is completed without counting anything', async () => {
  expect(await completions('sta')).toEqual({
    from: 0,
    to: 3,
    suggestions: [['state:', undefined]],
    countedAmong: null,
  });
});

test('values come with how many of the newest have them, within the rest of the filter', async () => {
  expect(await completions('header.tenant:')).toMatchObject({
    from: 14,
    suggestions: [
      ['"umbrella corp" ', 60],
      ['acme ', 30],
    ],
    countedAmong: 90,
  });
  expect(await completions('state:replayed header.tenant:ac')).toMatchObject({
    suggestions: [['acme ', 4]],
    countedAmong: 10,
  });
  expect(await completions('payload.customer.id:')).toMatchObject({
    suggestions: [
      ['0 ', 45],
      ['1 ', 45],
    ],
  });
});

test('names of headers and paths of payloads are found', async () => {
  expect(await completions('header.ten')).toMatchObject({ from: 7, suggestions: [['tenant:', 90]] });
  expect(await completions('-payload.mail')).toMatchObject({ suggestions: [['customer."e mail":', 90]] });
});

test('queues and states are there also where nothing of them was counted', async () => {
  expect((await completions('queue:')).suggestions).toEqual([
    ['kafka/orders.dlq ', 90],
    ['kafka/empty.dlq ', undefined],
  ]);
  expect((await completions('state:re')).suggestions).toEqual([
    ['replayed ', 10],
    ['returned ', undefined],
  ]);
});

test('a group is offered by its title', async () => {
  const { suggestions } = await readCompletions(runtime, { filter: 'group:answer' });
  expect(suggestions).toMatchObject([{ label: expect.stringContaining('No answer'), count: 90 }]);
});

test('what is masked is not told', async () => {
  const masking = createMasking({ fields: ['customer.id'], headers: ['secret'], patterns: [], keys: false });
  const masked = { ...runtime, masking };
  expect((await completions('header.secret:', masked)).suggestions).toEqual([]);
  expect((await completions('payload.customer.id:', masked)).suggestions).toEqual([]);
  expect((await completions('header.tenant:', masked)).suggestions).toHaveLength(2);
});

test('the rest of a filter that cannot be read counts for nothing', async () => {
  expect(await completions('state:nonsense header.tenant:')).toMatchObject({ countedAmong: 90 });
});

test('what is masked by its place is not told either, nor what stands in it, nor in another spelling', async () => {
  const queueId = await addQueue(runtime.store, 'places.dlq');
  const placed = {
    customer: '{"email":"hush"}',
    people: { 'alice.secret': { age: 7 } },
    ssn: '123456789',
    by: { 'ada@mail.example': 1 },
    plain: 'seen',
  };
  const framed = Buffer.concat([
    Uint8Array.of(0, 0, 0, 0, 9),
    Buffer.from(`{"card":4.111111111111111e15,"framed":"yes","customer":{"email":"hush"}}`),
  ]);
  const table = {
    kind: 'table' as const,
    entries: [textHeader('alice', 'hush'), textHeader('n', '{"customer":{"email":"hush"}}')],
  };
  const letters = [Buffer.from(JSON.stringify(placed)), framed].map((body, n) => {
    const given = aLetter(`p:${n}`);
    const headers = [textHeader('x-ok', 'fine'), { name: 'people-by', value: table }, { name: 'other', value: table }];
    return { ...given, raw: { ...given.raw, body, headers } };
  });
  await runtime.store.index.ingest({ queueId, letters, scan: 'p' });
  const offered = async (term: string, fields: readonly string[], patterns: MaskingSettings['patterns']) => {
    const masking = createMasking({ fields, headers: ['people-*'], patterns, keys: false });
    const { suggestions } = await readCompletions(
      { ...runtime, masking },
      { filter: `queue:kafka/places.dlq ${term}` },
    );
    return suggestions.map(({ text }) => text.trim());
  };
  const fields = ['customer.email', '$.people'];
  const paths = await offered('payload.', fields, ['email', 'card']);
  expect(paths.toSorted()).toEqual(['card:', 'customer.email:', 'customer:', 'framed:', 'people:', 'plain:', 'ssn:']);
  expect(await offered('payload.customer:', fields, [])).toEqual([]);
  expect(await offered('payload.plain:', fields, ['email'])).toEqual(['seen']);
  expect(await offered('payload.card:', [], ['card'])).toEqual([]);
  expect(await offered('payload.card:', [], [])).toEqual(['4111111111111111']);
  const ssn = { name: 'ssn', expression: '"ssn":\\s*"\\d{9}"' };
  expect(await offered('payload.ssn:', [], [ssn])).toEqual([]);
  expect((await offered('payload.', [], [ssn])).join(' ')).not.toContain('ssn');
  expect((await offered('header.', fields, [])).toSorted()).toEqual([
    'other.alice:',
    'other.n:',
    'other:',
    'people-by:',
    'x-ok:',
  ]);
  expect(await offered('header.people-by.alice:', fields, [])).toEqual([]);
  expect(await offered('header.other.n:', fields, [])).toEqual([]);
  expect(await offered('header.x-ok:', fields, ['email'])).toEqual(['fine']);
});
