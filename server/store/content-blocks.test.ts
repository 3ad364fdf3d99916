import { fc } from '#lib/testing/properties.ts';
import { expect, test } from 'vitest';
import { type ContentBlock, createBlockWriter, unpackBlock } from '#server/store/content-blocks.ts';
import { decodeContent, encodeContent } from '#server/store/content.ts';
import { anyRawDeadLetter } from '#server/store/testing/arbitraries.ts';
import { aLetter } from '#server/store/testing/letters.ts';

const anySize = fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, fc.integer({ min: 0, max: 400_000 }));

test('every content comes out of its block as it went in, and blocks hold them in their order', () => {
  const anyRaws = fc.array(
    fc
      .tuple(anyRawDeadLetter, anySize)
      .map(([raw, size]) => (size === null ? raw : { ...raw, body: new Uint8Array(size).fill(7) })),
    { maxLength: 150, size: 'max' },
  );
  fc.assert(
    fc.property(anyRaws, (raws) => {
      const writer = createBlockWriter();
      const blocks = [...raws.map((raw) => writer.add(encodeContent(raw))), writer.finish()].filter(
        (block): block is ContentBlock => block !== null,
      );
      const unpacked = blocks.flatMap(({ count, blob }) =>
        Array.from({ length: count }, (_, place) => decodeContent(unpackBlock(blob, place))),
      );
      expect(unpacked).toStrictEqual(raws);
      expect(writer.finish()).toBeNull();
    }),
    { numRuns: 20 },
  );
});

test('a block of an unknown layout, and a place that it has not, are refused by name', () => {
  expect(() => unpackBlock(Uint8Array.of(9, 0, 0), 0)).toThrow(/layout 9/);
  const writer = createBlockWriter();
  writer.add(encodeContent(aLetter('one').raw));
  expect(() => unpackBlock(writer.finish()?.blob ?? new Uint8Array(), 1)).toThrow(/no content/);
});
