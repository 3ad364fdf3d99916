import { AppError } from '#lib/domain/errors.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import type { HeldBatch, WantedMessage } from '#server/brokers/driver.ts';
import { batchBytes } from '#server/brokers/kafka/browsing.ts';
import type { KafkaCluster } from '#server/brokers/kafka/kafka-cluster.ts';
import { deadLetterOf, identitySuffix, parsePosition } from '#server/brokers/kafka/kafka-message.ts';
import { defaultReadLimits, readLog } from '#server/brokers/kafka/log-reader.ts';

/** As many as a replay sends at once: what comes next is read while they are sent. */
const batchMessages = 1_000;

/** Wanted messages may lie far apart, and what lies between them travels in vain; a batch comes whole in any case. */
const sparseBytes = 128 << 10;
/** Where they mostly lie side by side, of all partitions: the next answer is under way while this one is worked on, so it need not be larger. */
const denseBytes = 1 << 20;

/**
 * Fetches the wanted offsets again. A log holds nothing back and removes nothing. What was wanted of a topic that was deleted and made anew is
 * gone: other messages have its offsets now. An identity that is a position alone is whatever stands there. See `BrokerDriver.hold`.
 */
export async function* holdMessages(
  cluster: KafkaCluster,
  topic: string,
  wanted: readonly WantedMessage[],
  signal: AbortSignal,
): AsyncGenerator<HeldBatch> {
  const layout = await cluster.topic(topic, signal);
  const suffix = identitySuffix(layout.id);
  const offsets = new Map<number, number[]>();
  for (const { identity, position } of wanted) {
    const { partition, offset } = parsePosition(position);
    if (identity !== position && !identity.endsWith(suffix)) continue;
    const known = offsets.get(partition);
    if (known) known.push(offset);
    else offsets.set(partition, [offset]);
  }
  const [earliest, stable] = await Promise.all([
    cluster.offsets(layout, 'earliest', signal),
    cluster.offsets(layout, 'stable', signal),
  ]);

  const stretches = layout.partitions.flatMap(({ partition }) => {
    const first = earliest.get(partition) ?? 0;
    const end = stable.get(partition) ?? 0;
    const mine = (offsets.get(partition) ?? [])
      .filter((offset) => offset >= first && offset < end)
      .toSorted((a, b) => a - b);
    const [start, last] = [mine[0], mine.at(-1)];
    return start === undefined || last === undefined
      ? []
      : [{ partition, start, end: last + 1, seek: seekIn(mine), only: new Set(mine) }];
  });

  const span = stretches.reduce((sum, { start, end }) => sum + end - start, 0);
  const isDense = stretches.reduce((sum, { only }) => sum + only.size, 0) * 2 > span;
  const partitionBytes = isDense ? Math.max(sparseBytes, Math.floor(denseBytes / stretches.length)) : sparseBytes;
  const limits = { ...defaultReadLimits, partitionBytes };

  let pending: RawDeadLetter[] = [];
  let bytes = 0;
  for await (const part of readLog(cluster, layout, stretches, signal, limits)) {
    const toDeadLetter = deadLetterOf(part.partition, layout.id);
    for (const record of part.records) {
      pending.push(toDeadLetter(record));
      bytes += record.size;
      if (pending.length >= batchMessages || bytes >= batchBytes) {
        yield held(pending, topic);
        pending = [];
        bytes = 0;
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

/** The first of the ascending offsets at or after a given one; beyond the last there is none. To be asked with rising offsets. */
export function seekIn(ascending: readonly number[]): (from: number) => number {
  let index = 0;
  return (from) => {
    let offset = ascending[index];
    while (offset !== undefined && offset < from) offset = ascending[++index];
    return offset ?? Number.POSITIVE_INFINITY;
  };
}
