import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { compressionsAlgorithms } from '@platformatic/kafka';

/** Kafka's codec numbers, the lowest three bits of a batch's attributes. */
export const codec = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const;

/** The records would unpack to more than the limit; they were not unpacked. */
export class UnpackedTooLarge extends RangeError {
  readonly limit: number;

  constructor(limit: number) {
    super(`The batch unpacks to more than ${limit} bytes.`);
    this.limit = limit;
  }
}

export class CorruptRecords extends Error {}

/**
 * Unpacks the records of one batch. What is stored was written by anyone, and a batch of 1 MB can stand for gigabytes, so the size is
 * limited before memory is given: by zlib itself for gzip and zstd, and for snappy and lz4, whose decoders take no limit, by adding up what
 * their blocks announce. Throws `UnpackedTooLarge` or `CorruptRecords`.
 */
export function decompress(codecNumber: number, packed: Buffer, limit: number): Buffer {
  try {
    switch (codecNumber) {
      case codec.none:
        return packed;
      case codec.gzip:
        return gunzipSync(packed, { maxOutputLength: limit });
      case codec.snappy:
        if (snappyLength(packed) > limit) throw new UnpackedTooLarge(limit);
        return compressionsAlgorithms.snappy.decompressSync(packed);
      case codec.lz4:
        if (lz4Length(packed, limit) > limit) throw new UnpackedTooLarge(limit);
        return compressionsAlgorithms.lz4.decompressSync(packed);
      case codec.zstd:
        return zstdDecompressSync(packed, { maxOutputLength: limit });
      default:
        throw new CorruptRecords(`Codec number ${codecNumber} is not known.`);
    }
  } catch (error) {
    if (error instanceof UnpackedTooLarge || error instanceof CorruptRecords) throw error;
    if (error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
      throw new UnpackedTooLarge(limit);
    throw new CorruptRecords('The packed records cannot be unpacked.', { cause: error });
  }
}

const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);

/** Java's clients frame snappy as xerial does: a header of 16 bytes, then blocks with their length; others write one plain block. */
function snappyLength(packed: Buffer): number {
  if (!packed.subarray(0, xerialMagic.length).equals(xerialMagic)) return snappyBlockLength(packed, 0);
  let total = 0;
  for (let at = 16; at + 4 <= packed.length;) {
    total += snappyBlockLength(packed, at + 4);
    at += 4 + packed.readUInt32BE(at);
  }
  return total;
}

/** A snappy block begins with its unpacked length as a varint of at most 32 bits (format_description.txt of google/snappy). */
function snappyBlockLength(packed: Buffer, at: number): number {
  let length = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = packed[at++];
    if (byte === undefined) break;
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return length;
  }
  throw new CorruptRecords('The snappy block has no length.');
}

/** Adds up an LZ4 frame's blocks without unpacking them, and stops beyond the limit (lz4_Frame_format.md, lz4_Block_format.md). */
function lz4Length(packed: Buffer, limit: number): number {
  if (packed.length < 7 || packed.readUInt32LE(0) !== 0x184d2204)
    throw new CorruptRecords('The lz4 frame has no header.');
  const flags = packed.readUInt8(4);
  const blockChecksums = (flags & 0x10) !== 0 ? 4 : 0;
  let at = 6 + ((flags & 0x08) !== 0 ? 8 : 0) + ((flags & 0x01) !== 0 ? 4 : 0) + 1;
  let total = 0;
  while (at + 4 <= packed.length && total <= limit) {
    const word = packed.readUInt32LE(at);
    if (word === 0) break;
    const size = word & 0x7fffffff;
    total += word >>> 31 ? size : lz4BlockLength(packed, at + 4, Math.min(packed.length, at + 4 + size));
    at += 4 + size + blockChecksums;
  }
  return total;
}

function lz4BlockLength(packed: Buffer, from: number, to: number): number {
  let at = from;
  let total = 0;
  const run = (short: number): number => {
    let length = short;
    if (short !== 15) return length;
    for (let more = 255; more === 255 && at < to;) {
      more = packed[at++] ?? 0;
      length += more;
    }
    return length;
  };
  while (at < to) {
    const token = packed[at++] ?? 0;
    const literals = run(token >>> 4);
    at += literals;
    total += literals;
    if (at >= to) break;
    at += 2; // The offset of the match.
    total += run(token & 15) + 4;
  }
  return total;
}
