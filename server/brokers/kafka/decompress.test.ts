import { fc } from '#lib/testing/properties.ts';
import { describe, expect, test } from 'vitest';
import { codec, CorruptRecords, decompress, UnpackedTooLarge } from '#server/brokers/kafka/decompress.ts';
import { type CodecName, pack } from '#server/brokers/kafka/testing/a-record-batch.ts';

const packed: readonly CodecName[] = ['gzip', 'snappy', 'lz4', 'zstd'];

/** Bytes that pack well in places, as payloads do: runs and noise. */
const payload = fc
  .array(
    fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 300 }),
      fc
        .tuple(fc.nat(255), fc.integer({ min: 1, max: 5_000 }))
        .map(([byte, count]) => new Uint8Array(count).fill(byte)),
    ),
    { minLength: 1, maxLength: 20 },
  )
  .map((parts) => Buffer.concat(parts));

describe.each(packed)('%s', (name) => {
  test('what fits the limit exactly is unpacked, and one byte more is not', () => {
    fc.assert(
      fc.property(payload, (bytes) => {
        expect(decompress(codec[name], pack(name, bytes), bytes.length).equals(bytes)).toBe(true);
        if (bytes.length > 1) {
          expect(() => decompress(codec[name], pack(name, bytes), bytes.length - 1)).toThrow(UnpackedTooLarge);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('a small batch that stands for 64 MB is refused before it takes the memory', () => {
    const bomb = pack(name, Buffer.alloc(64 << 20));
    const before = process.memoryUsage().arrayBuffers;
    expect(() => decompress(codec[name], bomb, 1 << 20)).toThrow(UnpackedTooLarge);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 << 20);
  });

  test('bytes that are no packed records are called corrupt', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        try {
          decompress(codec[name], Buffer.from(noise), 1 << 20);
        } catch (error) {
          expect(error instanceof CorruptRecords || error instanceof UnpackedTooLarge, String(error)).toBe(true);
        }
      }),
    );
  });
});

test('snappy in blocks, as Java frames it, is unpacked and limited as a whole', () => {
  const blocks = [Buffer.alloc(500, 'a'), Buffer.alloc(700, 'b')];
  const framed = Buffer.concat([
    Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00, 0, 0, 0, 1, 0, 0, 0, 1]),
    ...blocks.flatMap((block) => {
      const bytes = pack('snappy', block);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  ]);
  expect(decompress(codec.snappy, framed, 1_200).equals(Buffer.concat(blocks))).toBe(true);
  expect(() => decompress(codec.snappy, framed, 1_199)).toThrow(UnpackedTooLarge);
});

test('an unknown codec is called corrupt', () => {
  expect(() => decompress(7, Buffer.alloc(10), 100)).toThrow(CorruptRecords);
});
