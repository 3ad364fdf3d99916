import { nestedMax } from '#server/brokers/rabbitmq/amqp-fields.ts';

/** A content header cut at the borders of its fields, without taking the values apart. */
export interface ContentSlices {
  /** Flags, and the properties before the header table. */
  readonly before: Buffer;
  /** The top level of the header table, in its order; `null` where there is no table. */
  readonly headers: readonly HeaderSlice[] | null;
  readonly after: Buffer;
}

export interface HeaderSlice {
  readonly name: string;
  /** Name and value. */
  readonly bytes: Buffer;
}

/** For the bits of flags: see `basic-properties.ts`. */
const tableFlag = 0x2000;
const beforeTable = [0x8000, 0x4000];
/** None of the basic class. */
const unusedFlags = 0x0003;

/**
 * `null` where taking it apart and writing it anew might give other bytes than these, or where it is malformed: then the long way tells. What is cut here is written
 * anew as it stands, so a message is known by the same content hash either way.
 */
export function sliceContentHeader(bytes: Buffer): ContentSlices | null {
  const flags = bytes.readUInt16BE(0);
  if ((flags & unusedFlags) !== 0) return null;
  let at = 2;
  for (const flag of beforeTable) if ((flags & flag) !== 0) at += 1 + (bytes[at] ?? 0);
  if ((flags & tableFlag) === 0) return { before: bytes, headers: null, after: bytes.subarray(bytes.length) };
  const start = at + 4;
  const end = start + bytes.readUInt32BE(at);
  // An empty table is left out when it is written anew.
  if (end === start || end > bytes.length) return null;
  const headers: HeaderSlice[] = [];
  for (let offset = start; offset < end;) {
    const nameEnd = offset + 1 + (bytes[offset] ?? 0);
    const next = valueEnd(bytes, nameEnd, end, 0);
    if (next === null || !isAscii(bytes, offset + 1, nameEnd)) return null;
    headers.push({ name: bytes.toString('latin1', offset + 1, nameEnd), bytes: bytes.subarray(offset, next) });
    offset = next;
  }
  return { before: bytes.subarray(0, at), headers, after: bytes.subarray(end) };
}

/** Bytes behind the tag; those that tell their own length, and those that are written anew only in some values, are looked at below. */
const fixedBytes: Readonly<Record<string, number>> = { V: 0, b: 1, B: 1, s: 2, u: 2, I: 4, i: 4, l: 8, T: 8, D: 5 };
const tagOf = (letter: string): number => letter.charCodeAt(0);
const fixedByTag = new Map(Object.entries(fixedBytes).map(([tag, count]) => [tagOf(tag), count]));
const [text, binary, table, list] = [tagOf('S'), tagOf('x'), tagOf('F'), tagOf('A')];
const [boolean, float, double] = [tagOf('t'), tagOf('f'), tagOf('d')];

/** Where the value that begins with its tag at `start` ends; `null` where it is not sure to be written anew as it stands. */
function valueEnd(bytes: Buffer, start: number, limit: number, depth: number): number | null {
  if (start >= limit) return null;
  const tag = bytes[start];
  const at = start + 1;
  const fixed = fixedByTag.get(tag ?? 0);
  if (fixed !== undefined) return within(at + fixed, limit);
  switch (tag) {
    case text:
    case binary:
      return at + 4 > limit ? null : within(at + 4 + bytes.readUInt32BE(at), limit);
    case table:
    case list: {
      if (at + 4 > limit) return null;
      const end = within(at + 4 + bytes.readUInt32BE(at), limit);
      if (depth >= nestedMax) return end;
      for (let offset: number | null = at + 4; end !== null && offset !== end;) {
        const nameBytes: number = tag === table ? 1 + (bytes[offset] ?? 0) : 0;
        // A name that is not UTF-8 keeps its bytes, so here it does not matter what it is.
        offset = valueEnd(bytes, offset + nameBytes, end, depth + 1);
        if (offset === null) return null;
      }
      return end;
    }
    // Written anew as 0 or 1.
    case boolean:
      return (bytes[at] ?? 2) > 1 ? null : within(at + 1, limit);
    // One of the many that are no number may come back as another.
    case float:
      return at + 4 > limit || Number.isNaN(bytes.readFloatBE(at)) ? null : at + 4;
    case double:
      return at + 8 > limit || Number.isNaN(bytes.readDoubleBE(at)) ? null : at + 8;
    default:
      return null;
  }
}

function within(end: number, limit: number): number | null {
  return end > limit ? null : end;
}

function isAscii(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if ((bytes[at] ?? 0xff) > 0x7f) return false;
  return true;
}
