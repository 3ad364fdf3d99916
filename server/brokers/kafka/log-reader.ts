import { AppError } from '#lib/domain/errors.ts';
import {
  createTransactionFilter,
  type KafkaRecord,
  recordBatches,
  records,
  UnsupportedMagic,
} from '#server/brokers/kafka/record-batch.ts';
import { CorruptRecords, UnpackedTooLarge } from '#server/brokers/kafka/decompress.ts';
import { fetchApi, type FetchedPartition, fetchVersions } from '#server/brokers/kafka/fetch-api.ts';
import { byLeader, type KafkaCluster, type TopicLayout } from '#server/brokers/kafka/kafka-cluster.ts';
import { type ErrorContext, errorOfCode, kafkaCode } from '#server/brokers/kafka/kafka-errors.ts';

/** A stretch of one partition: offsets from `start` up to, not including, `end`. */
export interface OffsetRange {
  readonly partition: number;
  readonly start: number;
  readonly end: number;
  /** The first offset that is of interest from the given one on. What lies before it is not asked for, but may come along. */
  readonly seek?: (from: number) => number;
  /** No others are taken apart, and each of these has bytes of its own; all where absent. */
  readonly only?: ReadonlySet<number>;
}

/** What one answer brought of one partition. */
export interface LogPart {
  readonly partition: number;
  /** To be gone through once; unpacks as it goes. */
  readonly records: Iterable<KafkaRecord>;
  /** Everything below is dealt with once `records` is through; beyond the last record where compaction or transactions left gaps. */
  readonly next: number;
  /** Set when the log no longer held what was asked: everything below is gone. */
  readonly lostBefore: number | null;
  /** Filled while `records` is gone through: stretches that unpack to more than the limit, and were left out. */
  readonly tooLarge: { readonly from: number; readonly to: number }[];
}

export interface ReadLimits {
  /** Bytes of one answer, and of one partition in it. A single batch may be larger and comes whole. */
  readonly fetchBytes: number;
  readonly partitionBytes: number;
  /** Bytes to which one batch may unpack. */
  readonly unpackedBytes: number;
}

export const defaultReadLimits: ReadLimits = { fetchBytes: 8 << 20, partitionBytes: 4 << 20, unpackedBytes: 128 << 20 };

interface PartitionRead {
  readonly partition: number;
  readonly leader: number;
  readonly end: number;
  readonly seek: (from: number) => number;
  readonly only: ReadonlySet<number> | undefined;
  ask: number;
  /** Answers in a row that brought nothing for this partition although it was asked for first. */
  barren: number;
}

const maxWaitMs = 250;
const readCommitted = 1;

/**
 * Reads committed messages of the ranges with sessionless fetches: no consumer group exists and nothing is committed. The next fetch is
 * under way while the caller works on the last one. Parts come in order within a partition. One fetch is not a page: a broker
 * serves one segment and cuts off all but the first partition, so it is asked until every partition has reached its end.
 */
