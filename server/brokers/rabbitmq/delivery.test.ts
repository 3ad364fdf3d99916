import { fc } from '#lib/testing/properties.ts';
import { expect, test } from 'vitest';
import type { Header } from '#lib/domain/message.ts';
import { decodeContentHeader, encodeContentHeader } from '#server/brokers/rabbitmq/basic-properties.ts';
import { canonicalHeader, identifying } from '#server/brokers/rabbitmq/delivery.ts';
import { anyHeaders, anyProperties } from '#server/brokers/rabbitmq/testing/any-headers.ts';

/** What the identity of a message was made of before headers were cut instead of taken apart: identities in ledgers and links are made so. */
function theLongWay(header: Buffer): { readonly canonical: Buffer; readonly added: readonly Header[] } {
  const { headers, properties } = decodeContentHeader(header);
  const isAdded = ({ name }: Header) => name === 'x-delivery-count' || name === 'x-stream-offset';
  return {
    canonical: canonicalHeader({ headers: headers.filter((entry) => !isAdded(entry)), properties }),
    added: headers.filter(isAdded),
  };
}

const delivered: fc.Arbitrary<Header[]> = fc
  .tuple(
    anyHeaders,
    fc.subarray(['x-delivery-count', 'x-stream-offset', 'a', 'b', 'Z']),
    fc.bigInt({ min: 0n, max: 99n }),
  )
  .chain(([headers, names, count]) => {
    const more = names.map((name): Header => ({
      name,
      value: { kind: 'integer', text: String(count), type: 'int64' },
    }));
    return fc.shuffledSubarray([...headers, ...more], { minLength: headers.length + more.length });
  });

test('a message is known by the same bytes whether its headers are cut or taken apart', () => {
  fc.assert(
    fc.property(delivered, anyProperties, (headers, properties) => {
      const header = encodeContentHeader({ headers, properties });
      expect(identifying(header)).toEqual(theLongWay(header));
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['a boolean that is neither 0 nor 1', 't', [2]],
  ['a float that is no number', 'f', [0xff, 0xc0, 0, 1]],
  ['a double that is no number', 'd', [0x7f, 0xf4, 0, 0, 0, 0, 0, 1]],
  ['a list with such a boolean', 'A', [0, 0, 0, 2, 't'.charCodeAt(0), 7]],
] as const)('%s is known as it would be written anew', (_, tag, value) => {
  const entry = Buffer.from([1, 'n'.charCodeAt(0), tag.charCodeAt(0), ...value]);
  const header = Buffer.from([0x20, 0, 0, 0, 0, entry.length, ...entry]);
  expect(identifying(header)).toEqual(theLongWay(header));
});

test('an empty table, and one that held delivery headers alone, are as none', () => {
  const none = identifying(encodeContentHeader({ headers: [], properties: [] })).canonical;
  const count: Header = { name: 'x-delivery-count', value: { kind: 'integer', text: '3', type: 'int64' } };
  expect(identifying(Buffer.from([0x20, 0, 0, 0, 0, 0])).canonical).toEqual(none);
  expect(identifying(encodeContentHeader({ headers: [count], properties: [] }))).toEqual({
    canonical: none,
    added: [count],
  });
});
