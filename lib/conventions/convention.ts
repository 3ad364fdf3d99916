import type { BrokerKind, RawDeadLetter } from '#lib/domain/message.ts';
import type { Failure, Origin } from '#lib/domain/dead-letter.ts';
import type { HeaderIndex } from '#lib/conventions/header-index.ts';
import type { JsonFields } from '#lib/conventions/json-fields.ts';

/** One ecosystem's way of saying why a message failed and where it came from. A file each; `chain.ts` lists them. */
export interface Convention {
  /** For people: `Spring Kafka`. */
  readonly name: string;
  /**
   * Header names, in lower case, of which a message that speaks it carries at least one: only then is it read. `'always'` where
   * the body or the broker's properties speak; such a convention looks at something cheap first.
   */
  readonly marks: readonly string[] | 'always';
  /** Whether a header belongs to it, so that a replay can strip it and the page can group it. */
  owns(headerName: string): boolean;
  /** What this message says in this convention; `null` when it does not speak it. Never throws: what does not decode is left out. */
  read(letter: LetterView): ConventionReading | null;
}

/** A raw dead letter as conventions look at it: indexed once for all of them. */
export interface LetterView {
  readonly raw: RawDeadLetter;
  readonly headers: HeaderIndex;
  readonly properties: HeaderIndex;
  /** The fields of the body where it is a JSON object of at most 256 KiB; looked for when they are first asked for. */
  body(): JsonFields | undefined;
  readonly queue: QueueContext;
}

/** What is known of the queue apart from the message. */
export interface QueueContext {
  readonly kind: BrokerKind;
  readonly queueName: string;
  /** As discovery found them by topology; a single one is a fact, several are not. */
  readonly origins: readonly string[];
}

/** Only what the message says; absent fields are left to the conventions further down the chain. */
export interface ConventionReading {
  readonly failure?: Partial<{ [K in keyof Failure]: Failure[K] | undefined }>;
  readonly origin?: Partial<{ [K in keyof Origin]: Origin[K] | undefined }>;
  /** What the message is called where the framework's own headers or fields say it: before what its body says. */
  readonly event?: {
    readonly eventType?: string | undefined;
    readonly eventId?: string | undefined;
    readonly correlationId?: string | undefined;
    readonly causationId?: string | undefined;
    readonly traceId?: string | undefined;
  };
  /** The message's own fields, where the dead letter is a wrapper around it. */
  readonly original?: JsonFields | undefined;
  /** Epoch milliseconds. */
  readonly at?: number | undefined;
  /** Epoch milliseconds. */
  readonly originalAt?: number | undefined;
}
