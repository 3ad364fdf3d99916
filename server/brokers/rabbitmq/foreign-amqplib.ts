import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { connect } from 'amqplib';

/**
 * A second copy of amqplib for the tests' foreign client. The plain one cannot tell what the tests ask about: it rounds 64-bit integers
 * and keeps one of repeated header names. In this copy header tables are lists of names and values, on both ways; the shared
 * copy stays as it is, and nothing of the driver is used.
 */
export function loadForeignAmqplib(): { readonly connect: typeof connect } {
  return loadAmqplib((part) => replaceCodec(part('lib/codec.js') as Codec));
}

/** A copy of amqplib of one's own, of which `change` may alter parts before the rest of it has seen them. */
export function loadAmqplib(change: (part: (file: string) => unknown) => void): { readonly connect: typeof connect } {
  const require = createRequire(import.meta.url);
  const entry = require.resolve('amqplib');
  const folder = dirname(entry);
  const shared = Object.entries(require.cache).filter(([file]) => file.startsWith(folder));
  for (const [file] of shared) delete require.cache[file];
  try {
    change((file) => require(join(folder, file)));
    return require(entry);
  } finally {
    for (const file of Object.keys(require.cache)) if (file.startsWith(folder)) delete require.cache[file];
    for (const [file, module] of shared) require.cache[file] = module;
  }
}

/** A header table in place of amqplib's plain object. */
export interface FieldList {
  readonly entries: readonly (readonly [name: string, value: unknown])[];
}

export function isFieldList(value: unknown): value is FieldList {
  return typeof value === 'object' && value !== null && 'entries' in value && Array.isArray(value.entries);
}

interface Codec {
  encodeTable(buffer: Buffer, value: object, offset: number): number;
  decodeFields(bytes: Buffer): unknown;
}

/** Single fields still go through amqplib's own code, except the 64-bit integer. */
function replaceCodec(codec: Codec): void {
  const { encodeTable, decodeFields } = codec;

  codec.encodeTable = (buffer, value, offset) => {
    if (!isFieldList(value)) return encodeTable(buffer, value, offset);
    let at = offset + 4;
    for (const [name, field] of value.entries) {
      const single = Buffer.alloc(buffer.length);
      const length = encodeTable(single, { [name]: field }, 0);
      at += single.copy(buffer, at, 4, length);
    }
    buffer.writeUInt32BE(at - offset - 4, offset);
    return at - offset;
  };

  const decodeList = (bytes: Buffer): FieldList => {
    const entries: [string, unknown][] = [];
    for (let offset = 0; offset < bytes.length;) {
      const nameEnd = offset + 1 + bytes.readUInt8(offset);
      const [value, end] = decodeAt(bytes, nameEnd);
      entries.push([bytes.toString('utf8', offset + 1, nameEnd), value]);
      offset = end;
    }
    return { entries };
  };

  const decodeAt = (bytes: Buffer, start: number): [value: unknown, end: number] => {
    const tag = String.fromCharCode(bytes.readUInt8(start));
    const fixed = fixedSizes[tag];
    const body = start + (fixed === undefined ? 5 : 1);
    const end = body + (fixed ?? bytes.readUInt32BE(start + 1));
    if (tag === 'l') return [bytes.readBigInt64BE(body), end];
    if (tag === 'F') return [decodeList(bytes.subarray(body, end)), end];
    if (tag === 'A') {
      const items: unknown[] = [];
      for (let offset = body; offset < end;) {
        const [item, next] = decodeAt(bytes, offset);
        items.push(item);
        offset = next;
      }
      return [items, end];
    }
    const single = decodeFields(Buffer.concat([Buffer.from([1, 0x76]), bytes.subarray(start, end)]));
    return [typeof single === 'object' && single !== null && 'v' in single ? single.v : undefined, end];
  };

  codec.decodeFields = decodeList;
}

const fixedSizes: Readonly<Record<string, number>> = {
  b: 1,
  B: 1,
  t: 1,
  s: 2,
  u: 2,
  I: 4,
  i: 4,
  f: 4,
  D: 5,
  l: 8,
  d: 8,
  T: 8,
  V: 0,
};
