import type { DeadLetterState } from '#lib/domain/dead-letter.ts';
import type { ItemState, ReplayAction, ReplayState } from '#lib/domain/replay.ts';

/** The part of the index that a scrape asks: a few numbers a queue, without a look at single messages, so that a thousand queues are a few milliseconds. */
export interface MeasureIndex {
  /** Queues with a dead letter that was ever met; the others have nothing to count. */
  measureQueues(): Promise<readonly QueueMeasure[]>;
  /**
   * Dead letters that the index met after a place in its order of arrival, by queue and group, each for as long as that place is handed on; what
   * was restored did not arrive. `null` begins at the end. Looks at a bounded number at once: where `isAll` is false, the next call goes on.
   */
  countArrivals(after: number | null): Promise<Arrivals>;
  /** Those of a queue that were restored, with a time in the range, by group: of what came, was discarded and came back so, there are two. */
  countRestored(queueId: string, range: { readonly from: number; readonly to: number }): Promise<readonly GroupCount[]>;
  /** Of these groups those of which the index had met a dead letter by that place; counted each for itself. */
  listMetBy(fingerprints: readonly string[], place: number): Promise<readonly string[]>;
}

export interface QueueMeasure {
  readonly queueId: string;
  readonly byState: Readonly<Partial<Record<DeadLetterState, number>>>;
  /** Of those that are not gone, replayed or discarded; `null` where there is none. */
  readonly oldestAt: number | null;
  /** Of the same, for `soonestExpiry`, as `QueueSummary` has them. */
  readonly keptFrom: number | null;
  readonly endsAt: number | null;
}

export interface GroupCount {
  readonly fingerprint: string;
  readonly count: number;
}

export interface Arrivals {
  /** Handed to the next call. */
  readonly upTo: number;
  readonly isAll: boolean;
  readonly counts: readonly { readonly queueId: string; readonly fingerprint: string; readonly count: number }[];
}

/** The part of the ledger that a scrape asks: of all replays that were confirmed. */
export interface MeasureLedger {
  measureReplays(): Promise<ReplayMeasures>;
}

export interface ReplayMeasures {
  readonly replays: readonly { readonly action: ReplayAction; readonly state: ReplayState; readonly count: number }[];
  /** Their messages by what became of them. */
  readonly items: readonly { readonly action: ReplayAction; readonly state: ItemState; readonly count: number }[];
  /** Messages that came back, and those of them with another error than before. Neither ever falls. */
  readonly returned: number;
  readonly returnedDifferent: number;
}
