import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packBlocks, unpackBlock } from '#server/store/content-blocks.ts';

const anyContents = fc.array(
  fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.integer({ min: 0, max: 300_000 }).map((size) => new Uint8Array(size).fill(7)),
  ),
  { maxLength: 80 },
);

test('every content comes out of its block as it went in, and blocks hold them in their order', () => {
  fc.assert(
    fc.property(anyContents, (contents) => {
      const blocks = packBlocks(contents);
      const unpacked = blocks.flatMap(({ count, blob }) =>
        Array.from({ length: count }, (_, place) => unpackBlock(blob, place)),
      );
      expect(unpacked.map((content) => Buffer.from(content).toString('latin1'))).toEqual(
        contents.map((content) => Buffer.from(content).toString('latin1')),
      );
    }),
    { numRuns: 60 },
  );
});

test('a block of an unknown layout, and a place that it has not, are refused by name', () => {
  expect(() => unpackBlock(Uint8Array.of(9, 0, 0), 0)).toThrow(/layout 9/);
  const [block] = packBlocks([Uint8Array.of(1)]);
  expect(() => unpackBlock(block?.blob ?? new Uint8Array(), 1)).toThrow(/no content/);
});
