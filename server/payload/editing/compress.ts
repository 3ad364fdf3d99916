import {
  brotliCompressSync,
  constants,
  deflateRawSync,
  deflateSync,
  gzipSync,
  inflateSync,
  zstdCompressSync,
} from 'node:zlib';

/** The same compression again; `null` where there is none of that name. `before` are the bytes that were undone. */
export function compressAgain(codec: string, bytes: Uint8Array, before: Uint8Array): Uint8Array | null {
  switch (codec) {
    case 'gzip':
      return gzipSync(bytes);
    case 'deflate':
      return isZlib(before) ? deflateSync(bytes) : deflateRawSync(bytes);
    case 'zstd':
      return zstdCompressSync(bytes);
    case 'brotli':
      return brotliCompressSync(bytes);
    default:
      return null;
  }
}

/** HTTP's "deflate" means zlib, and many senders write the bare stream. */
function isZlib(bytes: Uint8Array): boolean {
  try {
    inflateSync(bytes.subarray(0, 64), { finishFlush: constants.Z_SYNC_FLUSH });
    return true;
  } catch {
    return false;
  }
}
