import { fc } from '#lib/testing/properties.ts';
import { expect, test } from 'vitest';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import { walkHeaders } from '#lib/filter/header-values.ts';
import { createLeafScanner, unbounded } from '#lib/filter/json-leaves.ts';
import { textOfLeaf } from '#lib/filter/payload-values.ts';
import type { DecodedBody } from '#lib/payload/decoded-body.ts';
import { encodeContent } from '#server/store/content.ts';
import {
  askHeader,
  askPayload,
  type ContentQuestion,
  contentSlices,
  markContent,
} from '#server/store/sqlite/index/content-slices.ts';
import { anyHeader, hostileText } from '#server/store/testing/arbitraries.ts';

const utf8 = new TextEncoder();
const nothing: RawDeadLetter = {
  ...{ key: null, body: null, headers: [], properties: [] },
  ...{ identity: 'i', position: 'p', lane: '', sequence: '1', brokerAt: 1 },
};

function bitsOf(raw: RawDeadLetter, decoded?: DecodedBody): Int32Array {
  const row = new Int32Array(contentSlices / 32);
  markContent(encodeContent(raw, decoded), row);
  return row;
}

function mayBe(row: Int32Array, question: ContentQuestion): boolean {
  const isSet = (slice: number) => ((row[slice >>> 5] ?? 0) & (1 << (slice & 31))) !== 0;
  return question.some((slices) => slices.every(isSet));
}

const present = { kind: 'matches', parts: ['', ''] } as const;

test('whatever header a message has is among the candidates for it', () => {
  fc.assert(
    fc.property(
      fc.array(anyHeader, { maxLength: 70 }),
      fc.array(anyHeader, { maxLength: 3 }),
      (headers, properties) => {
        const row = bitsOf({ ...nothing, headers, properties });
        walkHeaders({ headers, properties }, (name, text) => {
          expect(mayBe(row, askHeader(name, present))).toBe(true);
          if (text !== null) expect(mayBe(row, askHeader(name, { kind: 'is', value: text }))).toBe(true);
        });
      },
    ),
  );
});

test('a header whose name is as long as a message is among them, too', () => {
  const name = 'n'.repeat(500_000);
  const row = bitsOf({ ...nothing, headers: [{ name, value: { kind: 'bytes', bytes: utf8.encode('four') } }] });
  expect(mayBe(row, askHeader(name, { kind: 'is', value: 'four' }))).toBe(true);
});

/** Numbers as people and other languages write them, which `JSON.stringify` would not. */
const number = fc.constantFrom(
  '0',
  '-0',
  '7',
  '-7',
  '0.5',
  '-0.50',
  '10.0',
  '1e3',
  '1E-7',
  '12345678901234567890',
  '0.0',
);
const document = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    number,
    fc.constantFrom('true', 'false', 'null', '"\\u0041\\n"', '"\\ud800"'),
    hostileText.map((text) => JSON.stringify(text)),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(', ')}]`),
    fc
      .array(fc.tuple(hostileText, tie('value')), { maxLength: 4 })
      .map((entries) => `{${entries.map(([name, value]) => `${JSON.stringify(name)}: ${value}`).join(',')}}`),
  ),
})).value;

test('whatever value a payload has is among the candidates for it, however it is written', () => {
  const scanner = createLeafScanner();
  fc.assert(
    fc.property(document, (json) => {
      const body = utf8.encode(`{"document":${json}}`);
      const row = bitsOf({ ...nothing, body });
      scanner.scan(body, unbounded, (leaf) => {
        const path = Array.from({ length: leaf.depth }, (_, at) => leaf.name(at));
        const text = textOfLeaf(body, leaf);
        expect(mayBe(row, askPayload(path, present))).toBe(true);
        if (text !== null) expect(mayBe(row, askPayload(path, { kind: 'is', value: text }))).toBe(true);
      });
    }),
    { numRuns: 500 },
  );
});

test('what was decoded of a body is asked like the body, and what is still missing makes a candidate of everything', () => {
  const document = utf8.encode('{"order":{"id":"4711"}}');
  const decoded = bitsOf({ ...nothing, body: Uint8Array.of(0xc1) }, { documents: [document], missing: 'limit' });
  expect(mayBe(decoded, askPayload(['order', 'id'], { kind: 'is', value: '4711' }))).toBe(true);
  expect(mayBe(decoded, askPayload(['order', 'id'], { kind: 'is', value: '4712' }))).toBe(false);
  const waiting = bitsOf({ ...nothing, body: Uint8Array.of(0, 0, 0, 0, 1, 2) }, { documents: [], missing: 'schema' });
  expect(mayBe(waiting, askPayload(['whatever'], present))).toBe(true);
});

test('a message with more than is looked at is a candidate of every question', () => {
  const many = Array.from({ length: 65 }, (_, n) => ({ name: `h${n}`, value: { kind: 'text', text: 'x' } }) as const);
  expect(mayBe(bitsOf({ ...nothing, headers: many }), askHeader('other', present))).toBe(true);
  const list = utf8.encode(JSON.stringify({ list: Array.from({ length: 200 }, (_, n) => n) }));
  expect(mayBe(bitsOf({ ...nothing, body: list }), askPayload(['other'], present))).toBe(true);
  const large = utf8.encode(JSON.stringify({ text: 'x'.repeat(70_000) }));
  expect(mayBe(bitsOf({ ...nothing, body: large }), askPayload(['other'], present))).toBe(true);
});

test('of thousands of other values hardly one is a candidate, also where a message has a hundred', () => {
  const values = Array.from({ length: 100 }, (_, n) => ({ id: n, name: `customer-${n}` }));
  const row = bitsOf({ ...nothing, body: utf8.encode(JSON.stringify({ values: values.slice(0, 60) })) });
  const others = Array.from({ length: 5_000 }, (_, n) =>
    askPayload(['values', 'name'], { kind: 'is', value: `other-${n}` }),
  );
  expect(others.filter((question) => mayBe(row, question)).length).toBeLessThan(10);
});
