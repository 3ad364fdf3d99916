import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from '#lib/filter/parse.ts';
import { aDeadLetter } from '#lib/testing/a-dead-letter.ts';
import { systemClock } from '#server/clock.ts';
import type { BodyDecoder } from '#server/payload/body-decoder.ts';
import { createBodyDecoder } from '#server/payload/create-body-decoder.ts';
import { createLateDecoding } from '#server/payload/decode-late.ts';
import type { SchemaAnswer } from '#server/payload/decoder.ts';
import { foreignPayload } from '#server/payload/testing/foreign-payload.ts';
import { openEngineStore } from '#server/store/sqlite/engine-store.ts';
import { createIngest } from '#server/sync/ingest.ts';

const avro = foreignPayload('avro');
const never = new AbortController().signal;

test('what arrives is found by what was decoded of it, and what waited for its schema once that is there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'redeliver-decoded-'));
  const store = await openEngineStore(folder);
  let answer: SchemaAnswer = { kind: 'missing', note: 'The registry could not be asked.' };
  const bodies = createBodyDecoder({ registries: new Map([['kafka', { find: () => Promise.resolve(answer) }]]) });
  onTestFinished(async () => {
    await bodies.close();
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const capabilities = { browse: 'log', remove: false, order: 'partition', costs: [], description: 'test' } as const;
  await store.index.saveQueues('kafka', [{ name: 'q', kind: 'kafka', foundBy: 'pattern', origins: [], capabilities }]);
  const queue = await store.index.getQueue('kafka/q');
  const given = ['{"id":"plain"}', gzipSync('{"id":"gzip"}'), avro.bytes].map((body, n) => ({
    ...aDeadLetter().withBody(body).raw(),
    identity: String(n),
    position: String(n),
  }));
  const ingest = createIngest(store, systemClock, queue, { scan: 's', reading: { bodies } });
  await ingest.add({ messages: given, cursor: null, progress: { read: 3, of: null, exact: false }, end: null });
  await ingest.finish();

  const ask = async (text: string) => {
    const parsed = parse(text, { now: 0 });
    if ('error' in parsed) throw new Error(parsed.error.message);
    const { filter, range } = parsed;
    const { messages } = await store.index.listMessages({ filter, range, cursor: null, limit: 10 });
    const { count } = await store.index.countUnsearched({ filter, range });
    return { found: messages.map(({ identity }) => identity).toSorted(), unknown: count };
  };
  // Scanned again: nothing is decoded a second time.
  let looked = 0;
  const counted: BodyDecoder = {
    ...bodies,
    decode: (connection, messages) => {
      looked += messages.filter(({ body }) => body !== null && body[0] === 0x1f).length;
      return bodies.decode(connection, messages);
    },
  };
  const again = createIngest(store, systemClock, queue, { scan: 't', reading: { bodies: counted } });
  await again.add({ messages: given, cursor: null, progress: { read: 3, of: null, exact: false }, end: null });
  await again.finish();
  expect(looked).toBe(0);

  const late = createLateDecoding(store.index, bodies);
  expect(await ask('payload.id:gzip')).toEqual({ found: ['1'], unknown: 1 });
  expect(await ask('payload.id:*')).toEqual({ found: ['0', '1'], unknown: 1 });
  expect(await ask('-payload.id:gzip')).toEqual({ found: ['0', '2'], unknown: 1 });
  expect(await late.look(never)).toBe(0);
  expect(await ask('payload.id:*')).toEqual({ found: ['0', '1'], unknown: 1 });

  const { schema } = avro;
  if (!schema) throw new Error('The payload has no schema');
  answer = {
    kind: 'found',
    schema: { type: schema.type, text: schema.text, subject: null, version: null, references: [] },
  };
  expect(await late.look(never)).toBe(1);
  expect(await ask('payload.id:*')).toEqual({ found: ['0', '1', '2'], unknown: 0 });
  expect(await late.look(never)).toBe(0);
});
