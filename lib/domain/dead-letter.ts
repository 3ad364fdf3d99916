import type { ReturnSign } from '#lib/domain/item-return.ts';
import type { BrokerKind, Destination, RawDeadLetter } from '#lib/domain/message.ts';

/**
 * `new`: nobody has put it back. `replayed`: sent, not seen again so far. `returned`: this dead letter is a replayed message that came back.
 * `failed`: a replay was refused. `unknown`: a replay may have sent it. `discarded`: a person removed it. `gone`: the broker no longer holds it, and not by us.
 */
export const deadLetterStates = ['new', 'replayed', 'returned', 'failed', 'unknown', 'discarded', 'gone'] as const;
export type DeadLetterState = (typeof deadLetterStates)[number];

/** What the message says of its failure. What it does not say is `null`: nothing is guessed. */
export interface Failure {
  readonly errorClass: string | null;
  readonly errorMessage: string | null;
  readonly stackTrace: string | null;
  /** The broker's reason where there is one: `rejected`, `expired`, `maxlen`, `delivery_limit`, `redrive`. */
  readonly reason: string | null;
  readonly attempts: number | null;
}

export interface Origin {
  /** Where a replay would go; `null` when the message does not say. */
  readonly destination: Destination | null;
  /** The queue, topic or consumer group where it failed, in words; `null` when unknown. */
  readonly failedIn: string | null;
  /** Kafka's original offset and the like, for people. */
  readonly position: string | null;
  /**
   * Absent where the dead letter holds the message as it was. `not-copied`: only its circumstances (KIP-1191), the message itself is at the
   * original topic and position while retention leaves it there. `fetched`: it was brought from there. `removed`: it is no longer there. `truncated`: a
   * part of it. `wrapped`: the message is a field of the body.
   */
  readonly content?: 'not-copied' | 'fetched' | 'removed' | 'truncated' | 'wrapped';
}

/** What was understood of a raw dead letter: by `lib/conventions`, `lib/payload` and the envelope. */
export interface Reading {
  readonly failure: Failure;
  readonly origin: Origin;
  /** When it was dead-lettered, epoch milliseconds; `null` when neither message nor broker says. */
  readonly at: number | null;
  /** When it was first produced, epoch milliseconds. */
  readonly originalAt: number | null;
  readonly eventId: string | null;
  readonly eventType: string | null;
  readonly correlationId: string | null;
  /** Of the message that this one came of: mostly its event id. */
  readonly causationId: string | null;
  readonly traceId: string | null;
  /** Which conventions matched and what each contributed, for the message page; best first. */
  readonly conventions: readonly { readonly name: string; readonly fields: readonly string[] }[];
  /** Of our own replay headers, when it carries them: it is a return. */
  readonly replay: { readonly replayId: string; readonly itemId: string; readonly count: number } | null;
}

/** One dead letter as the index keeps it, without its content. */
export interface DeadLetter extends Reading {
  /** 22 characters, made from queue and identity: the same after the index was rebuilt. */
  readonly id: string;
  readonly queueId: string;
  readonly kind: BrokerKind;
  readonly identity: string;
  readonly position: string;
  readonly lane: string;
  readonly sequence: string | null;
  /** As in Reading, but never empty: the instant when we first saw it stands in, and `atIs` says so. */
  readonly at: number;
  readonly atIs: 'said' | 'broker' | 'first-seen';
  readonly firstSeenAt: number;
  /** Since when the broker counts the time that its queue keeps it: mostly `at`; `null` where nobody knows. */
  readonly keptFrom: number | null;
  /** When its own time to live ends (RabbitMQ's `expiration`); `null` where it has none, or nobody knows since when it lives. */
  readonly endsAt: number | null;
  /** The key as text for tables, at most 200 characters; `null` where there is none. */
  readonly keyText: string | null;
  readonly keyDigest: string | null;
  /** Bytes of key, body and headers. */
  readonly sizeBytes: number;
  /** The beginning of the body as text, at most 300 characters, for tables. */
  readonly preview: string;
  /** Of the group that it was counted in when it arrived; see `lib/fingerprint`. */
  readonly fingerprint: string;
  readonly state: DeadLetterState;
  readonly stateAt: number;
  /** The last replay that touched it. */
  readonly lastReplayId: string | null;
  /** How often it came back after it was replayed, as far as is known. */
  readonly returns: number;
}

/** With everything that the broker gave us. */
export interface DeadLetterDetail extends DeadLetter {
  readonly raw: RawDeadLetter;
  readonly history: readonly HistoryEvent[];
}

export type HistoryEvent =
  | { readonly kind: 'produced'; readonly at: number }
  | {
      readonly kind: 'dead-lettered';
      readonly at: number;
      readonly atIs: DeadLetter['atIs'];
      readonly attempts: number | null;
      readonly by: string | null;
    }
  | {
      readonly kind: 'replayed';
      readonly at: number;
      readonly replayId: string;
      readonly by: string;
      readonly outcome: string;
      /** The number of the replay where it sent an edited copy; `null` where it sent the message as it was. */
      readonly editedIn: number | null;
      /** Where the tracing system shows its send; `null` where none is configured, or it has none. */
      readonly traceHref: string | null;
    }
  | {
      readonly kind: 'returned';
      readonly at: number;
      readonly replayId: string;
      readonly messageId: string;
      readonly sameError: boolean | null;
      readonly by: ReturnSign;
    }
  | {
      readonly kind: 'return-of';
      readonly at: number;
      readonly replayId: string;
      readonly messageId: string | null;
      /** `null` where nobody compared them: only the first message that came back is. */
      readonly sameError: boolean | null;
      readonly by: ReturnSign;
    }
  | { readonly kind: 'discarded'; readonly at: number; readonly replayId: string; readonly by: string }
  | {
      readonly kind: 'restored';
      readonly at: number;
      readonly replayId: string;
      readonly by: string;
      readonly outcome: string;
      /** As which it was met in its queue again; `null` where it was not yet. */
      readonly messageId: string | null;
    }
  /** It was discarded as another message, and restored. */
  | { readonly kind: 'restored-from'; readonly at: number; readonly replayId: string; readonly messageId: string }
  | { readonly kind: 'gone'; readonly at: number };
