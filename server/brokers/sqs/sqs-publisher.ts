import { AppError, type ErrorRecord } from '#lib/domain/errors.ts';
import type { QueueAttributes, QueueDirectory } from '#server/brokers/sqs/queue-attributes.ts';
import type { RecentIds } from '#server/brokers/sqs/recent-ids.ts';
import type { SqsClient } from '#server/brokers/sqs/sqs-client.ts';

/** What sending needs. */
export interface SqsPublisher {
  readonly client: SqsClient;
  readonly connection: string;
  readonly directory: QueueDirectory;
  /** MessageIds that were sent or held lately; a FIFO send that is answered with one of them delivered nothing. */
  readonly recent: RecentIds;
  readonly clock: () => number;
  /** Facts of destinations, for as long as a minute. */
  readonly targets: Map<string, { readonly facts: QueueAttributes; readonly until: number }>;
}

/** The time of a whole publish, which all its requests share. */
export interface SendTime {
  readonly signal: AbortSignal;
  /** Milliseconds that are left; 0 or less when it is over. */
  remainingMs(): number;
}

/** An outcome without its `ref`. */
export type Outcome =
  | { readonly kind: 'sent'; readonly position: string | null }
  | { readonly kind: 'failed' | 'unknown'; readonly error: ErrorRecord };

/** Why nothing more should be begun: the caller's abort, or the end of the time. */
export function isOver(queue: string, { signal, remainingMs }: SendTime): AppError | null {
  if (signal.aborted)
    return new AppError(
      'cancelled',
      `Sending to queue ${queue} was stopped before this message. Send it again when it is wanted.`,
    );
  if (remainingMs() > 0) return null;
  return new AppError(
    'timed_out',
    `The time for sending to queue ${queue} was over before this message. Send it again, or fewer at a time.`,
  );
}
