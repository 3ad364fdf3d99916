import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { AppError } from '#lib/domain/errors.ts';

/**
 * Contents of neighbours in one compressed blob: `[layout, codec, …(count, lengths, contents)]`. Dead letters of a queue are alike, so together they
 * take a quarter of the space and are sooner written; alone each would take half.
 */
export interface ContentBlock {
  /** Of how many contents it is. */
  readonly count: number;
  readonly blob: Uint8Array;
}

const layout = 1;
const codecs = { none: 0, zstd: 1 } as const;
const lettersMax = 32;
/** A block is read as a whole for any letter of it. */
const bytesMax = 256 * 1_024;
/** Below, setting the compressor up costs more than what it saves. */
const compressedFrom = 512;

/** Blocks in the order of the contents; one that is large stands alone or last. */
export function packBlocks(contents: readonly Uint8Array[]): ContentBlock[] {
  const blocks: ContentBlock[] = [];
  let start = 0;
  let bytes = 0;
  for (const [index, content] of contents.entries()) {
    bytes += content.length;
    if (index + 1 - start < lettersMax && bytes < bytesMax && index + 1 < contents.length) continue;
    blocks.push({ count: index + 1 - start, blob: packBlock(contents.slice(start, index + 1), bytes) });
    start = index + 1;
    bytes = 0;
  }
  return blocks;
}

/** The content at a place of a block. `internal` where the blob is damaged or from a layout that this version does not know. */
export function unpackBlock(blob: Uint8Array, place: number): Uint8Array {
  if (blob[0] !== layout)
    throw new AppError('internal', `A block of contents has layout ${blob[0]}, which this version cannot read.`);
  const body = blob[1] === codecs.zstd ? zstdDecompressSync(blob.subarray(2)) : blob.subarray(2);
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const count = view.getUint32(0);
  if (place < 0 || place >= count) throw new AppError('internal', 'A message has no content in its block.');
  let offset = 4 + count * 4;
  for (let before = 0; before < place; before += 1) offset += view.getUint32(4 + before * 4);
  return body.subarray(offset, offset + view.getUint32(4 + place * 4));
}

function packBlock(contents: readonly Uint8Array[], bytes: number): Uint8Array {
  const body = Buffer.allocUnsafe(4 + contents.length * 4 + bytes);
  body.writeUInt32BE(contents.length, 0);
  let offset = 4 + contents.length * 4;
  for (const [index, content] of contents.entries()) {
    body.writeUInt32BE(content.length, 4 + index * 4);
    body.set(content, offset);
    offset += content.length;
  }
  const compressed = bytes < compressedFrom ? body : zstdCompressSync(body, fast);
  return Buffer.concat([Uint8Array.of(layout, compressed === body ? codecs.none : codecs.zstd), compressed]);
}

const fast = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
