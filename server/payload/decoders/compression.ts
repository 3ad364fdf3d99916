import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import { indexHeaders } from '#lib/conventions/header-index.ts';
import { beyondReach, declined, failed, reasonOf, type Attempt, type Decoder } from '#server/payload/decoder.ts';

/** A few hundred bytes may claim to be gigabytes: what expands further stays as it is, and the note says so. */
const expandedBytesMax = 16 * 1024 * 1024;
const layersMax = 3;

type Expand = (bytes: Uint8Array) => Uint8Array;
const limit = { maxOutputLength: expandedBytesMax };

const byName: Readonly<Record<string, { readonly label: string; readonly expand: Expand }>> = {
  gzip: { label: 'gzip', expand: (bytes) => gunzipSync(bytes, limit) },
  'x-gzip': { label: 'gzip', expand: (bytes) => gunzipSync(bytes, limit) },
  deflate: { label: 'deflate', expand: inflateEither },
  zlib: { label: 'deflate', expand: inflateEither },
  zstd: { label: 'zstd', expand: (bytes) => zstdDecompressSync(bytes, limit) },
  br: { label: 'brotli', expand: (bytes) => brotliDecompressSync(bytes, limit) },
  brotli: { label: 'brotli', expand: (bytes) => brotliDecompressSync(bytes, limit) },
};

/** `content-encoding` as header or property; where it names several, the last was applied last. */
export const contentEncoding: Decoder = {
  name: 'content-encoding',
  decode(stage) {
    if (stage.part === 'key') return declined('keys have no content-encoding');
    const said = (
      indexHeaders(stage.headers).text('content-encoding') ??
      indexHeaders(stage.properties).text('content-encoding') ??
      ''
    ).toLowerCase();
    const names = said
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '' && name !== 'identity');
    if (names.length === 0) return declined('no content-encoding is said');
    // "utf-8" is what some AMQP clients write there; it is no compression.
    const unknown = names.find((name) => !Object.hasOwn(byName, name));
    if (unknown !== undefined) return declined(`content-encoding ${unknown.slice(0, 40)} is no known compression`);
    if (names.length > layersMax)
      return beyondReach('limit', `${names.length} encodings on top of each other are not followed`);
    return expandAll(stage.bytes, names.toReversed(), 'as content-encoding says');
  },
};

/** Compressed bodies whose sender said nothing. */
export const compressedByLooks: Decoder = {
  name: 'compression',
  decode({ bytes }) {
    const name = magicOf(bytes);
    return name === undefined
      ? declined('does not begin like gzip or zstd')
      : expandAll(bytes, [name], 'its first bytes say so, no content-encoding does');
  },
};

/** The compression whose magic number the bytes begin with. */
export function magicOf(bytes: Uint8Array): 'gzip' | 'zstd' | undefined {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8) return 'gzip';
  return bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd ? 'zstd' : undefined;
}

function expandAll(bytes: Uint8Array, names: readonly string[], why: string): Attempt {
  let expanded = bytes;
  const labels: string[] = [];
  for (const name of names) {
    const codec = byName[name];
    if (!codec) return failed(`${name} is no known compression`);
    try {
      expanded = codec.expand(expanded);
    } catch (error) {
      return isTooLarge(error)
        ? beyondReach(
            'limit',
            `${codec.label} expands to more than ${expandedBytesMax / 1024 / 1024} MiB; left as it is`,
          )
        : beyondReach('unreadable', `not readable as ${codec.label}: ${reasonOf(error)}`);
    }
    labels.push(codec.label);
  }
  const note = `${labels.join(', ')}: ${bytes.length} bytes expand to ${expanded.length}, ${why}`;
  return { outcome: 'applied', label: labels.join(', then '), note, next: expanded, codecs: labels };
}

/** HTTP's "deflate" means zlib, and many senders write the bare stream. */
function inflateEither(bytes: Uint8Array): Uint8Array {
  try {
    return inflateSync(bytes, limit);
  } catch (error) {
    if (isTooLarge(error)) throw error;
    return inflateRawSync(bytes, limit);
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}
