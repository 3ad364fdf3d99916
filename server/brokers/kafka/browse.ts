import { AppError } from '#lib/domain/errors.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import type { BrowseBatch, BrowseEnd, BrowseOptions } from '#server/brokers/driver.ts';
import type { KafkaCluster, TopicLayout } from '#server/brokers/kafka/kafka-cluster.ts';
import { deadLetterOf, detached } from '#server/brokers/kafka/kafka-message.ts';
import { type LogPart, type OffsetRange, readLog } from '#server/brokers/kafka/log-reader.ts';
import { z } from 'zod';

/** A batch is handed out when it holds so many messages or bytes, whichever comes first. */
export const batchMessages = 2_000;
export const batchBytes = 8 << 20;

/** The id of the topic and the next offset of each partition. */
const cursorSchema = z.object({
  topic: z.string(),
  next: z.record(z.string().regex(/^\d{1,10}$/), z.string().regex(/^\d{1,16}$/)),
});

interface Stretch {
  readonly partition: number;
  /** Where the log begins. */
  readonly earliest: number;
  /** The last stable offset when the browse began; it ends there. */
  readonly end: number;
  /** Where the browse began, and how far it has come. */
  readonly start: number;
  /** Whether the log still had everything from where it was asked to begin, and gives everything that it has. */
  readonly whole: boolean;
  next: number;
}

/** See `BrokerDriver.browse`. `onGaps` is called when offsets turned out to have no message: markers of transactions, or what was compacted. */
export async function* browseTopic(
  cluster: KafkaCluster,
  topic: string,
  options: BrowseOptions,
  signal: AbortSignal,
  onGaps: (topic: string) => void,
): AsyncGenerator<BrowseBatch> {
  const cursor = parseCursor(options.from);
  const layout = await cluster.topic(topic, signal);
  const [earliest, stable, high] = await Promise.all([
    cluster.offsets(layout, 'earliest', signal),
    cluster.offsets(layout, 'stable', signal),
    cluster.offsets(layout, 'high', signal),
  ]);
  const startsAnew = cursor !== null && cursor.topic !== layout.id;
  const stretches = layout.partitions.map(({ partition }): Stretch => {
    const first = earliest.get(partition) ?? 0;
    const end = stable.get(partition) ?? first;
    const asked = (startsAnew ? undefined : cursor?.next.get(partition)) ?? first;
    const known = cursor?.next.has(partition) === true ? asked : 0;
    // Beyond the end there is nothing to go on from: the log was cut back, so it is read from its beginning.
    const start = asked > end ? first : Math.max(asked, first);
    const whole = !startsAnew && start === known && end === high.get(partition);
    return { partition, earliest: first, end, start, whole, next: start };
  });
  if (startsAnew) {
    const of = stretches.reduce((sum, { end, next }) => sum + end - next, 0);
    const progress = { read: 0, of, exact: false };
    yield { messages: [], cursor: cursorOf(layout, stretches), progress, end: null, startsAnew };
  }
  if (options.newest === true && options.from === null && options.limit !== undefined) {
    yield* browseNewest(cluster, layout, stretches, options.limit, signal);
  } else {
    const limit = options.limit ?? Number.POSITIVE_INFINITY;
    const isWhole = cursor !== null && stretches.every((each) => each.whole);
    yield* browseOn(cluster, layout, stretches, { limit, isWhole }, signal, onGaps);
  }
}

async function* browseOn(
  cluster: KafkaCluster,
  layout: TopicLayout,
  stretches: readonly Stretch[],
  { limit, isWhole }: { readonly limit: number; readonly isWhole: boolean },
  signal: AbortSignal,
  onGaps: (topic: string) => void,
): AsyncGenerator<BrowseBatch> {
  const byPartition = new Map(stretches.map((stretch) => [stretch.partition, stretch]));
  const lost = new Map(stretches.filter((each) => each.earliest > 0).map((each) => [each.partition, each.earliest]));
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
      cursor: cursorOf(layout, stretches),
      progress: { read, of: read + left, exact: left === 0 },
      end,
    };
  };
  const lostBefore = () =>
    [...lost].map(([partition, before]) => ({ lane: String(partition), before: String(before) }));

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
          return yield batch({ complete, reason: complete ? 'reached-end' : 'limit', lostBefore: lostBefore() });
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
    lostBefore: lostBefore(),
  });
}

/** Bytes that the newest messages may hold together; beyond that the older ones are left out. */
const newestBytes = 32 << 20;

