import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parse } from 'csv-parse/sync';
import { fc } from '#lib/testing/properties.ts';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { GET as getExport } from '#app/api/v1/exports/route.ts';
import { problem } from '#lib/api/common.ts';
import { messageRow } from '#lib/api/messages.ts';
import { csvRow } from '#lib/csv/csv-row.ts';
import { createPayloadReader, type PayloadReader } from '#server/payload/payload-reader.ts';
import { provideRuntime } from '#server/http/runtime.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import { textHeader } from '#lib/domain/message.ts';
import { aLetter, manyLetters } from '#server/store/testing/letters.ts';
import { addQueue } from '#server/store/testing/reading.ts';
import type { Store } from '#server/store/store.ts';

const now = Date.UTC(2026, 10, 22, 3, 41);
const many = 20_000;
const formula = '=HYPERLINK("http://evil.example","x")\r\n,"y"';

let store: Store;
let payloads: PayloadReader;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redeliver-exports-'));
  store = openSqliteStore({ folder, role: 'writer' });
  payloads = createPayloadReader({ registries: new Map() });
  const clock = { now: () => now };
  provideRuntime({ store, clock, payloads, sandbox: null, version: 'test', engineSeenAt: () => now });
  const few = await addQueue(store, 'few.dlq');
  const letters = [
    aLetter('0:1', { at: now - 3, keyText: formula, failure: failure('@SUM(1)', '\tx') }),
    aLetter('0:2', { at: now - 2, keyText: '-1 — "ü" \u202e', preview: ' +1' }),
    aLetter('0:3', { at: now - 1, keyText: null, preview: '{"a":9007199254740993}' }),
    aLetter('0:4', { at: now - 4, firstSeenAt: now + 1 }),
  ];
  const table = { kind: 'table' as const, entries: [textHeader('reason', 'x'.repeat(20_000))] };
  const withTable = letters.map((given) => ({
    ...given,
    raw: { ...given.raw, headers: given.letter.identity === '0:2' ? [{ name: 'x-death', value: table }] : [] },
  }));
  await store.index.ingest({ queueId: few, letters: withTable, scan: 's' });
  const big = await addQueue(store, 'many.dlq');
  for (let from = 0; from < many; from += 2_000) {
    const batch = manyLetters(
      2_000,
      (n) => ({ at: now - from - n, firstSeenAt: now, preview: 'x'.repeat(200) }),
      `m${from}`,
    );
    await store.index.ingest({ queueId: big, letters: batch, scan: 's' });
  }
});

afterAll(async () => {
  await payloads.close();
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

function failure(errorClass: string, errorMessage: string) {
  return { errorClass, errorMessage, stackTrace: null, reason: null, attempts: 3 };
}

const ask = (query: string) => getExport(new Request(`http://127.0.0.1:3000/api/v1/exports?${query}`));
const results = async () => (await store.ledger.listAudit({ limit: 10, before: null })).map((entry) => entry.result);

describe('an export', () => {
  it('is a file of what there was when it was asked for, newest first', async () => {
    const response = await ask('format=ndjson&filter=queue:few.*');
    expect(response.headers.get('content-disposition')).toBe(
      'attachment; filename="dead-letters-2026-11-22T03-41-00-000Z.ndjson"',
    );
    const lines = (await response.text()).trimEnd().split('\n');
    const rows = lines.map((line) => messageRow.parse(JSON.parse(line)));
    expect(rows.map((row) => row.identity)).toEqual(['0:3', '0:2', '0:1']);
  });

  it('holds bodies and headers when they are asked for, to the letter', async () => {
    const text = await (await ask('format=ndjson&content=true&filter=queue:few.*')).text();
    expect(JSON.parse(text.split('\n')[0] ?? '')).toMatchObject({
      body: { text: '{"a":9007199254740993}' },
      headers: [],
    });
    expect(JSON.parse(text.split('\n')[1] ?? '')).toMatchObject({
      headers: [{ name: 'x-death', text: JSON.stringify({ reason: 'x'.repeat(20_000) }, null, 2) }],
    });
    const refused = problem.parse(await (await ask('format=csv&content=true')).json());
    expect(refused).toMatchObject({ status: 400, details: { field: 'content' } });
  });

  it('as CSV is read by others as it was written, and nothing in it is a formula', async () => {
    const text = await (await ask('format=csv&filter=queue:few.*')).text();
    const rows: Record<string, string>[] = parse(text, { columns: true, record_delimiter: '\r\n' });
    expect(rows.map((row) => row['position'])).toEqual(['0:3', '0:2', '0:1']);
    expect(rows[2]).toMatchObject({ key: `'${formula}`, error_class: "'@SUM(1)", error_message: "'\tx" });
    expect(rows[1]).toMatchObject({ key: '\'-1 — "ü" \u202e', preview: "' +1", at: '2026-11-22T03:40:59.998Z' });
    expect(rows[0]?.['key']).toBe('');
  });

  it('is the same size in memory however long it is', async () => {
    setFlagsFromString('--expose-gc');
    const collect: unknown = runInNewContext('gc');
    if (typeof collect !== 'function') throw new Error('There is no gc.');
    const used = () => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const reader = (await ask('format=csv&filter=queue:many.*')).body?.getReader();
    const before = used();
    let most = 0;
    let lines = 0;
    let bytes = 0;
    for (let chunk = await reader?.read(); chunk && !chunk.done; chunk = await reader?.read()) {
      lines += chunk.value.reduce((sum, byte) => sum + (byte === 0x0a ? 1 : 0), 0);
      bytes += chunk.value.length;
      if (bytes > 1_000_000) {
        most = Math.max(most, used() - before);
        bytes = 0;
      }
    }
    expect(lines).toBe(many + 1);
    expect(most).toBeLessThan(16_000_000);
  });

  it('ends when its client leaves, and is audited with how much was taken', async () => {
    let pages = 0;
    const counted = new Proxy(store.index, {
      get(index, name: keyof Store['index']) {
        if (name === 'listMessages') pages += 1;
        return index[name].bind(index);
      },
    });
    const clock = { now: () => now };
    const runtime = { clock, payloads, sandbox: null, version: 'test', engineSeenAt: () => now };
    provideRuntime({ ...runtime, store: { ...store, index: counted, ledger: store.ledger } });
    const reader = (await ask('format=ndjson&filter=queue:many.*')).body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await vi.waitUntil(async () => (await results())[0]?.startsWith('broken off'), { timeout: 30_000 });
    expect(pages).toBeLessThanOrEqual(3);
    provideRuntime({ ...runtime, store });
    await (await ask('format=csv&filter=queue:few.*')).text();
    expect((await results()).slice(0, 2)).toEqual(['done, 3 messages', 'started']);
  });

  it('of a filter that cannot be read is a problem, and no file', async () => {
    expect(problem.parse(await (await ask('format=csv&filter=stat:new')).json())).toMatchObject({ status: 400 });
    expect(problem.parse(await (await ask('format=xml')).json())).toMatchObject({ details: { field: 'format' } });
  });
});

it('a line of CSV comes back as it was, but for the sign that makes a formula a text', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', minLength: 1 }), { minLength: 2, maxLength: 6 }), (values) => {
      const [row]: string[][] = parse(csvRow(values), { record_delimiter: '\r\n' });
      expect(row?.map((value, index) => (value === values[index] ? value : value.slice(1)))).toEqual(values);
      for (const value of row ?? []) expect(value).not.toMatch(/^\s*[=+\-@]/);
    }),
  );
});
