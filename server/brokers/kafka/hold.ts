import { AppError } from '#lib/domain/errors.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import type { HeldBatch, WantedMessage } from '#server/brokers/driver.ts';
import { batchBytes, batchMessages } from '#server/brokers/kafka/browse.ts';
import type { KafkaCluster } from '#server/brokers/kafka/kafka-cluster.ts';
import { deadLetterOf, parsePosition } from '#server/brokers/kafka/kafka-message.ts';
import { defaultReadLimits, type OffsetRange, readLog } from '#server/brokers/kafka/log-reader.ts';

/** Offsets so close that one fetch over what lies between is cheaper than two. */
const bridgedGap = 200;

/** Fetches the wanted offsets again. A log holds nothing back and removes nothing. See `BrokerDriver.hold`. */
export async function* holdMessages(
  cluster: KafkaCluster,
  topic: string,
  wanted: readonly WantedMessage[],
  signal: AbortSignal,
): AsyncGenerator<HeldBatch> {
  const offsets = new Map<number, number[]>();
  for (const { position } of wanted) {
    const { partition, offset } = parsePosition(position);
    const known = offsets.get(partition);
    if (known) known.push(offset);
    else offsets.set(partition, [offset]);
  }
  const layout = await cluster.topic(topic, signal);
  const [earliest, stable] = await Promise.all([
    cluster.offsets(layout, 'earliest', signal),
    cluster.offsets(layout, 'stable', signal),
  ]);

  let pending: RawDeadLetter[] = [];
  let bytes = 0;
  for (const { partition } of layout.partitions) {
    const mine = new Set(offsets.get(partition));
    const toDeadLetter = deadLetterOf(partition);
    for (const run of runsOf(partition, [...mine], earliest.get(partition) ?? 0, stable.get(partition) ?? 0)) {
      // A single wanted message needs no megabytes; its batch comes whole in any case.
      const partitionBytes = Math.min(defaultReadLimits.partitionBytes, (run.end - run.start) * 4_096);
      for await (const part of readLog(cluster, layout, [run], signal, { ...defaultReadLimits, partitionBytes })) {
        for (const record of part.records) {
          if (!mine.has(record.offset)) continue;
          pending.push(toDeadLetter(record));
          bytes += record.size;
          if (pending.length >= batchMessages || bytes >= batchBytes) {
            yield held(pending, topic);
            pending = [];
            bytes = 0;
          }
        }
      }
    }
  }
  if (pending.length > 0) yield held(pending, topic);
}

function held(messages: readonly RawDeadLetter[], topic: string): HeldBatch {
  return {
    messages,
    async remove() {
      throw new AppError(
        'unsupported',
        `Topic ${topic} is a log: Kafka cannot remove single messages. They go when retention ends.`,
        {
          details: { topic },
        },
      );
    },
  };
}

/** Ranges that cover the offsets, as far as the log still has them. */
export function runsOf(
  partition: number,
  offsets: readonly number[],
  earliest: number,
  end: number,
): readonly OffsetRange[] {
  const runs: OffsetRange[] = [];
  for (const offset of offsets.toSorted((a, b) => a - b)) {
    if (offset < earliest || offset >= end) continue;
    const last = runs.at(-1);
    if (last && offset - last.end <= bridgedGap) runs[runs.length - 1] = { ...last, end: offset + 1 };
    else runs.push({ partition, start: offset, end: offset + 1 });
  }
  return runs;
}
