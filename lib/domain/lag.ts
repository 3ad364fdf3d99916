import type { ErrorRecord } from '#lib/domain/errors.ts';

/** How far a reader is behind, or what waits in a queue, at one instant. */
export type LagRow = GroupLag | QueueLag;

/** `unknown`: the cluster is too old to tell them apart (before Kafka 3.8). */
export const groupKinds = ['classic', 'consumer', 'share', 'streams', 'unknown'] as const;
export type GroupKind = (typeof groupKinds)[number];

/** Why nothing is told of a group's lag on a topic. `no-leader`: a partition of it has none at the moment; `moving`: the group itself is between two coordinators. */
export const lagGaps = ['no-commit', 'topic-gone', 'denied', 'no-leader', 'moving'] as const;
export type LagGap = (typeof lagGaps)[number];

/** A consumer group on one topic: it has a commit for it, or members that subscribe to it. */
export interface GroupLag {
  readonly kind: 'group';
  readonly group: string;
  readonly groupKind: GroupKind;
  readonly topic: string;
  /** In the broker's words, lower case: `stable`, `empty`, `preparingrebalance`, `dead`. */
  readonly state: string;
  /** Of the group's members, those that read the topic; `null` where it may not be told. */
  readonly members: number | null;
  /** Messages up to the high watermark, over the partitions with a commit; on a share group from where it begins to deliver. `null` where `gap` says why. */
  readonly lag: number | null;
  readonly gap: LagGap | null;
  /** Of the topic; 0 where it is gone. */
  readonly partitions: number;
  /** Of those, the ones without a commit: what would be read there is the group's own setting, and not counted. */
  readonly uncommitted: number;
}

/** A queue of RabbitMQ or SQS. */
export interface QueueLag {
  readonly kind: 'queue';
  readonly queue: string;
  /** Ready (RabbitMQ) or visible (SQS); `null` where the broker does not tell. */
  readonly waiting: number | null;
  /** Unacknowledged (RabbitMQ) or in flight (SQS); `null` where the broker does not tell. */
  readonly held: number | null;
  /** `null` on SQS, which knows no consumers. */
  readonly consumers: number | null;
  /** The broker only estimates (SQS). */
  readonly approximate: boolean;
}

/** What one connection told at once. */
export interface LagReading {
  readonly rows: readonly LagRow[];
  /** What could not be learned, for people: a sentence or two each. */
  readonly notes: readonly string[];
}

/** The number by which one row is compared and drawn: messages behind, or waiting. */
export function lagOfRow(row: LagRow): number | null {
  return row.kind === 'group' ? row.lag : row.waiting;
}

/** A row as it was last read, with the number of its series for trends. */
export type LatestLagRow = LagRow & {
  readonly series: number;
  /** What `lagOfRow` was at `ConnectionLag.comparedAt`; `null` where it was not known then, absent where nobody asked. */
  readonly before?: number | null;
};

/** The last reading of a connection. It stays when later ones fail. */
export interface ConnectionLag {
  readonly connection: string;
  /** When these rows were read, epoch milliseconds; `null` before the first success. */
  readonly at: number | null;
  /** How long that took. */
  readonly tookMs: number | null;
  /** Set when the newest attempt failed, since the first that did. */
  readonly failing: { readonly error: ErrorRecord; readonly since: number } | null;
  readonly notes: readonly string[];
  readonly rows: readonly LatestLagRow[];
  /** The instant of the reading that `before` is from; `null` where there is none of then. Absent where nobody asked. */
  readonly comparedAt?: number | null;
}

/** One series over time, oldest first. A stretch without readings has no points. */
export interface LagTrend {
  readonly series: number;
  readonly points: readonly LagPoint[];
}

export interface LagPoint {
  /** The sample's instant, or where its stretch begins. */
  readonly at: number;
  /** 0: one sample; else the length of the stretch that the point sums up. */
  readonly spanMs: number;
  /** The last that was told in the stretch, and the most; `null` where it was not told. */
  readonly last: number | null;
  readonly max: number | null;
  /** Most that was held; `null` for groups. */
  readonly heldMax: number | null;
}
