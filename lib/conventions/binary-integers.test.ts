import { fc } from '#lib/testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { binaryInteger } from '#lib/conventions/binary-integers.ts';

describe('big-endian integers', () => {
  it('are those that Java’s ByteBuffer wrote, to the last digit and with their sign', () => {
    const edges = fc.constantFrom(0n, -1n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n));
    fc.assert(
      fc.property(fc.oneof(edges, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), (number) => {
        const bytes = new Uint8Array(8);
        new DataView(bytes.buffer).setBigInt64(0, number);
        expect(binaryInteger({ kind: 'bytes', bytes }, 8)).toBe(String(number));
      }),
    );
    fc.assert(
      fc.property(fc.integer(), (number) => {
        const bytes = new Uint8Array(4);
        new DataView(bytes.buffer).setInt32(0, number);
        expect(binaryInteger({ kind: 'bytes', bytes }, 4)).toBe(String(number));
      }),
    );
  });
});
