import { gzipSync, zstdCompressSync } from 'node:zlib';
import { compressionsAlgorithms } from '@platformatic/kafka';
import { codec } from '#server/brokers/kafka/decompress.ts';
import { type OutgoingRecord, writeRecordBatch } from '#server/brokers/kafka/record-batch-writer.ts';

export type CodecName = keyof typeof codec;

export interface BatchShape {
  readonly baseOffset?: number;
  readonly records?: readonly Partial<OutgoingRecord>[];
  readonly codec?: CodecName;
  readonly producerId?: bigint;
  readonly transactional?: boolean;
  readonly logAppendTime?: boolean;
  /** Turns it into the marker that ends a transaction. */
  readonly marker?: 'abort' | 'commit';
  /** As compaction leaves it: no records, and the offsets that were. */
  readonly emptiedOf?: number;
  readonly magic?: number;
}

const baseTime = 1_700_000_000_000;

/** The bytes of a record batch as a broker stores it. Its checksum is not kept right. */
export function aRecordBatch(shape: BatchShape = {}): Buffer {
  const marker = shape.marker && {
    key: Buffer.from([0, 0, 0, shape.marker === 'abort' ? 0 : 1]),
    value: Buffer.alloc(6),
  };
  const given = marker ? [marker] : (shape.records ?? [{ value: Buffer.from('a') }]);
  const records = given.map((each): OutgoingRecord => ({
    key: null,
    value: null,
    headers: [],
    timestamp: baseTime,
    ...each,
  }));
  const plain = writeRecordBatch(records, { producerId: shape.producerId ?? -1n, producerEpoch: 0, baseSequence: 0 });
  const header = plain.subarray(0, 61);
  const payload = shape.emptiedOf === undefined ? pack(shape.codec ?? 'none', plain.subarray(61)) : Buffer.alloc(0);
  const flags = (shape.logAppendTime ? 8 : 0) | (shape.transactional || marker ? 16 : 0) | (marker ? 32 : 0);
  header.writeBigInt64BE(BigInt(shape.baseOffset ?? 0), 0);
  header.writeInt32BE(payload.length + 49, 8);
  header.writeInt8(shape.magic ?? 2, 16);
  header.writeInt16BE(codec[shape.codec ?? 'none'] | flags, 21);
  if (shape.emptiedOf !== undefined) {
    header.writeInt32BE(shape.emptiedOf - 1, 23);
    header.writeInt32BE(0, 57);
  }
  return Buffer.concat([header, payload]);
}

export function pack(name: CodecName, bytes: Buffer): Buffer {
  switch (name) {
    case 'none':
      return bytes;
    case 'gzip':
      return gzipSync(bytes);
    case 'snappy':
      return compressionsAlgorithms.snappy.compressSync(bytes);
    case 'lz4':
      return compressionsAlgorithms.lz4.compressSync(bytes);
    case 'zstd':
      return zstdCompressSync(bytes);
  }
}
