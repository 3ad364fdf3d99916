import type { ErrorRecord } from '#lib/domain/errors.ts';
import type { ItemDecision, ItemReturn } from '#lib/domain/item-return.ts';
import type { DeadLetterState } from '#lib/domain/dead-letter.ts';
import type { BrokerKind, Destination } from '#lib/domain/message.ts';
import type { MessageEdit } from '#lib/domain/message-edit.ts';
import type { Filter, TimeRange } from '#lib/filter/filter.ts';

/** `planned`: nothing moved, waits for the operator. `queued`: confirmed. `sending`, `paused`. `watching`: all sent, looking for returns. `settled`, `cancelled`. `stopped`: the engine gave up, `error` says why; what was sent is in the account. */
export const replayStates = [
  'planned',
  'queued',
  'sending',
  'paused',
  'watching',
  'settled',
  'cancelled',
  'stopped',
] as const;
export type ReplayState = (typeof replayStates)[number];

/**
 * `planned → intended → sent → settled`, or `skipped`, `failed`, `unknown`.
 * `intended` is written before the send and `sent` after its confirmation; `settled` when it is also removed from where that is possible.
 */
export const itemStates = ['planned', 'intended', 'sent', 'settled', 'skipped', 'failed', 'unknown'] as const;
export type ItemState = (typeof itemStates)[number];

export interface ReplayItem {
  readonly id: string;
  readonly replayId: string;
  /** Order of sending, from 0. */
  readonly ordinal: number;
  readonly messageId: string;
  readonly queueId: string;
  readonly identity: string;
  readonly position: string;
  readonly lane: string;
  readonly destination: Destination | null;
  readonly state: ItemState;
  /** Why it was skipped, failed or is unknown, for people. */
  readonly reason: ErrorRecord | null;
  /** Where it landed, as the broker told. */
  readonly sentPosition: string | null;
  /** Where the destination ended before it was sent, for the proof after a crash. */
  readonly watermark: string | null;
  readonly intendedAt: number | null;
  readonly sentAt: number | null;
  readonly settledAt: number | null;
  readonly returned: ItemReturn | null;
  /** Of the dead letter when it was planned; `null` of older items. */
  readonly fingerprint: string | null;
  readonly decision: ItemDecision | null;
}

/** Counts by what is known; they add up to `total`. `returned` and `returnedDifferent` are within sent and settled. */
export interface ReplayAccount {
  readonly total: number;
  readonly planned: number;
  readonly intended: number;
  readonly sent: number;
  readonly settled: number;
  readonly skipped: number;
  readonly failed: number;
  readonly unknown: number;
  readonly returned: number;
  readonly returnedDifferent: number;
}

export interface Replay {
  readonly id: string;
  /** Small rising number for people: "replay 118". */
  readonly number: number;
  readonly state: ReplayState;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly reason: string | null;
  readonly confirmedAt: number | null;
  readonly startedAt: number | null;
  readonly finishedSendingAt: number | null;
  /** Returns are looked for until then. */
  readonly watchUntil: number | null;
  readonly settledAt: number | null;
  /** What was selected, in the sentence that the operator read. */
  readonly sentence: string;
  readonly queueIds: readonly string[];
  readonly options: ReplayOptions;
  readonly plan: ReplayPlan;
  readonly account: ReplayAccount;
  /** The account when a person last said go: at the confirmation, and at each resume. */
  readonly goAccount: ReplayAccount;
  readonly error: ErrorRecord | null;
}

/** `discard` takes messages out of their queues into the archive, `restore` puts them back there; see docs/decisions/013. */
export const replayActions = ['replay', 'discard', 'restore'] as const;
export type ReplayAction = (typeof replayActions)[number];

export interface ReplayOptions {
  readonly action: ReplayAction;
  /** `keep` (default) or `strip` the failure headers. */
  readonly failureHeaders: 'keep' | 'strip';
  /** Messages a second; `null` as fast as it goes. */
  readonly ratePerSecond: number | null;
  /** The rate rises from a tenth to all of it in so many seconds; 0 begins with all of it. */
  readonly rampSeconds: number;
  /** So many queues are worked on at once, 1 to 16. */
  readonly concurrency: number;
  /** Reads in spite of a refusal that can be overridden. */
  readonly insist: boolean;
  /** A few first, and the rest only when they stay gone; `null` sends all at once. */
  readonly canary: Canary | null;
  /** What is in quarantine, because it came back too often, is refused unless the operator says so. */
  readonly quarantined: 'refuse' | 'send';
  /** All of them go there, on the connection of their dead letters; `null` sends each where it came from. */
  readonly destination: Destination | null;
  /** Whether saved redirect rules count; a chosen destination comes before them. */
  readonly redirects: 'apply' | 'ignore';
  /** Kafka: into the partition that it came from, or into the one that its key chooses. */
  readonly partition: 'original' | 'by-key';
  /** `header` keeps when it was first produced in `replay-original-timestamp`, `original` in Kafka's record itself. */
  readonly timestamp: 'now' | 'header' | 'original';
  /** What is changed in each message before it is sent; `null` sends them as they are. */
  readonly edit: MessageEdit | null;
  /** `keep`: whoever receives it continues the trace that it came from. `replace`: the trace of this replay; see docs/decisions/019. */
  readonly traceContext: 'keep' | 'replace';
  /** The trace that asked for the plan, from the request's own headers; `null` where it named none. */
  readonly callerTrace: { readonly traceparent: string; readonly tracestate: string | null } | null;
}

export interface Canary {
  /** So many messages go in each step; the rest follows the last. */
  readonly steps: readonly number[];
  /** So long each step is watched before the next one goes. */
  readonly watchMs: number;
  /** The replay pauses by itself when more than this share of what it sent came back, failed or is unknown; 0 to 1. */
  readonly badShareMax: number;
}

