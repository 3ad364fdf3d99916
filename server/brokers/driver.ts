import type { ErrorRecord } from '#lib/domain/errors.ts';
import type { BrokerKind, Destination, RawDeadLetter, RawMessage } from '#lib/domain/message.ts';
import type { QueueCapabilities, ReadRefusal, Retention } from '#lib/domain/queue.ts';
import type { LagSource } from '#server/brokers/lag.ts';
import type { TopologySource } from '#server/brokers/topology.ts';
import type { MoveAll } from '#server/brokers/move-all.ts';

/** A broker that says nothing for so long is told as one that does not answer. */
export const checkWithinMs = 6_000;

/**
 * What every broker adapter does, and all that anyone else knows of it. Thin on purpose: retries, timeouts, byte caps and
 * metrics are added around it by `broker.ts`; a driver tries once. The clauses are proven on the real servers by
 * `testing/conformance.ts`.
 *
 * For every method: it may be called concurrently with any other, except after `close`. It throws `AppError` only, with the
 * codes named here or `unreachable`, `timed_out`, `unauthenticated`, `forbidden`, `not_found`, `interrupted`. A message has at least two
 * sentences: what happened to which queue or connection (by name), then what to do next. An aborted
 * `signal` ends it promptly with `cancelled`, after whatever it held was given back. Nothing is logged; no message's content
 * and no secret is put into an error. A driver connects when it is first used and again after a connection broke.
 */
export interface BrokerDriver extends LagSource, TopologySource {
  readonly kind: BrokerKind;

  /** Reaches the broker and authenticates, behind no other work of the driver. Changes nothing. Who accepts and does not answer is named within `checkWithinMs`. */
  check(signal: AbortSignal): Promise<BrokerInfo>;

  /** Every dead-letter queue that topology, name patterns or the configuration point at. Reads no message. */
  discover(signal: AbortSignal): Promise<readonly DiscoveredQueue[]>;

  /** Fresh facts of one queue: depth, what a browse would cost now, and whether it must be refused. Reads no message, except
   * where the broker tells a limit only through a message; then it says so in the capabilities. `not_found` where it is missing. */
  inspect(queue: string, signal: AbortSignal): Promise<QueueFacts>;

  /**
   * Reads messages and leaves the queue as it was: no consumer group, no commit, nothing acknowledged, everything that was
   * held visible again when the iterator has ended, was left early, threw or was aborted.
   * Where the facts hold a refusal it throws `would_destroy` before it reads, unless `options.insist` and the refusal can be overridden.
   * A broker that goes away midway: either the driver goes on without a gap, or it throws `interrupted`; what was held is not lost.
   * The last batch, and only the last, has `end`.
   */
  browse(queue: string, options: BrowseOptions, signal: AbortSignal): AsyncIterable<BrowseBatch>;

  /**
   * Finds the wanted messages again and holds them, in the order of their lanes, until the iterator ends: the caller sends them
   * and then removes what was confirmed, also after it has asked for the next batch. Where messages are held, an empty batch comes last: what is not
   * removed when the caller asks for more is given back. Wanted messages that are no longer there are not yielded, and that is no error. Where one may still be
   * there and was not met, because the read ended early or others hold messages, it throws `interrupted` or `timed_out` after
   * it has yielded those that it met: never is a message passed over in silence that is not certainly gone.
   * Everything held and not removed is given back on the way out, as in `browse`. On a log nothing is held.
   * Refuses like `browse`, unless `options.insist` and the refusal can be overridden.
   */
  hold(
    queue: string,
    wanted: readonly WantedMessage[],
    options: HoldOptions,
    signal: AbortSignal,
  ): AsyncIterable<HeldBatch>;

  /** What is known of a destination before anything is sent to it. A missing one is `exists: false`, not an error. */
  describeDestination(destination: Destination, signal: AbortSignal): Promise<DestinationFacts>;

  /**
   * Sends, in the given order for each lane of the destination, and answers one outcome a message, in the order given. `sent` only when
   * the broker has confirmed it durably (acks=all; confirm and not returned; SQS success entry). An answer that never comes within
   * `options.timeoutMs` is `unknown`. A message that this broker cannot carry whole (a key where there are no keys, a header type it does not
   * have) is `failed` with `unencodable`; nothing is dropped silently. Throws only when nothing at all was sent. After an abort no message is begun any more. Adds and removes nothing: the caller has made the message.
   */
  publish(messages: readonly OutgoingMessage[], options: PublishOptions): Promise<readonly PublishOutcome[]>;

