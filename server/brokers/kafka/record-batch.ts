import { isUtf8 } from 'node:buffer';
import type { Header } from '#lib/domain/message.ts';
import type { AbortedTransaction } from '#server/brokers/kafka/fetch-api.ts';
import { CorruptRecords, decompress } from '#server/brokers/kafka/decompress.ts';

/**
 * Kafka's record batches (magic 2, since Kafka 0.11), read where they lie: keys, values and header values are views of the fetched bytes,
 * or of the unpacked ones of their batch. Layout: DefaultRecordBatch.java and DefaultRecord.java.
 *
 * Offsets are numbers: 2^53 of them would take a partition 285 years at a million messages a second.
 */
export interface RecordBatch {
  readonly baseOffset: number;
  /** Also of batches that compaction has emptied, so that the reader gets past them. */
  readonly lastOffset: number;
  readonly codec: number;
  /** The time is the broker's, at appending, and the same for the whole batch. */
  readonly logAppendTime: boolean;
  readonly transactional: boolean;
  /** Holds a transaction marker and no message. */
  readonly control: boolean;
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
  readonly producerId: bigint;
  readonly count: number;
  /** The records, packed if `codec` says so. */
  readonly payload: Buffer;
}

export interface KafkaRecord {
  readonly offset: number;
  /** Epoch milliseconds; -1 where the producer gave none. */
  readonly timestamp: number;
  readonly logAppendTime: boolean;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Header[];
  /** Bytes as stored, before packing. */
  readonly size: number;
}

/** The log holds records in a format from before Kafka 0.11. */
export class UnsupportedMagic extends Error {
  readonly magic: number;

  constructor(magic: number) {
    super(`Record format ${magic} is not supported.`);
    this.magic = magic;
  }
}

const batchHeaderLength = 61;
/** Base offset and length, which the batch's length does not count. */
const batchOverhead = 12;

/** The whole batches among the bytes; one that is cut off at the end is left for the next fetch. Throws `UnsupportedMagic`. */
export function* recordBatches(raw: Buffer): Generator<RecordBatch> {
  let at = 0;
  while (raw.length - at >= batchOverhead) {
    const length = raw.readInt32BE(at + 8);
    // The magic byte stands at the same place in all formats, and older ones are shorter than today's header.
    if (raw.length - at > 16 && raw.readInt8(at + 16) !== 2) throw new UnsupportedMagic(raw.readInt8(at + 16));
    if (raw.length - at < batchOverhead + length) return;
    if (length < batchHeaderLength - batchOverhead)
      throw new CorruptRecords('A record batch is shorter than its header.');
    const attributes = raw.readInt16BE(at + 21);
    const baseOffset = Number(raw.readBigInt64BE(at));
    yield {
      baseOffset,
      lastOffset: baseOffset + raw.readInt32BE(at + 23),
      codec: attributes & 7,
      logAppendTime: (attributes & 8) !== 0,
      transactional: (attributes & 16) !== 0,
      control: (attributes & 32) !== 0,
      baseTimestamp: Number(raw.readBigInt64BE(at + 27)),
      maxTimestamp: Number(raw.readBigInt64BE(at + 35)),
      producerId: raw.readBigInt64BE(at + 43),
      count: raw.readInt32BE(at + 57),
      payload: raw.subarray(at + batchHeaderLength, at + batchOverhead + length),
    };
    at += batchOverhead + length;
  }
}

/**
 * The messages of one batch from the offset `from` on. Where `only` some are wanted, no others are taken apart, and each has bytes of its own, in one piece: it
 * may be kept for longer than what it came with. Throws `UnpackedTooLarge`, `CorruptRecords`.
 */
export function* records(
  batch: RecordBatch,
  from: number,
  unpackedLimit: number,
  only?: ReadonlySet<number>,
): Generator<KafkaRecord> {
  const bytes = decompress(batch.codec, batch.payload, unpackedLimit);
  const cursor = { bytes, at: 0, end: bytes.length };
  let before: readonly Header[] = [];
  for (let index = 0; index < batch.count; index += 1) {
    const start = cursor.at;
    const length = readVarint(cursor);
    const end = cursor.at + length;
    if (length < 0 || end > bytes.length) throw new CorruptRecords('A record is longer than its batch.');
    cursor.end = end;
    cursor.at += 1; // Attributes; none are defined for a record.
    const timestampDelta = readVarlong(cursor);
    const offset = batch.baseOffset + readVarint(cursor);
    if (offset >= from && only?.has(offset) !== false) {
      const own = only ? copied(bytes, cursor.at, end) : cursor;
      const key = readBytes(own);
      const value = readBytes(own);
      const headers = readHeaders(own, before);
      before = headers;
      yield {
        offset,
        timestamp: batch.logAppendTime ? batch.maxTimestamp : batch.baseTimestamp + timestampDelta,
        logAppendTime: batch.logAppendTime,
        key,
        value,
        headers,
        size: end - start,
      };
    }
    cursor.at = end;
    cursor.end = bytes.length;
  }
}

/**
 * Which batches `read_committed` leaves out: transaction markers, and what aborted transactions wrote. The broker names the aborted
 * transactions with each answer, and the client has to do the rest (CompletedFetch.java). Feed it every batch, in order.
 */
