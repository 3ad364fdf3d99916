import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Header, HeaderValue } from '#lib/domain/message.ts';
import { decodeTable, encodeTable } from '#server/brokers/rabbitmq/amqp-fields.ts';
import { decodeContentHeader, encodeContentHeader } from '#server/brokers/rabbitmq/basic-properties.ts';
import { failureOf } from '#server/brokers/testing/expectations.ts';

function integers(type: string, bits: number, signed: boolean): fc.Arbitrary<HeaderValue> {
  const [min, max] = signed ? [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n] : [0n, 2n ** BigInt(bits) - 1n];
  return fc.bigInt({ min, max }).map((value) => ({ kind: 'integer', text: String(value), type }));
}

const notUtf8 = fc.uint8Array().map((bytes) => Uint8Array.of(0xff, ...bytes));

const leaf: fc.Arbitrary<HeaderValue> = fc.oneof(
  fc.constant({ kind: 'null' } as const),
  fc.boolean().map((value) => ({ kind: 'boolean', value }) as const),
  fc.string({ unit: 'grapheme' }).map((text) => ({ kind: 'text', text, type: 'longstr' }) as const),
  notUtf8.map((bytes) => ({ kind: 'bytes', bytes, type: 'longstr' }) as const),
  fc.uint8Array().map((bytes) => ({ kind: 'bytes', bytes, type: 'binary' }) as const),
  fc.double({ noNaN: true }).map((value) => ({ kind: 'number', value, type: 'double' }) as const),
  fc.float({ noNaN: true }).map((value) => ({ kind: 'number', value, type: 'float' }) as const),
  fc
    .bigInt({ min: 0n, max: 2n ** 64n - 1n })
    .map((value) => ({ kind: 'timestamp', text: String(value), unit: 's' }) as const),
  fc
    .tuple(fc.nat({ max: 0xffff_ffff }), fc.integer({ min: 0, max: 12 }))
    .map(([digits, places]) => decimal(digits, places)),
  ...[8, 16, 32, 64].map((bits) => integers(`int${bits}`, bits, true)),
  ...[8, 16, 32].map((bits) => integers(`uint${bits}`, bits, false)),
);

function decimal(digits: number, places: number): HeaderValue {
  const text = String(digits).padStart(places + 1, '0');
  return {
    kind: 'decimal',
    text: places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`,
    type: 'decimal',
  };
}

const name = fc.string({ maxLength: 60 });

const { value: anyValue } = fc.letrec<{ value: HeaderValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }).map((items) => ({ kind: 'list', items }) as const),
    fc
      .array(fc.record({ name, value: tie('value') }), { maxLength: 4 })
      .map((entries) => ({ kind: 'table', entries }) as const),
  ),
}));

const headers: fc.Arbitrary<Header[]> = fc.array(fc.record({ name, value: anyValue }), { maxLength: 8 });

describe('field tables', () => {
  test('every table is read as it was written: order, repeated names, types and values', () => {
    fc.assert(
      fc.property(headers, (table) => {
        expect(decodeTable(encodeTable(table))).toEqual(table);
      }),
    );
  });

  test('a name that is not UTF-8 keeps its bytes', () => {
    const table: Header[] = [{ name: '\u00ff\u00c3(', nameIsLatin1: true, value: { kind: 'null' } }];
    expect(decodeTable(encodeTable(table))).toEqual(table);
  });

  test('cut bytes are an error and never a wrong value', () => {
    fc.assert(
      fc.property(fc.record({ name, value: leaf }), fc.nat({ max: 20 }), (header, cut) => {
        const bytes = encodeTable([header]);
        const length = Math.max(1, bytes.length - 1 - cut);
        if (length < bytes.length) expect(() => decodeTable(bytes.subarray(0, length))).toThrow(RangeError);
      }),
    );
  });

  test.each([
    { kind: 'integer', text: '256', type: 'uint8' },
    { kind: 'integer', text: '9223372036854775808', type: 'int64' },
    { kind: 'integer', text: 'one' },
    { kind: 'decimal', text: '-1.5' },
    { kind: 'timestamp', text: '1763800000000', unit: 'ms' },
  ] as const satisfies readonly HeaderValue[])('what AMQP has no place for is refused: %o', async (value) => {
    const error = await failureOf(async () => encodeTable([{ name: 'odd', value }]));
    expect(error.code).toBe('unencodable');
  });
});

describe('content headers', () => {
  test('properties and headers come back as they were', () => {
    const text = fc.string({ maxLength: 60 }).map((value) => ({ kind: 'text', text: value }) as const);
    const octet = fc.nat({ max: 255 }).map((value) => ({ kind: 'integer', text: String(value) }) as const);
    const properties = fc.record(
      { 'content-type': text, 'delivery-mode': octet, priority: octet, 'message-id': text, type: text, 'app-id': text },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(headers, properties, (table, chosen) => {
        const content = {
          headers: table,
          properties: Object.entries(chosen).map(([property, value]) => ({ name: property, value })),
        };
        const read = decodeContentHeader(encodeContentHeader(content));
        expect(read.headers).toEqual(table);
        expect(Object.fromEntries(read.properties.map((property) => [property.name, property.value]))).toEqual(chosen);
      }),
    );
  });
});
