import type { BrowseEnd } from '#server/brokers/driver.ts';
import { formatCursor } from '#server/brokers/kafka/cursor.ts';
import type { KafkaCluster, TopicLayout } from '#server/brokers/kafka/kafka-cluster.ts';

/** A batch is handed out when it holds so many messages or bytes, whichever comes first. */
export const batchMessages = 2_000;
export const batchBytes = 8 << 20;

/** One partition of a browse. */
export interface Stretch {
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
  /** Where what was read backwards begins; `null` where nothing lies before it. */
  low: number | null;
}

/** A topic as a browse found it. */
export interface Browsing {
  readonly cluster: KafkaCluster;
  readonly layout: TopicLayout;
  readonly stretches: readonly Stretch[];
  /** What was read backwards begins at this instant by the broker's clock. */
  since: number | null;
  readonly signal: AbortSignal;
  /** Called when offsets turned out to have no message: markers of transactions, or what was compacted. */
  readonly onGaps: (topic: string) => void;
}

/** What of the log is gone, by partition. */
export function lostIn(stretches: readonly Stretch[]): Map<number, number> {
  return new Map(stretches.filter((each) => each.earliest > 0).map((each) => [each.partition, each.earliest]));
}

export function toLostBefore(lost: ReadonlyMap<number, number>): BrowseEnd['lostBefore'] {
  return [...lost].map(([partition, before]) => ({ lane: String(partition), before: String(before) }));
}

/** What the end of a browse says of the messages that lie before what was read. */
export function olderThan({ stretches, since }: Browsing): Pick<BrowseEnd, 'older'> {
  const count = olderCount(stretches);
  return count === 0 ? {} : { older: { count, before: since } };
}

export function olderCount(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { low, earliest }) => sum + (low === null ? 0 : low - earliest), 0);
}

export function cursorOf({ layout, stretches, since }: Browsing): string {
  const low = new Map(stretches.flatMap((each) => (each.low === null ? [] : [[each.partition, each.low] as const])));
  return formatCursor(layout, new Map(stretches.map((each) => [each.partition, each.next])), low, since);
}
