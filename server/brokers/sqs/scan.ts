import type { Message } from '@aws-sdk/client-sqs';
import { AppError } from '#lib/domain/errors.ts';
import type { Lease } from '#server/brokers/sqs/lease.ts';

export interface ScanOptions {
  readonly queue: string;
  /** The approximate number of messages; how many to ask for at once, and how sure an empty answer is, depend on it. */
  readonly expected: number;
  /** At most so many, exactly. */
  readonly limit: number;
  readonly pollers: number;
  /** Epoch milliseconds after which nothing more is asked for. */
  readonly until: number;
  readonly clock: () => number;
  readonly signal: AbortSignal;
}

/** Why a scan asked for no more: `dry` after empty long polls, `limit`, or `time`. */
export type ScanEnd = 'dry' | 'limit' | 'time';

/** How many rounds may bring only messages that are held already, before it is taken for the end. */
const staleRoundsMax = 20;

/**
 * Receives until the queue seems empty and yields what is new, a round at a time; everything stays in the lease.
 * An empty answer is not an empty queue, so it ends on several.
 */
export async function* scan(lease: Lease, options: ScanOptions): AsyncGenerator<readonly Message[], ScanEnd> {
  const { expected, limit, pollers, until, clock, signal } = options;
  let read = 0;
  let emptyAnswers = 0;
  let staleRounds = 0;
  for (;;) {
    throwIfAborted(options);
    if (read >= limit) return 'limit';
    if (clock() >= until) return 'time';
    const wanted = Math.min(limit - read, Math.max(expected - read, 10));
    const requests = sharesOf(wanted, Math.min(pollers, Math.ceil(wanted / 10)));
    const answers = await settledOrAborted(
      requests.map((max) => lease.receive(max)),
      signal,
    );
    const failed = answers.find((answer) => answer.status === 'rejected');
    throwIfAborted(options);
    if (failed !== undefined) throw failed.reason;
    const fresh = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value.fresh : []));
    if (fresh.length > 0) {
      read += fresh.length;
      emptyAnswers = 0;
      staleRounds = 0;
      yield fresh;
      continue;
    }
    const empty = answers.filter((answer) => answer.status === 'fulfilled' && answer.value.empty).length;
    emptyAnswers += empty;
    if (empty === 0) staleRounds += 1;
    if (emptyAnswers >= emptyAnswersNeeded(read, expected) || staleRounds >= staleRoundsMax) return 'dry';
  }
}

/** The count that says 0 may lag by a minute, so it is believed less than one that the scan has confirmed. */
function emptyAnswersNeeded(read: number, expected: number): number {
  if (read < expected) return 3;
  return expected > 0 ? 1 : 2;
}

function sharesOf(wanted: number, pollers: number): number[] {
  return Array.from({ length: pollers }, (_, index) => Math.min(10, wanted - index * 10)).filter((share) => share > 0);
}

/** `[]` as soon as the signal is aborted; the receives run on, and the release of the lease waits for what they hold. */
async function settledOrAborted<Value>(
  running: readonly Promise<Value>[],
  signal: AbortSignal,
): Promise<readonly PromiseSettledResult<Value>[]> {
  const aborted = Promise.withResolvers<[]>();
  const onAbort = (): void => aborted.resolve([]);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([Promise.allSettled(running), aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function throwIfAborted({ signal, queue }: ScanOptions): void {
  if (signal.aborted)
    throw new AppError(
      'cancelled',
      `Reading queue ${queue} was stopped before it was finished. Start it again when it is wanted.`,
    );
}
