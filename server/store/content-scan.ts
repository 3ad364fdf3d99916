import { AppError } from '#lib/domain/errors.ts';
import type { Header } from '#lib/domain/message.ts';
import type { MissingPayload } from '#lib/payload/decoded-body.ts';
import { createByteReader } from '#server/store/bytes.ts';
import { layouts, missings, readHeader, tags } from '#server/store/content.ts';

/** What a content holds, met in place: a message that arrives is looked through without making an object of each of its headers. */
export interface ContentVisitor {
  /** The headers, then the properties are about to be told. */
  headers(count: number): void;
  /**
   * A header whose name and value are bytes of UTF-8 between the places, or, where `isBytes`, a value of any bytes. Answers whether that was enough;
   * where not, it is told as `header`.
   */
  plainHeader(
    content: Uint8Array,
    name: readonly [start: number, end: number],
    value: readonly [start: number, end: number],
    isBytes: boolean,
  ): boolean;
  header(header: Header): void;
  body(body: Uint8Array): void;
  /** A document that was decoded of the body. */
  document(json: Uint8Array): void;
  missing(missing: MissingPayload): void;
}

/** Where the scan stands; one at a time, and kept out of its functions so that they need no closure for each message. */
let bytes: Uint8Array = new Uint8Array();
let at = 0;
const name: [number, number] = [0, 0];
const value: [number, number] = [0, 0];

/** Throws as `decodeContent`. */
export function scanContent(content: Uint8Array, visitor: ContentVisitor): void {
  bytes = content;
  at = 1;
  const layout = content[0];
  if (layout !== layouts.plain && layout !== layouts.decoded)
    throw new AppError('internal', `A message's content has layout ${layout}, which this version cannot read.`);
  skipBytes();
  const [from, to] = skipBytes();
  if (to > from) visitor.body(content.subarray(from, to));
  scanHeaders(visitor);
  scanHeaders(visitor);
  if (layout === layouts.decoded) scanDecoded(visitor);
  bytes = empty;
}

const empty = new Uint8Array();

function scanHeaders(visitor: ContentVisitor): void {
  const count = readCount();
  visitor.headers(count);
  for (let index = 0; index < count; index += 1) {
    const start = at;
    if (isPlain() && visitor.plainHeader(bytes, name, value, isBytes)) continue;
    const reader = createByteReader(bytes.subarray(start));
    visitor.header(readHeader(reader));
    at = start + reader.offset;
  }
}

let isBytes = false;

/** Steps over a header whose value is bytes or a text, and says where it was. */
function isPlain(): boolean {
  const nameSize = readCount();
  if (nameSize % 2 !== 0) return false;
  name[0] = at;
  name[1] = at += nameSize / 2;
  // Whether the name is Latin 1.
  at += 1;
  const tag = bytes[at];
  at += 1;
  isBytes = tag === tags.bytes;
  if (!isBytes && tag !== tags.text && tag !== tags.integer && tag !== tags.decimal) return false;
  const size = readCount();
  if (!isBytes && size % 2 !== 0) return false;
  value[0] = at;
  value[1] = at += isBytes ? Math.max(0, size - 1) : size / 2;
  return true;
}

function scanDecoded(visitor: ContentVisitor): void {
  const reader = createByteReader(bytes.subarray(at));
  for (let texts = 0; texts < 3; texts += 1) reader.text();
  const present = reader.byte();
  if ((present & 1) !== 0) reader.text();
  if ((present & 2) !== 0) reader.double();
  const missing = missings[reader.byte()] ?? null;
  for (let left = reader.count(); left > 0; left -= 1) visitor.document(reader.bytes() ?? empty);
  if (missing !== null) visitor.missing(missing);
}

/** Where they are; nowhere for none. */
function skipBytes(): readonly [from: number, to: number] {
  const size = readCount();
  const from = at;
  at += Math.max(0, size - 1);
  return [from, at];
}

function readCount(): number {
  let result = 0;
  for (let factor = 1; ; factor *= 128) {
    const next = bytes[at];
    if (next === undefined) throw new RangeError('The bytes end too early');
    at += 1;
    result += (next & 127) * factor;
    if (next < 128) return result;
  }
}
