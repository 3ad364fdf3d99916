import { crc32c } from '@platformatic/kafka';

/** A record as it is sent. Header names may repeat, and values may be null: the client's own producer takes a map and has no way to say so. */
export interface OutgoingRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly (readonly [name: Uint8Array, value: Uint8Array | null])[];
  /** Epoch milliseconds. */
  readonly timestamp: number;
}

export interface BatchIdentity {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  /** The sequence number of the first record, by which the broker recognises a batch that is sent twice. */
  readonly baseSequence: number;
}

const headerLength = 61;

/** Bytes that the record adds to a batch, an upper bound. */
export function recordLength(record: OutgoingRecord): number {
  let length = 35 + (record.key?.length ?? 0) + (record.value?.length ?? 0);
  for (const [name, value] of record.headers) length += 10 + name.length + (value?.length ?? 0);
  return length;
}

/** One uncompressed record batch, magic 2 (DefaultRecordBatch.java). `records` must not be empty; `length` is the sum of their `recordLength`. */
export function writeRecordBatch(
  records: readonly OutgoingRecord[],
  identity: BatchIdentity,
  length = records.reduce((total, record) => total + recordLength(record), 0),
): Buffer {
  const first = records[0];
  if (!first) throw new RangeError('A record batch holds at least one record.');
  const buffer = Buffer.allocUnsafe(headerLength + length);
  let at = headerLength;
  let maxTimestamp = first.timestamp;
  for (const [index, record] of records.entries()) {
    at = writeRecord(buffer, at, record, index, record.timestamp - first.timestamp);
    maxTimestamp = Math.max(maxTimestamp, record.timestamp);
  }
  buffer.writeBigInt64BE(0n, 0); // The base offset is the broker's to give.
  buffer.writeInt32BE(at - 12, 8);
  buffer.writeInt32BE(-1, 12); // The leader's epoch, too.
  buffer.writeInt8(2, 16);
  buffer.writeInt16BE(0, 21);
  buffer.writeInt32BE(records.length - 1, 23);
  buffer.writeBigInt64BE(BigInt(first.timestamp), 27);
  buffer.writeBigInt64BE(BigInt(maxTimestamp), 35);
  buffer.writeBigInt64BE(identity.producerId, 43);
  buffer.writeInt16BE(identity.producerEpoch, 51);
  buffer.writeInt32BE(identity.baseSequence, 53);
  buffer.writeInt32BE(records.length, 57);
  buffer.writeUInt32BE(crc32c(buffer.subarray(21, at)) >>> 0, 17);
  return buffer.subarray(0, at);
}

function writeRecord(
  buffer: Buffer,
  start: number,
  record: OutgoingRecord,
  index: number,
  timestampDelta: number,
): number {
  // The body's length stands before it, so the body is written behind the room that the longest length would take, and moved up.
  const body = start + 5;
  let at = body;
  buffer[at++] = 0;
  at = writeVarlong(buffer, at, timestampDelta);
  at = writeVarlong(buffer, at, index);
  at = writeBytes(buffer, at, record.key);
  at = writeBytes(buffer, at, record.value);
  at = writeVarlong(buffer, at, record.headers.length);
  for (const [name, value] of record.headers) {
    at = writeBytes(buffer, at, name);
    at = writeBytes(buffer, at, value);
  }
  const moved = writeVarlong(buffer, start, at - body);
  buffer.copyWithin(moved, body, at);
  return moved + at - body;
}

function writeBytes(buffer: Buffer, at: number, bytes: Uint8Array | null): number {
  if (bytes === null) return writeVarlong(buffer, at, -1);
  const start = writeVarlong(buffer, at, bytes.length);
  buffer.set(bytes, start);
  return start + bytes.length;
}

/** Zig-zag, seven bits a byte; safe integers only. */
function writeVarlong(buffer: Buffer, at: number, value: number): number {
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  while (rest >= 128) {
    buffer[at++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  buffer[at++] = rest;
  return at;
}
