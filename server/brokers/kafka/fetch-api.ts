import { createAPI, fetchV17, readKnownTaggedFields, type API, type Reader } from '@platformatic/kafka';

/** One partition of a Fetch answer; its records stay raw bytes until `record-batch.ts` walks them. */
export interface FetchedPartition {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: bigint;
  readonly lastStableOffset: bigint;
  readonly logStartOffset: bigint;
  /** Transactions that touch what was read and were aborted; empty outside `read_committed`. */
  readonly aborted: readonly AbortedTransaction[];
  /** Whole record batches; the last one may be cut short by the size limit. Keeps no other partition's bytes alive. */
  readonly records: Buffer;
}

export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: bigint;
}

export interface FetchAnswer {
  readonly errorCode: number;
  readonly partitions: readonly FetchedPartition[];
}

type FetchRequestTopic = Parameters<typeof fetchV17.createRequest>[6][number];

type FetchArguments = [
  maxWaitMs: number,
  minBytes: number,
  maxBytes: number,
  isolationLevel: number,
  sessionId: number,
  sessionEpoch: number,
  topics: FetchRequestTopic[],
  forgottenTopics: [],
  rackId: string,
];

/**
 * Versions 15 (Kafka 3.5) to 17 (3.9) are the same bytes for a client that is no replica: 16 and 17 only added tagged fields
 * (FetchRequest.json and FetchResponse.json in Kafka's source).
 */
export const fetchVersions = { oldest: 15, newest: 17 } as const;

export function fetchApi(version: number): API<FetchArguments, FetchAnswer> {
  return createAPI<FetchArguments, FetchAnswer>(1, version, fetchV17.createRequest, (_id, _key, _version, reader) =>
    readFetchAnswer(reader),
  );
}

/** Fetch response, versions 13 to 17: topics are named by id, and only one topic is ever asked for here. */
export function readFetchAnswer(reader: Reader): FetchAnswer {
  reader.readInt32(); // The throttle time: the broker itself holds back the answer.
  const errorCode = reader.readInt16();
  reader.readInt32(); // The session id: there is no session.
  const topics = reader.readArray((topic) => {
    topic.readUUID();
    return topic.readArray(readPartition, true, false);
  });
  return { errorCode, partitions: topics.flat() };
}

function readPartition(reader: Reader): FetchedPartition {
  const partition = reader.readInt32();
  const errorCode = reader.readInt16();
  const highWatermark = reader.readInt64();
  const lastStableOffset = reader.readInt64();
  const logStartOffset = reader.readInt64();
  const aborted = reader.readNullableArray((entry) => ({
    producerId: entry.readInt64(),
    firstOffset: entry.readInt64(),
  }));
  reader.readInt32(); // The preferred read replica: no rack was given.
  // Compact bytes: the length plus one, and 0 for none.
  const length = Math.max(0, reader.readUnsignedVarInt() - 1);
  const records = length === 0 ? Buffer.alloc(0) : reader.buffer.slice(reader.position, reader.position + length);
  reader.skip(length);
  readKnownTaggedFields(reader, {});
  return { partition, errorCode, highWatermark, lastStableOffset, logStartOffset, aborted: aborted ?? [], records };
}