export async function* readLog(
  cluster: KafkaCluster,
  layout: TopicLayout,
  ranges: readonly OffsetRange[],
  signal: AbortSignal,
  limits: ReadLimits = defaultReadLimits,
): AsyncGenerator<LogPart> {
  const context: ErrorContext = { connection: cluster.settings.connection, topic: layout.name };
  const version = Math.min(fetchVersions.newest, await cluster.newestVersion(1, signal));
  if (version < fetchVersions.oldest) throw errorOfCode(kafkaCode.unsupportedVersion, context);
  const fetch = fetchApi(version);
  const leaders = new Map(layout.partitions.map((each) => [each.partition, each.leader]));
  const open: PartitionRead[] = ranges
    .filter((range) => range.start < range.end)
    .map((range) => ({
      partition: range.partition,
      leader: leaders.get(range.partition) ?? -1,
      end: range.end,
      seek: range.seek ?? ((from) => from),
      only: range.only,
      ask: range.start,
      barren: 0,
    }));

  type Arrival = {
    readonly leader: number;
    readonly reads: PartitionRead[];
    readonly parts: readonly FetchedPartition[];
  };
  const waiting = new Map<number, Promise<Arrival>>();
  const send = (leader: number, reads: PartitionRead[]): void => {
    const partitions = reads.map((read) => ({
      partition: read.partition,
      currentLeaderEpoch: -1,
      fetchOffset: BigInt(read.ask),
      lastFetchedEpoch: -1,
      partitionMaxBytes: limits.partitionBytes,
    }));
    const answer = cluster.call(
      leader,
      fetch,
      [maxWaitMs, 1, limits.fetchBytes, readCommitted, 0, -1, [{ topicId: layout.id, partitions }], [], ''],
      signal,
      layout.name,
    );
    const arrival = answer.then(
      ({ errorCode, partitions: parts }) => {
        if (errorCode !== kafkaCode.none) throw errorOfCode(errorCode, context);
        return { leader, reads, parts };
      },
      (error: unknown) => {
        throw asInterruption(error, layout.name);
      },
    );
    // It may fail while the caller still works on another answer, or has left.
    arrival.catch(() => {});
    waiting.set(leader, arrival);
  };

  for (const [leader, reads] of byLeader(open)) send(leader, reads);
  while (waiting.size > 0) {
    const { leader, reads, parts } = await Promise.race(waiting.values());
    waiting.delete(leader);
    const ready: LogPart[] = [];
    for (const [index, read] of reads.entries()) {
      const part = parts.find((each) => each.partition === read.partition);
      if (part?.errorCode === kafkaCode.offsetOutOfRange) ready.push(await skipLost(read));
      else if (part && part.errorCode !== kafkaCode.none) throw errorOfCode(part.errorCode, context);
      else if (part) ready.push(...take(read, part, index === 0));
    }
    // Who was served goes to the end of the line: the size limit is lifted for the first only.
    const served = new Set(ready.map((part) => part.partition));
    const rest = reads.filter((read) => read.ask < read.end);
    const inLine = [
      ...rest.filter((read) => !served.has(read.partition)),
      ...rest.filter((read) => served.has(read.partition)),
    ];
    if (inLine.length > 0) send(leader, inLine);
    yield* ready;
  }

  function take(read: PartitionRead, part: FetchedPartition, wasFirst: boolean): LogPart[] {
    const start = read.ask;
    const next = scan(part.records, start);
    if (next > start) {
      read.ask = Math.min(read.seek(next), read.end);
      read.barren = 0;
    } else if (Number(part.lastStableOffset) <= start) {
      // The end that was seen is no longer there: the log was cut back by a change of leaders.
      read.ask = read.end;
    } else if (wasFirst && (read.barren += 1) > 2) {
      // Nothing up to the end, time and again: compaction took what was there.
      read.ask = read.end;
    }
    if (next === start && read.ask === start) return [];
    const tooLarge: { from: number; to: number }[] = [];
    return [
      {
        partition: read.partition,
        records: visible(part, start, read, tooLarge),
        next: read.ask,
        lostBefore: null,
        tooLarge,
      },
    ];
  }

  /** Only the batches' headers: where the next fetch begins is known before anything is unpacked. */
  function scan(raw: Buffer, start: number): number {
    let next = start;
    for (const batch of guarded(() => recordBatches(raw))) next = Math.max(next, batch.lastOffset + 1);
    return next;
  }

  function* visible(
    part: FetchedPartition,
    start: number,
    { end, only }: PartitionRead,
    tooLarge: { from: number; to: number }[],
  ): Generator<KafkaRecord> {
    const leftOut = createTransactionFilter(part.aborted);
    try {
      for (const batch of recordBatches(part.records)) {
        if (leftOut(batch) || batch.lastOffset < start) continue;
        if (batch.baseOffset >= end) return;
        try {
          for (const record of records(batch, start, limits.unpackedBytes, only)) {
            if (record.offset >= end) return;
            yield record;
          }
        } catch (error) {
          // One message that stands for gigabytes must not keep the rest of the topic from being read.
          if (!(error instanceof UnpackedTooLarge)) throw error;
          tooLarge.push({ from: batch.baseOffset, to: batch.lastOffset });
        }
      }
    } catch (error) {
      throw unreadable(error, part.partition);
    }
  }

  function* guarded<Item>(walk: () => Iterable<Item>): Generator<Item> {
    try {
      yield* walk();
    } catch (error) {
      throw unreadable(error, null);
    }
  }

  function unreadable(error: unknown, partition: number | null): unknown {
    const details = { topic: layout.name, ...(partition !== null && { partition }) };
    if (error instanceof UnsupportedMagic) {
      const text = `Topic ${layout.name} holds records in a format from before Kafka 0.11 (${error.magic}), which cannot be read.`;
      return new AppError('unsupported', text, { details: { ...details, magic: error.magic }, cause: error });
    }
    if (error instanceof CorruptRecords) {
      const text = `Topic ${layout.name} holds a damaged record batch. Check the broker's disks and its log.`;
      return new AppError('rejected', text, { details, cause: error });
    }
    return error;
  }

  /** The answer to OFFSET_OUT_OF_RANGE is -1 everywhere, so the log has to be asked again where it begins. */
  async function skipLost(read: PartitionRead): Promise<LogPart> {
    const only = { ...layout, partitions: layout.partitions.filter((each) => each.partition === read.partition) };
    const earliest = (await cluster.offsets(only, 'earliest', signal)).get(read.partition) ?? read.end;
    // Not below but beyond the log: it was cut back, and what was asked for is not there any more.
    read.ask = earliest > read.ask ? Math.min(read.seek(earliest), read.end) : read.end;
    read.barren = 0;
    return { partition: read.partition, records: [], next: read.ask, lostBefore: earliest, tooLarge: [] };
  }
}

/** A broker that was there a moment ago and is not now has interrupted the reading, whatever the socket says of it. */
function asInterruption(error: unknown, topic: string): unknown {
  if (!(error instanceof AppError) || (error.code !== 'unreachable' && error.code !== 'timed_out')) return error;
  const text = `Kafka went away while topic ${topic} was being read. Nothing is lost: read on from where it stopped.`;
  return new AppError('interrupted', text, { details: { ...error.details, topic }, cause: error });
}
