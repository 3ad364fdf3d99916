import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { AppError } from '#lib/domain/errors.ts';
import { createByteWriter } from '#server/store/bytes.ts';

/**
 * Contents of neighbours in one compressed blob: `[layout, codec, …(contents, their lengths, count)]`. Dead letters of a queue are alike, so together they
 * take a quarter of the space and are sooner written; alone each would take half.
 */
export interface ContentBlock {
  /** Of how many contents it is. */
  readonly count: number;
  readonly blob: Uint8Array;
}

/** Makes blocks of what it is given, in that order. One that is large ends its block. */
export interface BlockWriter {
  /** Takes an encoded content; answers the block that it has filled. */
  add(content: Uint8Array): ContentBlock | null;
  /** What is left. */
  finish(): ContentBlock | null;
}

const layout = 1;
const codecs = { none: 0, zstd: 1 } as const;
const lettersMax = 64;
/** A block is read as a whole for any letter of it. */
const bytesMax = 256 * 1_024;
/** Below, setting the compressor up costs more than what it saves. */
const compressedFrom = 512;

export function createBlockWriter(): BlockWriter {
  const writer = createByteWriter(2 * bytesMax);
  const lengths: number[] = [];

  const finish = (): ContentBlock | null => {
    const count = lengths.length;
    if (count === 0) return null;
    for (const length of lengths) writer.uint32(length);
    writer.uint32(count);
    lengths.length = 0;
    return { count, blob: pack(writer.take()) };
  };
  return {
    add(content) {
      writer.raw(content);
      lengths.push(content.length);
      return lengths.length >= lettersMax || writer.length >= bytesMax ? finish() : null;
    },
    finish,
  };
}

/** The content at a place of a block. `internal` where the blob is damaged or from a layout that this version does not know. */
export function unpackBlock(blob: Uint8Array, place: number): Uint8Array {
  return openBlock(blob).at(place);
}

/** A block for several looks into it. */
export interface OpenBlock {
  readonly count: number;
  /** The content at a place, as a view. Throws as `unpackBlock`. */
  at(place: number): Uint8Array;
}

export function openBlock(blob: Uint8Array): OpenBlock {
  if (blob[0] !== layout)
    throw new AppError('internal', `A block of contents has layout ${blob[0]}, which this version cannot read.`);
  const body =
    blob[1] === codecs.zstd ? zstdDecompressSync(blob.subarray(2), { chunkSize: roomFor(blob) }) : blob.subarray(2);
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const count = view.getUint32(body.length - 4, true);
  const offsets = [0];
  for (let place = 0; place < count; place += 1)
    offsets.push((offsets[place] ?? 0) + view.getUint32(body.length - 4 - (count - place) * 4, true));
  return {
    count,
    at(place) {
      if (place < 0 || place >= count) throw new AppError('internal', 'A message has no content in its block.');
      return body.subarray(offsets[place], offsets[place + 1]);
    },
  };
}

/** Blocks are a quarter of what is in them: mostly it comes out in one piece, which takes two thirds of the time. */
function roomFor({ length }: Uint8Array): number {
  return Math.min(bytesMax, Math.max(4_096, length * 5));
}

function pack(body: Uint8Array): Uint8Array {
  if (body.length < compressedFrom) return Buffer.concat([Uint8Array.of(layout, codecs.none), body]);
  const compressed = zstdCompressSync(body, { ...fast, pledgedSrcSize: body.length });
  return Buffer.concat([Uint8Array.of(layout, codecs.zstd), compressed]);
}

const fast = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
