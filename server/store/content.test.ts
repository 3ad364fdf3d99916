import { fc } from '#lib/testing/properties.ts';
import { expect, test } from 'vitest';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import { decodeContent, decodeDecoded, decodeSearched, encodeContent, encodeDecoded } from '#server/store/content.ts';
import { anyRawDeadLetter } from '#server/store/testing/arbitraries.ts';

test('a raw dead letter comes back exactly as it was stored, whatever its headers hold', () => {
  fc.assert(
    fc.property(anyRawDeadLetter, (raw) => {
      expect(decodeContent(encodeContent(raw))).toStrictEqual(raw);
    }),
    { numRuns: 300 },
  );
});

test('what the search sees besides comes back with it, and changes nothing of what a replay is made from', () => {
  const decoded = fc.record(
    {
      documents: fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 3 }),
      missing: fc.constantFrom(null, 'schema' as const, 'limit' as const),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(anyRawDeadLetter, decoded, (raw, searched) => {
      const content = encodeContent(raw, searched);
      expect(decodeContent(content)).toStrictEqual(raw);
      expect(decodeSearched(content)).toStrictEqual({ ...raw, decoded: searched });
      expect(decodeSearched(encodeContent(raw))).toStrictEqual(raw);
      expect(decodeDecoded(encodeDecoded(searched))).toStrictEqual(searched);
    }),
  );
});

test('an empty key is not a missing key, and an empty body is not a tombstone', () => {
  const raw: RawDeadLetter = {
    key: new Uint8Array(),
    body: new Uint8Array(),
    headers: [],
    properties: [],
    identity: 'i',
    position: 'p',
    lane: '',
    sequence: null,
    brokerAt: null,
  };
  expect(decodeContent(encodeContent(raw))).toStrictEqual(raw);
  expect(decodeContent(encodeContent({ ...raw, key: null, body: null }))).toStrictEqual({
    ...raw,
    key: null,
    body: null,
  });
});

test('content of an unknown layout is refused by name', () => {
  expect(() => decodeContent(new Uint8Array([9, 0, 0]))).toThrow(/layout 9/);
});
