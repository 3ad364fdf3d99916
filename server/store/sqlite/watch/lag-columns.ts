import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/**
 * Numbers of all series at one instant: columns of equal length, NaN where nothing was told. Most groups are not behind, and what is has digits in common
 * with its neighbours: 10,000 series are some kilobytes.
 */
export type LagColumns = readonly Float64Array[];

/** Columns of one sample, and of a stretch that was summed up. */
export const sampleColumns = { value: 0, held: 1 } as const;
export const stretchColumns = { last: 0, max: 1, heldMax: 2 } as const;

export function emptyColumns(count: number, length: number): Float64Array[] {
  return Array.from({ length: count }, () => new Float64Array(length).fill(NaN));
}

/** The number of columns stands first, then each column. */
export function encodeColumns(all: LagColumns): Uint8Array {
  // Groups hold nothing: a column without any number at the end is left out.
  const columns = all.slice(0, 1 + all.findLastIndex((column) => column.some((value) => !Number.isNaN(value))));
  const length = columns[0]?.length ?? 0;
  const numbers = new Float64Array(1 + columns.length * length);
  numbers[0] = columns.length;
  columns.forEach((column, index) => numbers.set(column, 1 + index * length));
  return zstdCompressSync(new Uint8Array(numbers.buffer), { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
}

export function decodeColumns(blob: Uint8Array): LagColumns {
  const bytes = zstdDecompressSync(blob);
  // A copy that begins at a multiple of eight.
  const numbers = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const count = numbers[0] ?? 0;
  const length = count === 0 ? 0 : (numbers.length - 1) / count;
  return Array.from({ length: count }, (_, index) => numbers.subarray(1 + index * length, 1 + (index + 1) * length));
}

export function numberAt(column: Float64Array | undefined, slot: number): number | null {
  const value = column?.[slot];
  return value === undefined || Number.isNaN(value) ? null : value;
}