interface Candidate {
  readonly message: RawDeadLetter;
  readonly offset: number;
  readonly partition: number;
  readonly timestamp: number;
  readonly size: number;
}

/** Reads each partition's tail only, further back where compaction or transactions left too little in it. */
async function* browseNewest(
  cluster: KafkaCluster,
  layout: TopicLayout,
  stretches: readonly Stretch[],
  limit: number,
  signal: AbortSignal,
): AsyncGenerator<BrowseBatch> {
  const tails = stretches.map((stretch) => ({ ...stretch, from: stretch.end, found: [] as Candidate[] }));
  let skipped = false;
  for (let back = limit; ; back *= 8) {
    const short = tails.filter((tail) => tail.found.length < limit && tail.from > tail.earliest);
    if (short.length === 0) break;
    const ranges = short.map((tail): OffsetRange => {
      const range = { partition: tail.partition, start: Math.max(tail.earliest, tail.from - back), end: tail.from };
      tail.from = range.start;
      return range;
    });
    const older = new Map(short.map((tail) => [tail.partition, [] as Candidate[]]));
    for await (const part of readLog(cluster, layout, ranges, signal)) {
      keepNewest(older.get(part.partition) ?? [], part, layout.id, limit);
      skipped ||= part.tooLarge.length > 0;
    }
    for (const tail of short) tail.found = [...(older.get(tail.partition) ?? []), ...tail.found].slice(-limit);
  }

  const newestFirst = tails
    .flatMap((tail) => tail.found)
    .toSorted((a, b) => b.timestamp - a.timestamp || b.offset - a.offset);
  let bytes = 0;
  const kept = newestFirst.slice(0, limit).filter(({ size }, index) => (bytes += size) <= newestBytes || index === 0);
  const complete = tails.every((tail) => tail.from <= tail.earliest) && kept.length === newestFirst.length && !skipped;
  const inOrder = kept.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset);
  for (const stretch of stretches) stretch.next = stretch.end;
  const end: BrowseEnd = {
    complete,
    reason: complete
      ? 'reached-end'
      : skipped || kept.length < Math.min(limit, newestFirst.length)
        ? 'byte-cap'
        : 'limit',
    lostBefore: stretches
      .filter((each) => each.earliest > 0)
      .map((each) => ({ lane: String(each.partition), before: String(each.earliest) })),
  };
  const cursor = cursorOf(layout, stretches);
  const total = stretches.reduce((sum, each) => sum + each.end - each.earliest, 0);
  for (let at = 0; at === 0 || at < inOrder.length; at += batchMessages) {
    const messages = inOrder.slice(at, at + batchMessages).map(({ message }) => detached(message));
    const read = at + messages.length;
    const last = read >= inOrder.length;
    yield {
      messages,
      cursor,
      progress: { read, of: complete ? kept.length : total, exact: complete },
      end: last ? end : null,
    };
  }
}

/** Keeps at most `limit` of the newest; trims now and then only, so that a long part costs no time. */
function keepNewest(found: Candidate[], part: LogPart, topicId: string, limit: number): void {
  const toDeadLetter = deadLetterOf(part.partition, topicId);
  for (const record of part.records) {
    const { offset, timestamp, size } = record;
    found.push({ message: toDeadLetter(record), offset, partition: part.partition, timestamp, size });
    if (found.length >= limit * 2) found.splice(0, found.length - limit);
  }
}

function cursorOf(layout: TopicLayout, stretches: readonly Stretch[]): string {
  return formatCursor(layout, new Map(stretches.map((each) => [each.partition, each.next])));
}

/** The place before these offsets, by partition. */
export function formatCursor(layout: TopicLayout, offsets: ReadonlyMap<number, number>): string {
  const next = Object.fromEntries([...offsets].map(([partition, offset]) => [String(partition), String(offset)]));
  return JSON.stringify({ topic: layout.id, next } satisfies z.infer<typeof cursorSchema>);
}

interface Cursor {
  readonly topic: string;
  /** Partitions that are not in it are read from their beginning. */
  readonly next: ReadonlyMap<number, number>;
}

/** Throws `invalid_request`. */
function parseCursor(text: string | null): Cursor | null {
  if (text === null) return null;
  try {
    const { topic, next } = cursorSchema.parse(JSON.parse(text));
    return {
      topic,
      next: new Map(Object.entries(next).map(([partition, offset]) => [Number(partition), Number(offset)])),
    };
  } catch (cause) {
    throw new AppError('invalid_request', 'The place to go on from is not one that Kafka gave. Begin again.', {
      details: { field: 'from' },
      cause,
    });
  }
}
