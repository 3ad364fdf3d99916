import { AppError } from '#lib/domain/errors.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import type { BrowseBatch, BrowseEnd, BrowseOptions } from '#server/brokers/driver.ts';
import { browseBackwards } from '#server/brokers/kafka/browse-backwards.ts';
import {
  batchBytes,
  batchMessages,
  type Browsing,
  cursorOf,
  lostIn,
  olderThan,
  type Stretch,
  toLostBefore,
} from '#server/brokers/kafka/browsing.ts';
import { parseCursor } from '#server/brokers/kafka/cursor.ts';
import type { KafkaCluster } from '#server/brokers/kafka/kafka-cluster.ts';
import { deadLetterOf } from '#server/brokers/kafka/kafka-message.ts';
import { type OffsetRange, readLog } from '#server/brokers/kafka/log-reader.ts';

/** See `BrokerDriver.browse`, and `Browsing.onGaps`. */
export async function* browseTopic(
  cluster: KafkaCluster,
  topic: string,
  options: BrowseOptions,
  signal: AbortSignal,
  onGaps: (topic: string) => void,
): AsyncGenerator<BrowseBatch> {
  const parsed = parseCursor(options.from);
  const layout = await cluster.topic(topic, signal);
  const [earliest, stable, high] = await Promise.all([
    cluster.offsets(layout, 'earliest', signal),
    cluster.offsets(layout, 'stable', signal),
    cluster.offsets(layout, 'high', signal),
  ]);
  const startsAnew = parsed !== null && parsed.topic !== layout.id;
  const cursor = startsAnew ? null : parsed;
  const fromTheEnd = options.backwards === true && cursor === null;
  const stretches = layout.partitions.map(({ partition }): Stretch => {
    const first = earliest.get(partition) ?? 0;
    const end = stable.get(partition) ?? first;
    const asked = fromTheEnd ? end : (cursor?.next.get(partition) ?? first);
    const known = cursor?.next.has(partition) === true ? asked : 0;
    // Beyond the end there is nothing to go on from: the log was cut back, so it is read from its beginning.
    const isCutBack = asked > end;
    const start = isCutBack ? first : Math.max(asked, first);
    const low = isCutBack ? first : fromTheEnd ? end : (cursor?.low.get(partition) ?? first);
    const whole = cursor !== null && start === known && end === high.get(partition);
    return { partition, earliest: first, end, start, whole, next: start, low: low > first ? low : null };
  });
  const browsing: Browsing = { cluster, layout, stretches, since: cursor?.since ?? null, signal, onGaps };
  if (startsAnew) {
    const of = stretches.reduce((sum, { earliest: first, end }) => sum + end - first, 0);
    const progress = { read: 0, of, exact: false };
    yield { messages: [], cursor: cursorOf(browsing), progress, end: null, startsAnew };
  }
  if (options.backwards === true) {
    yield* browseBackwards(browsing, options.limit ?? batchMessages, cursor === null);
  } else {
    const isWhole = cursor !== null && stretches.every((each) => each.whole);
    yield* browseOn(browsing, { limit: options.limit ?? Number.POSITIVE_INFINITY, isWhole });
  }
}

async function* browseOn(
  browsing: Browsing,
  { limit, isWhole }: { readonly limit: number; readonly isWhole: boolean },
): AsyncGenerator<BrowseBatch> {
  const { cluster, layout, stretches, signal, onGaps } = browsing;
  const byPartition = new Map(stretches.map((stretch) => [stretch.partition, stretch]));
  const lost = lostIn(stretches);
  let pending: RawDeadLetter[] = [];
  let bytes = 0;
  let read = 0;
  let skipped = false;

  const batch = (end: BrowseEnd | null): BrowseBatch => {
    const messages = pending;
    pending = [];
    bytes = 0;
    const left = stretches.reduce((sum, each) => sum + each.end - each.next, 0);
    return {
      messages,
      cursor: cursorOf(browsing),
      progress: { read, of: read + left, exact: left === 0 },
      end,
    };
  };

  const ranges = stretches.map(({ partition, start, end }): OffsetRange => ({ partition, start, end }));
  if (limit > 0) {
    for await (const part of readLog(cluster, layout, ranges, signal)) {
      const stretch = byPartition.get(part.partition);
      if (!stretch) continue;
      if (part.lostBefore !== null) lost.set(part.partition, part.lostBefore);
      const toDeadLetter = deadLetterOf(part.partition, layout.id);
      for (const record of part.records) {
        pending.push(toDeadLetter(record));
        bytes += record.size;
        read += 1;
        stretch.next = record.offset + 1;
        if (read === limit) {
          const complete = stretches.every((each) => each.start <= each.earliest && each.next >= each.end) && !skipped;
          const reason = complete ? 'reached-end' : 'limit';
          return yield batch({ complete, reason, ...olderThan(browsing), lostBefore: toLostBefore(lost) });
        }
        if (pending.length >= batchMessages || bytes >= batchBytes) {
          yield batch(null);
          if (signal.aborted) throw new AppError('cancelled', 'Stopped before it was finished.');
        }
      }
      stretch.next = part.next;
      skipped ||= part.tooLarge.length > 0;
    }
  }
  const fromTheBeginning = stretches.every((each) => each.start <= each.earliest);
  const atTheEnd = stretches.every((each) => each.next >= each.end);
  // What was compacted away, dropped meanwhile or stood beyond a log that was cut back leaves offsets without a message; so do markers of transactions.
  const hasGaps = read < stretches.reduce((sum, each) => sum + each.next - each.start, 0);
  if (hasGaps) onGaps(layout.name);
  yield batch({
    complete: fromTheBeginning && atTheEnd && !skipped,
    reason: skipped ? 'byte-cap' : atTheEnd ? 'reached-end' : 'limit',
    ...(isWhole && atTheEnd && !skipped && !hasGaps && { gapless: true }),
    ...olderThan(browsing),
    lostBefore: toLostBefore(lost),
  });
}
