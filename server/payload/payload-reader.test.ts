import { expect, it } from 'vitest';
import type { SchemaAnswer } from '#server/payload/decoder.ts';
import { createPayloadReader } from '#server/payload/payload-reader.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const value = (bytes: Uint8Array) => ({ part: 'value', bytes, headers: [], properties: [] }) as const;

it('a payload that takes too long is shown undecoded, and the next one is decoded', async () => {
  const reader = createPayloadReader({ registries: new Map(), timeoutMs: 1 });
  const patient = createPayloadReader({ registries: new Map() });
  try {
    const heavy = `[${'[],'.repeat(1_000_000)}[]]`;
    const late = await reader.show('kafka', value(utf8(heavy)));
    expect(late).toMatchObject({ kind: 'text', truncated: true });
    expect(late.steps).toMatchObject([{ outcome: 'failed', note: 'decoding it takes more than 0.001 s' }]);
    const many = await Promise.all([1, 2, 3].map((each) => patient.show('kafka', value(utf8(`[${each}]`)))));
    expect(many.map((payload) => payload.raw)).toEqual(['[1]', '[2]', '[3]']);
  } finally {
    await Promise.all([reader.close(), patient.close()]);
  }
});

it('a payload that takes too much memory ends its thread and nothing else', async () => {
  // Two million values of a schema with many long names: a gigabyte of objects from a few bytes.
  const fields = Array.from(
    { length: 60 },
    (_, index) => `{"name":"f${index}","type":{"type":"array","items":"null"}}`,
  );
  const text = `{"type":"record","name":"R","fields":[${fields.join(',')}]}`;
  const answer: SchemaAnswer = {
    kind: 'found',
    schema: { type: 'AVRO', text, subject: null, version: null, references: [] },
  };
  const reader = createPayloadReader({
    registries: new Map([['kafka', { find: () => Promise.resolve(answer) }]]),
  });
  try {
    const items = [0x80, 0x80, 0x40, 0];
    const bytes = Uint8Array.of(0, 0, 0, 0, 1, ...Array.from({ length: 60 }, () => items).flat());
    const payload = await reader.show('kafka', value(bytes));
    expect(payload.sizeBytes).toBe(bytes.length);
    expect(payload.steps.length).toBeGreaterThan(0);
    expect((await reader.show('kafka', value(utf8('{"a":1}')))).label).toBe('JSON');
  } finally {
    await reader.close();
  }
});