export function createTransactionFilter(aborted: readonly AbortedTransaction[]): (batch: RecordBatch) => boolean {
  const upcoming = aborted.toSorted((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1));
  const active = new Set<bigint>();
  let next = 0;
  return (batch) => {
    for (let entry = upcoming[next]; entry && entry.firstOffset <= BigInt(batch.lastOffset); entry = upcoming[next]) {
      active.add(entry.producerId);
      next += 1;
    }
    if (batch.control) {
      if (isAbortMarker(batch)) active.delete(batch.producerId);
      return true;
    }
    return batch.transactional && active.has(batch.producerId);
  };
}

/** A marker's key is its version and its type, 16 bits each; type 0 is ABORT (ControlRecordType.java). */
function isAbortMarker(batch: RecordBatch): boolean {
  if (batch.count < 1) return false;
  const cursor = { bytes: batch.payload, at: 0, end: batch.payload.length };
  readVarint(cursor);
  cursor.at += 1;
  readVarlong(cursor);
  readVarint(cursor);
  const keyLength = readVarint(cursor);
  return keyLength >= 4 && cursor.at + 4 <= cursor.end && batch.payload.readInt16BE(cursor.at + 2) === 0;
}

interface Cursor {
  readonly bytes: Buffer;
  at: number;
  end: number;
}

function copied(bytes: Buffer, from: number, to: number): Cursor {
  if (to < from) throw new CorruptRecords('A record ends before its offset does.');
  // Of a pool where it is small: a few neighbours of one batch share a piece of memory.
  const own = Buffer.allocUnsafe(to - from);
  bytes.copy(own, 0, from, to);
  return { bytes: own, at: 0, end: own.length };
}

/** Zig-zag, at most 32 bits. */
function readVarint(cursor: Cursor): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = cursor.bytes[cursor.at++];
    if (byte === undefined) break;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
  }
  throw new CorruptRecords('A record holds a broken number.');
}

/** Zig-zag, at most 64 bits, exact up to 2^53. */
function readVarlong(cursor: Cursor): number {
  let value = 0;
  for (let factor = 1, index = 0; index < 10; index += 1, factor *= 128) {
    const byte = cursor.bytes[cursor.at++];
    if (byte === undefined) break;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
  throw new CorruptRecords('A record holds a broken number.');
}

/** The length -1 stands for null. */
function readBytes(cursor: Cursor): Uint8Array | null {
  const length = readVarint(cursor);
  if (length < 0) return null;
  const start = cursor.at;
  cursor.at += length;
  if (cursor.at > cursor.end) throw new CorruptRecords('A field is longer than its record.');
  // A plain view and no Buffer: `slice` of a Buffer does not copy, which would surprise whoever keeps a part of it.
  return new Uint8Array(cursor.bytes.buffer, cursor.bytes.byteOffset + start, length);
}

/**
 * `before`: the headers of the record before. Names mostly repeat from record to record, and what they say often does: a header that is known need not be made
 * again.
 */
function readHeaders(cursor: Cursor, before: readonly Header[]): Header[] {
  const count = readVarint(cursor);
  // Every header takes at least two bytes, so a made-up count cannot ask for more memory than the record is long.
  if (count < 0 || count * 2 > cursor.end - cursor.at)
    throw new CorruptRecords('A record announces more headers than it has room for.');
  const headers: Header[] = [];
  for (let index = 0; index < count; index += 1) {
    const length = readVarint(cursor);
    const start = cursor.at;
    cursor.at += length;
    if (length < 0 || cursor.at > cursor.end) throw new CorruptRecords('A header name is longer than its record.');
    const known = before[index];
    const name = headerName(cursor.bytes, start, cursor.at, known);
    const valueAt = cursor.at;
    if (known && name === known && skipsValue(cursor, known)) {
      headers.push(known);
      continue;
    }
    cursor.at = valueAt;
    const value = readBytes(cursor);
    const typed = value === null ? ({ kind: 'null' } as const) : ({ kind: 'bytes', bytes: value } as const);
    headers.push(
      name.nameIsLatin1 ? { name: name.name, nameIsLatin1: true, value: typed } : { name: name.name, value: typed },
    );
  }
  return headers;
}

/** To compare more takes longer than to make it again. */
const comparedMax = 64;

/** Whether the value is that of the known header; then the cursor stands behind it. */
function skipsValue(cursor: Cursor, { value }: Header): boolean {
  if (value.kind !== 'bytes' || value.bytes.length > comparedMax) return false;
  const { bytes } = value;
  if (readVarint(cursor) !== bytes.length || cursor.at + bytes.length > cursor.end) return false;
  for (let index = 0; index < bytes.length; index += 1)
    if (cursor.bytes[cursor.at + index] !== bytes[index]) return false;
  cursor.at += bytes.length;
  return true;
}

function headerName(
  bytes: Buffer,
  start: number,
  end: number,
  known: Header | undefined,
): Pick<Header, 'name' | 'nameIsLatin1'> {
  if (known && !known.nameIsLatin1 && equalsAscii(bytes, start, end, known.name)) return known;
  const raw = bytes.subarray(start, end);
  return isUtf8(raw) ? { name: raw.toString('utf8') } : { name: raw.toString('latin1'), nameIsLatin1: true };
}

function equalsAscii(bytes: Buffer, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false;
  for (let index = 0; index < text.length; index += 1) {
    const byte = bytes[start + index];
    if (byte !== text.charCodeAt(index) || byte > 0x7f) return false;
  }
  return true;
}
