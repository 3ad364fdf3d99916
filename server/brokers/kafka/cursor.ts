import { AppError } from '#lib/domain/errors.ts';
import type { TopicLayout } from '#server/brokers/kafka/kafka-cluster.ts';
import { z } from 'zod';

const partition = z.string().regex(/^\d{1,10}$/);
const offset = z.string().regex(/^\d{1,16}$/);

/** The id of the topic, the next offset of each partition, and what still lies before the stretch that was read. */
const cursorSchema = z.object({
  topic: z.string(),
  next: z.record(partition, offset),
  low: z.record(partition, offset).optional(),
  since: z.number().nullable().optional(),
});

/** The stretch of a topic's log that was read. */
export interface Cursor {
  readonly topic: string;
  /** Where it ends. Partitions that are not in it are read from their beginning. */
  readonly next: ReadonlyMap<number, number>;
  /** Where it begins, in those partitions that were read backwards and not yet to their beginning. */
  readonly low: ReadonlyMap<number, number>;
  /** Its oldest instant by the broker's clock; `null` where there is no `low`, or messages have no time. */
  readonly since: number | null;
}

/** The place before these offsets, by partition. */
export function formatCursor(
  layout: TopicLayout,
  next: ReadonlyMap<number, number>,
  low: ReadonlyMap<number, number> = new Map(),
  since: number | null = null,
): string {
  const cursor: z.infer<typeof cursorSchema> = {
    topic: layout.id,
    next: toRecord(next),
    ...(low.size > 0 && { low: toRecord(low), since }),
  };
  return JSON.stringify(cursor);
}

/** Throws `invalid_request`. */
export function parseCursor(text: string | null): Cursor | null {
  if (text === null) return null;
  try {
    const { topic, next, low = {}, since = null } = cursorSchema.parse(JSON.parse(text));
    return { topic, next: toMap(next), low: toMap(low), since };
  } catch (cause) {
    throw new AppError('invalid_request', 'The place to go on from is not one that Kafka gave. Begin again.', {
      details: { field: 'from' },
      cause,
    });
  }
}

function toRecord(offsets: ReadonlyMap<number, number>): Record<string, string> {
  return Object.fromEntries([...offsets].map(([number, at]) => [String(number), String(at)]));
}

function toMap(offsets: Readonly<Record<string, string>>): Map<number, number> {
  return new Map(Object.entries(offsets).map(([number, at]) => [Number(number), Number(at)]));
}