export const usualOptions: ReplayOptions = {
  action: 'replay',
  failureHeaders: 'keep',
  ratePerSecond: null,
  rampSeconds: 0,
  concurrency: 4,
  insist: false,
  canary: null,
  quarantined: 'refuse',
  destination: null,
  redirects: 'apply',
  partition: 'original',
  timestamp: 'now',
  edit: null,
  traceContext: 'keep',
  callerTrace: null,
};

/** What a person picked: messages, or everything that a filter met at an instant, less some. A group is a filter. */
export type Selection =
  | { readonly kind: 'messages'; readonly messageIds: readonly string[] }
  | {
      readonly kind: 'filter';
      readonly filter: Filter;
      readonly range: TimeRange;
      /** What arrived later is not in it. */
      readonly asOf: number;
      readonly excluded: readonly string[];
      /** Filter and range as the operator wrote them. */
      readonly text: string;
    };

/** What would happen; nothing has moved. The hash covers selection, destinations, refusals and options. */
export interface ReplayPlan {
  readonly hash: string;
  readonly asOf: number;
  readonly total: number;
  readonly willSend: number;
  /** The first of them, where routing keys make very many. */
  readonly destinations: readonly PlannedDestination[];
  /** Messages to destinations beyond those. */
  readonly toFurtherDestinations: number;
  /** Messages that go elsewhere by a saved rule. Absent from plans made before there were rules. */
  readonly redirected?: readonly { readonly rule: string; readonly count: number }[];
  /** Digest of the redirect rules that it was made by; absent where none could count, and from older plans. */
  readonly rules?: string;
  /** Where else they could go: places that exist, and why they are named. */
  readonly suggestions?: readonly SuggestedDestination[];
  /** Items that will not be sent, by reason. */
  readonly refusals: readonly PlanNote[];
  /** What the operator should know before sending. */
  readonly warnings: readonly PlanNote[];
  /** How one message changes, the same for each broker in the selection. */
  readonly headerChanges: readonly HeaderChange[];
  /** Whether sent messages are then removed from their dead-letter queue. */
  readonly removes: 'all' | 'none' | 'some';
  /** Of a discard: its messages are kept until then, and can be restored. Counted from the plan. */
  readonly keptUntil?: number;
  /** A typed confirmation is asked for. */
  readonly dangerous: boolean;
}

/** What is no longer as a plan said. */
export interface PlanChange {
  readonly kind:
    | 'destination-gone'
    | 'destination-closed'
    | 'destination-unreachable'
    | 'moved-by-broker'
    | 'sent-meanwhile'
    | 'restored-meanwhile'
    | 'in-another-replay'
    | 'gone'
    | 'discarded'
    | 'goes-elsewhere';
  readonly count: number;
  /** Without the count, and in its number: `are no longer in their queue`, `was sent by replay 12`. */
  readonly text: string;
}

export interface SuggestedDestination {
  readonly destination: Destination;
  readonly connection: string;
  readonly why: string;
}

export interface PlannedDestination {
  readonly destination: Destination;
  readonly connection: string;
  readonly kind: BrokerKind;
  readonly count: number;
  readonly exists: boolean;
  readonly receivers: readonly {
    readonly kind: 'consumer-group' | 'queue';
    readonly name: string;
    readonly state: string;
    readonly members: number | null;
    readonly lag: number | null;
  }[];
  readonly notes: readonly string[];
}

export interface PlanNote {
  readonly code:
    | 'unknown-origin'
    | 'destination-missing'
    | 'destination-not-writable'
    | 'destination-unreachable'
    | 'read-refused'
    | 'too-large'
    | 'original-removed'
    | 'truncated'
    | 'wrapped'
    | 'not-looked-into'
    | 'state-gone'
    | 'in-another-replay'
    | 'outcome-unknown'
    | 'replayed-before'
    | 'is-a-return'
    | 'quarantined'
    | 'no-receivers'
    | 'many-receivers'
    | 'read-cost'
    | 'moved-by-broker'
    | 'no-room-for-headers'
    | 'not-in-index'
    | 'edit-failed'
    | 'edit-changes-nothing'
    | 'stays-in-log'
    | 'not-archived'
    | 'not-the-same'
    | 'restored-before'
    | 'destination-is-source'
    | 'fifo-group-missing'
    | 'fifo-group-unused'
    | 'schema-changed'
    | 'schema-not-checked'
    | 'newer-same-key'
    | 'newer-not-looked-for'
    | 'expired'
    | 'duplicate-event'
    | 'event-sent-before'
    | 'events-not-compared'
    | 'no-original-time'
    | 'older-than-kept';
  readonly count: number;
  /** Without the count: `are larger than the topic takes (1,048,576 bytes): they stay here`. */
  readonly text: string;
  readonly messageIds: readonly string[];
}

export interface HeaderChange {
  readonly kind: BrokerKind;
  readonly change: 'added' | 'removed' | 'kept';
  readonly name: string;
  /** The value for added headers, an example where it differs by message. */
  readonly value: string | null;
  readonly why: string | null;
}

/** How an item's outcome shows in the index. */
export function stateAfterItem(state: ItemState, action: ReplayAction): DeadLetterState | null {
  const isDone = state === 'sent' || state === 'settled';
  if (action === 'discard') return isDone ? 'discarded' : null;
  if (action === 'restore') return isDone ? 'new' : null;
  switch (state) {
    case 'sent':
    case 'settled':
      return 'replayed';
    case 'failed':
      return 'failed';
    case 'unknown':
    case 'intended':
      return 'unknown';
    case 'planned':
    case 'skipped':
      return null;
  }
}
