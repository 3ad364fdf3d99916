import { fc } from '#lib/testing/properties.ts';
import { describe, expect, test } from 'vitest';
import type { Header, HeaderValue } from '#lib/domain/message.ts';
import { decodeTable, encodeTable } from '#server/brokers/rabbitmq/amqp-fields.ts';
import { decodeContentHeader, encodeContentHeader } from '#server/brokers/rabbitmq/basic-properties.ts';
import { anyHeaders, anyProperties, leaf, name } from '#server/brokers/rabbitmq/testing/any-headers.ts';
import { failureOf } from '#server/brokers/testing/expectations.ts';

describe('field tables', () => {
  test('every table is read as it was written: order, repeated names, types and values', () => {
    fc.assert(
      fc.property(anyHeaders, (table) => {
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
    fc.assert(
      fc.property(anyHeaders, anyProperties, (headers, properties) => {
        const read = decodeContentHeader(encodeContentHeader({ headers, properties }));
        expect(read.headers).toEqual(headers);
        expect(inOrder(read.properties)).toEqual(inOrder(properties));
      }),
    );
  });
});

function inOrder(properties: readonly Header[]): readonly Header[] {
  return properties.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