  /** The broker's own means to move a whole queue, and why there are none where there are none. */
  readonly moveAll: MoveAll;

  /** Gives back everything, closes every connection. Safe to call twice; what is running ends with `cancelled`. */
  close(): Promise<void>;
}

export interface BrokerInfo {
  /** `Apache Kafka`, `RabbitMQ`, `Amazon SQS`. */
  readonly product: string;
  /** `null` where the broker does not tell. */
  readonly version: string | null;
  /** What is missing or limited on this connection, for people: `The management API is not configured: queues cannot be listed.` */
  readonly notes: readonly string[];
}

export interface DiscoveredQueue {
  readonly name: string;
  readonly foundBy: 'topology' | 'pattern' | 'configuration';
  /** Names of the topics or queues whose failures land here, as far as the broker or the name tells. */
  readonly origins: readonly string[];
  readonly capabilities: QueueCapabilities;
}

export interface QueueFacts {
  /** Messages that a complete browse would meet; approximate where the broker only estimates. */
  readonly depth: { readonly count: number; readonly exact: boolean };
  /**
   * Messages that others hold at the moment (unacknowledged, in flight); 0 on a log. `not yet`: the broker's counts still lag behind what was
   * held here, ask again in some seconds. `untold`: others consume, and the broker does not tell what they hold. Never 0 by mere guess.
   */
  readonly heldByOthers: number | 'not yet' | 'untold';
  readonly capabilities: QueueCapabilities;
  /** Counted from when the message came into the queue; on SQS from when it was first sent. */
  readonly retention: Retention;
  /** Set when a browse now would lose or move messages. */
  readonly refusal: ReadRefusal | null;
  /** Changes whenever messages arrived or left, as far as the broker tells. */
  readonly changeMark: string;
  /** The mark is made of counts: as many that left as arrived do not change it. Where it is not, equal marks mean that a new scan is not needed. */
  readonly countsOnly: boolean;
  /** What the log has dropped: in `lane`, everything with a sequence below `before` is gone. Empty for queues. */
  readonly lostBefore: readonly { readonly lane: string; readonly before: string }[];
}

export interface BrowseOptions {
  /** Where an earlier browse ended, from its `cursor`; `null` begins at the oldest. Only logs can go on from a cursor; others throw
   * `unsupported`, and so they do for `backwards`. */
  readonly from: string | null;
  /** At most so many messages; about so many, and at least one where there is one, in a browse that goes backwards. */
  readonly limit?: number;
  /**
   * Only on a log, with `limit`: reads a slice of what lies before all that was read up to `from`, the newest of it; with `from: null` the newest of the
   * log. So what a cursor has been through is one stretch of time without a hole, and each slice makes it reach further back. A browse from
   * that cursor without `backwards` goes on at the newer end, and its cursor keeps the older one. A slice is yielded in the order of its lanes, and the
   * cursor moves back only with the batch that completes it: one that broke is read again.
   */
  readonly backwards?: boolean;
  /** The person knows the cost: reads in spite of a refusal that can be overridden. */
  readonly insist?: boolean;
}

export interface BrowseBatch {
  readonly messages: readonly RawDeadLetter[];
  /** Where the next browse goes on, in either direction; `null` for brokers without positions. */
  readonly cursor: string | null;
  /** `of: null` where the total is not known; `exact: false` means "about". */
  readonly progress: { readonly read: number; readonly of: number | null; readonly exact: boolean };
  readonly end: BrowseEnd | null;
  /**
   * Set on the first batch, which then has no messages, when the log is no longer the one that `options.from` came from: it was deleted and made
   * anew. Whatever was met before is gone, and this browse goes on as if `from` were `null`. Messages of the two logs differ in their identities.
   */
  readonly startsAnew?: boolean;
}

