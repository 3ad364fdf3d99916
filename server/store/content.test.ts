import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import { decodeContent, encodeContent } from '#server/store/content.ts';
import { anyRawDeadLetter } from '#server/store/testing/arbitraries.ts';

test('a raw dead letter comes back exactly as it was stored, whatever its headers hold', () => {
  fc.assert(
    fc.property(anyRawDeadLetter, (raw) => {
      expect(decodeContent(encodeContent(raw))).toStrictEqual(raw);
    }),
    { numRuns: 300 },
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
