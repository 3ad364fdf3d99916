import { fc } from '#lib/testing/properties.ts';
import { Reader, readRecordsBatches } from '@platformatic/kafka';
import { describe, expect, test } from 'vitest';
import { CorruptRecords, UnpackedTooLarge } from '#server/brokers/kafka/decompress.ts';
import {
  createTransactionFilter,
  type KafkaRecord,
  recordBatches,
  records,
  UnsupportedMagic,
} from '#server/brokers/kafka/record-batch.ts';
import { type OutgoingRecord, writeRecordBatch } from '#server/brokers/kafka/record-batch-writer.ts';
import { aRecordBatch, type CodecName } from '#server/brokers/kafka/testing/a-record-batch.ts';

const limit = 1 << 20;
const bytes = fc.uint8Array({ maxLength: 40 });
const nullable = fc.option(bytes);
const name = fc.oneof(
  fc.string({ maxLength: 12, unit: 'binary' }).map((text) => Buffer.from(text)),
  bytes,
);
const outgoing: fc.Arbitrary<OutgoingRecord> = fc.record({
  key: nullable,
  value: nullable,
  headers: fc.array(fc.tuple(name, nullable), { maxLength: 5 }),
  timestamp: fc.integer({ min: 0, max: 4_000_000_000_000 }),
});
const codecs: readonly CodecName[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

function readAll(raw: Buffer, from = 0, only?: ReadonlySet<number>): KafkaRecord[] {
  return [...recordBatches(raw)].flatMap((batch) => [...records(batch, from, limit, only)]);
}

/** Bytes as text, so that views and buffers compare. */
function plain(record: KafkaRecord) {
  const text = (value: Uint8Array | null) => (value === null ? null : Buffer.from(value).toString('latin1'));
  return {
    key: text(record.key),
    value: text(record.value),
    timestamp: record.timestamp,
    headers: record.headers.map((header) => [
      Buffer.from(header.name, header.nameIsLatin1 ? 'latin1' : 'utf8').toString('latin1'),
      header.value.kind === 'bytes' ? text(header.value.bytes) : null,
    ]),
  };
}

function plainSent(record: OutgoingRecord) {
  const text = (value: Uint8Array | null) => (value === null ? null : Buffer.from(value).toString('latin1'));
  return {
    key: text(record.key),
    value: text(record.value),
    timestamp: record.timestamp,
    headers: record.headers.map(([header, value]) => [text(header), text(value)]),
  };
}

test('those that are wanted are what they are among all, and keep nothing of the others alive', () => {
  const some = fc.array(fc.tuple(outgoing, fc.boolean()), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(some, fc.constantFrom(...codecs), (given, packed) => {
      const raw = aRecordBatch({ records: given.map(([record]) => record), codec: packed });
      const only = new Set(given.flatMap(([, isWanted], offset) => (isWanted ? [offset] : [])));
      const expected = readAll(raw)
        .filter(({ offset }) => only.has(offset))
        .map(plain);
      const found = readAll(raw, 0, only);
      raw.fill(0);
      expect(found.map(plain)).toEqual(expected);
    }),
  );
});

describe('what is written is read', () => {
  test('byte for byte, with order, repeated names, nulls and every codec', () => {
    fc.assert(
      fc.property(
        fc.array(outgoing, { minLength: 1, maxLength: 12 }),
        fc.constantFrom(...codecs),
        fc.nat(1_000),
        (sent, codec, baseOffset) => {
          const read = readAll(aRecordBatch({ records: sent, codec, baseOffset }));
          expect(read.map(plain)).toEqual(sent.map(plainSent));
          expect(read.map((record) => record.offset)).toEqual(sent.map((_, index) => baseOffset + index));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('in the same way by another decoder', () => {
    fc.assert(
      fc.property(fc.array(outgoing, { minLength: 1, maxLength: 12 }), (sent) => {
        const raw = writeRecordBatch(sent, { producerId: 7n, producerEpoch: 1, baseSequence: 3 });
        const [batch] = readRecordsBatches(Reader.from(raw));
        expect(batch).toMatchObject({
          producerId: 7n,
          producerEpoch: 1,
          firstSequence: 3,
          lastOffsetDelta: sent.length - 1,
        });
        const seen = batch?.records.map((record) => ({
          key: record.key,
          value: record.value,
          timestamp: Number((batch?.firstTimestamp ?? 0n) + record.timestampDelta),
          headers: record.headers.map(([header, value]) => [header ?? Buffer.alloc(0), value] as const),
        }));
        // The other decoder cannot tell a null name from an empty one; nobody can send the former.
        expect((seen ?? []).map(plainSent)).toEqual(sent.map(plainSent));
      }),
    );
  });

  test('from an offset inside a batch on', () => {
    const three = [1, 2, 3].map((each) => ({ value: Buffer.from([each]) }));
    expect(readAll(aRecordBatch({ baseOffset: 10, records: three }), 12).map((record) => record.offset)).toEqual([12]);
  });
});

describe('the log as brokers leave it', () => {
  test('a batch that is cut off at the end is left for the next fetch', () => {
    const whole = aRecordBatch({ baseOffset: 0 });
    const next = aRecordBatch({ baseOffset: 1, records: [{ value: Buffer.alloc(100) }] });
    fc.assert(
      fc.property(fc.nat(next.length - 1), (length) => {
        const read = readAll(Buffer.concat([whole, next.subarray(0, length)]));
        expect(read.map((record) => record.offset)).toEqual([0]);
      }),
    );
  });

  test('a batch that compaction has emptied is stepped over by its last offset', () => {
    const raw = Buffer.concat([aRecordBatch({ baseOffset: 5, emptiedOf: 20 }), aRecordBatch({ baseOffset: 25 })]);
    expect([...recordBatches(raw)].map((batch) => batch.lastOffset)).toEqual([24, 25]);
    expect(readAll(raw).map((record) => record.offset)).toEqual([25]);
  });

  test('with log append time every record has the time of its batch', () => {
    const times = [1_000, 9_000, 5_000].map((timestamp) => ({ timestamp, value: Buffer.alloc(1) }));
    const read = readAll(aRecordBatch({ records: times, logAppendTime: true }));
    expect(read.map((record) => [record.timestamp, record.logAppendTime])).toEqual([
      [9_000, true],
      [9_000, true],
      [9_000, true],
    ]);
  });

  test('a format from before Kafka 0.11 is an error and not a guess', () => {
    expect(() => readAll(aRecordBatch({ magic: 1 }))).toThrow(UnsupportedMagic);
  });

  test('a name that is not UTF-8 is kept byte by byte', () => {
    const headers = [
      [Buffer.from([0xff, 0x41]), Buffer.alloc(0)],
      [Buffer.from('grün'), null],
    ] as const;
    const [record] = readAll(aRecordBatch({ records: [{ headers }] }));
    expect(record?.headers).toEqual([
      { name: 'ÿA', nameIsLatin1: true, value: { kind: 'bytes', bytes: new Uint8Array() } },
      { name: 'grün', value: { kind: 'null' } },
    ]);
  });
});

describe('hostile bytes', () => {
  test('damage anywhere is read as something or called corrupt, and nothing else happens', () => {
    const raw = aRecordBatch({
      records: [1, 2, 3].map((each) => ({
        key: Buffer.from(`key ${each}`),
        value: Buffer.alloc(50, each),
        headers: [[Buffer.from('name'), Buffer.from('value')]],
      })),
    });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 57, max: raw.length - 1 }), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (damage) => {
          const damaged = Buffer.from(raw);
          for (const [at, byte] of damage) damaged[at] = byte;
          for (const only of [undefined, new Set([0, 1, 2])]) {
            try {
              readAll(damaged, 0, only);
            } catch (error) {
              expect(error, String(error)).toBeInstanceOf(CorruptRecords);
            }
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('a record that ends before its offset does is corrupt, also where some alone are wanted', () => {
    const damaged = aRecordBatch({ records: [{ value: Buffer.alloc(10) }] });
    // One byte long.
    damaged[61] = 2;
    expect(() => readAll(damaged)).toThrow(CorruptRecords);
    expect(() => readAll(damaged, 0, new Set([0]))).toThrow(CorruptRecords);
  });

  test('sizes that exceed their surroundings are corrupt', () => {
    const raw = aRecordBatch({ records: [{ value: Buffer.alloc(10) }] });
    for (const huge of [0x7e, 0xfe]) {
      const damaged = Buffer.from(raw);
      damaged[61] = huge;
      expect(() => readAll(damaged)).toThrow(CorruptRecords);
    }
  });

  test('a batch that would unpack beyond the limit is told apart from a corrupt one', () => {
    const bomb = aRecordBatch({ codec: 'gzip', records: [{ value: Buffer.alloc(limit + 1) }] });
    expect(() => readAll(bomb)).toThrow(UnpackedTooLarge);
  });
});

describe('read committed', () => {
  const transaction = { producerId: 4n, transactional: true };

  function visible(raw: readonly Buffer[], aborted: { producerId: bigint; firstOffset: bigint }[]): number[] {
    const leftOut = createTransactionFilter(aborted);
    return [...recordBatches(Buffer.concat(raw))].filter((batch) => !leftOut(batch)).map((batch) => batch.baseOffset);
  }

  test('what was aborted is left out up to the marker, and what came after it is not', () => {
    const log = [
      aRecordBatch({ baseOffset: 0 }),
      aRecordBatch({ baseOffset: 1, ...transaction }),
      aRecordBatch({ baseOffset: 2, producerId: 9n, transactional: true }),
      aRecordBatch({ baseOffset: 3, ...transaction }),
      aRecordBatch({ baseOffset: 4, marker: 'abort', producerId: 4n }),
      aRecordBatch({ baseOffset: 5, ...transaction }),
      aRecordBatch({ baseOffset: 6, marker: 'commit', producerId: 4n }),
    ];
    expect(visible(log, [{ producerId: 4n, firstOffset: 1n }])).toEqual([0, 2, 5]);
  });

  test('two aborted transactions of one producer are each left out, whatever their order in the answer', () => {
    const log = [
      aRecordBatch({ baseOffset: 0, ...transaction }),
      aRecordBatch({ baseOffset: 1, marker: 'abort', producerId: 4n }),
      aRecordBatch({ baseOffset: 2, ...transaction }),
      aRecordBatch({ baseOffset: 3, marker: 'commit', producerId: 4n }),
      aRecordBatch({ baseOffset: 4, ...transaction }),
      aRecordBatch({ baseOffset: 5, marker: 'abort', producerId: 4n }),
    ];
    expect(
      visible(log, [
        { producerId: 4n, firstOffset: 4n },
        { producerId: 4n, firstOffset: 0n },
      ]),
    ).toEqual([2]);
  });

  test('a producer that is not transactional keeps its messages although its id was aborted', () => {
    expect(visible([aRecordBatch({ producerId: 4n })], [{ producerId: 4n, firstOffset: 0n }])).toEqual([0]);
  });
});