export interface BrowseEnd {
  /** Whether every message that was in the queue was met, so that what was not met is gone. */
  readonly complete: boolean;
  /** `reached-end`, or why it stopped short. `heads-of-groups`: a FIFO queue shows only the first of each group. */
  readonly reason: 'reached-end' | 'limit' | 'lease' | 'heads-of-groups' | 'sampled' | 'byte-cap';
  /**
   * Only on a log and with `options.from`: every message that came in between there and the end of the log was met. Each of its places held a message, so nothing
   * was dropped or compacted away, and nothing is held back behind an open transaction: what was not met was never there.
   */
  readonly gapless?: true;
  /**
   * On a log that was read backwards and not yet to its beginning: about so many messages lie before the stretch that the cursor has been through, and
   * `before` is where it begins by the broker's clock, `null` where messages have no time. Absent where the log was read from its beginning.
   */
  readonly older?: { readonly count: number; readonly before: number | null };
  /** As in QueueFacts, learned during the read. */
  readonly lostBefore: readonly { readonly lane: string; readonly before: string }[];
}

export interface WantedMessage {
  /** On a log the position alone stands for whatever message has it now: an original record whose identity nobody has told. */
  readonly identity: string;
  readonly position: string;
}

export interface HoldOptions {
  /** The person knows the cost: as in `BrowseOptions`. */
  readonly insist: boolean;
}

export interface HeldBatch {
  readonly messages: readonly RawDeadLetter[];
  /**
   * Removes held messages of this batch from the queue, durably, until the hold ends. One outcome an identity: `removed`, or why not. On a log: throws `unsupported`.
   * A removal whose answer never comes is `unknown`: the message may be seen again.
   */
  remove(identities: readonly string[]): Promise<readonly RemoveOutcome[]>;
}

export type RemoveOutcome =
  | { readonly kind: 'removed'; readonly identity: string }
  | { readonly kind: 'unknown' | 'failed'; readonly identity: string; readonly error: ErrorRecord };

export interface DestinationFacts {
  readonly exists: boolean;
  /** `unknown` where only an attempt would tell. */
  readonly writable: 'yes' | 'no' | 'unknown';
  /** Who will receive what is sent there. Empty and `exists`: nobody is known, which the plan warns of (RabbitMQ: it would be returned). */
  readonly receivers: readonly Receiver[];
  /** The largest message that it takes, in bytes, as the broker counts them; `null` where unknown. */
  readonly maxMessageBytes: number | null;
  /** How long it keeps a message; absent where the broker does not tell, or keeps it for ever. */
  readonly keepsMs?: number;
  /** Where the destination ends now, for finding out later whether something arrived; opaque; `null` where the broker has no such thing. */
  readonly watermark: string | null;
  /** Sentences for the plan. */
  readonly notes: readonly string[];
}

export interface Receiver {
  readonly kind: 'consumer-group' | 'queue';
  readonly name: string;
  /** `stable`, `empty`, `dead`… in the broker's words; for a queue: `3 consumers`. */
  readonly state: string;
  readonly members: number | null;
  /** Messages behind (Kafka) or waiting (queues); `null` where unknown. */
  readonly lag: number | null;
}

export interface OutgoingMessage {
  /** The replay item, echoed in the outcome. */
  readonly ref: string;
  readonly destination: Destination;
  /** Complete: replay headers are in it. RabbitMQ takes its basic properties and SQS its `MessageGroupId`, `AWSTraceHeader` from `properties`; other properties are ignored. */
  readonly message: RawMessage;
  /** For SQS FIFO; ignored by everyone else, standard queues included. */
  readonly deduplicationId?: string;
  /** Kafka's CreateTime, epoch milliseconds; the time of sending where absent. Ignored by everyone else, whose brokers set it themselves. */
  readonly timestamp?: number;
}

export interface PublishOptions {
  /** Without the time for which the broker itself makes us wait (RabbitMQ's alarms, Kafka's quotas). */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Told when the broker begins to make us wait and when it has ended: each `true` is followed by its `false`, also where several wait side by side. */
  readonly heldUp?: (isHeldUp: boolean) => void;
}

export type PublishOutcome =
  /** `position`: where it landed, for people and for proof (`partition:offset`, MessageId); `null` where the broker does not tell. */
  | { readonly kind: 'sent'; readonly ref: string; readonly position: string | null }
  /** It is certain that it was not sent. Where `isHeldBack` says so of the error, the broker only asks for patience. */
  | { readonly kind: 'failed'; readonly ref: string; readonly error: ErrorRecord }
  /** It may have been sent. */
  | { readonly kind: 'unknown'; readonly ref: string; readonly error: ErrorRecord };
