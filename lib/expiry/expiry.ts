import type { Retention } from '#lib/domain/queue.ts';

/** When the broker deletes a message by itself. */
export interface Expiry {
  readonly at: number;
  /** `at-least`: no earlier, perhaps later. */
  readonly bound: 'exact' | 'at-least';
}

/** What of a message says how long its broker keeps it; also of the messages of a queue, where each is the earliest. */
export interface Kept {
  /** Since when the broker counts the time that the queue keeps its messages; `null` where nobody knows. */
  readonly keptFrom: number | null;
  /** When its own time to live ends, whatever the queue's; `null` where it has none. */
  readonly endsAt: number | null;
}

/** What a message says of its times is anyone's, and no date is later than this (ECMA-262, "Time Values and Time Range"): such a one is as good as kept for ever. */
const instantMax = 8.64e15;

/**
 * The earlier of the two: the end of what the queue keeps, and of the message's own time to live. `null` where it is kept for ever or nobody tells. What was
 * first seen by us has no known beginning: no time is made up for it.
 */
export function expiryOf(
  retention: Retention,
  given: { readonly at: number; readonly atIs: 'said' | 'broker' | 'first-seen' } & Partial<Kept>,
): Expiry | null {
  const { at, atIs, keptFrom = at, endsAt = null } = given;
  return soonestExpiry(retention, { keptFrom: atIs === 'first-seen' ? null : keptFrom, endsAt });
}

/** The soonest expiry of a queue as far as it is known: of a log that is read from its newest end nobody has seen the oldest yet. */
export function queueExpiry(
  { retention, knownBackTo }: { readonly retention: Retention; readonly knownBackTo: number | null },
  kept: Kept | undefined,
): Expiry | null {
  return kept && knownBackTo === null ? soonestExpiry(retention, kept) : null;
}

/**
 * The soonest expiry of a queue: of its retention and what `QueueSummary` (`store.index.summariseQueues`) says of its open messages. One for the overview,
 * metrics and alerts. `null` where they are kept for ever, nobody tells, or nobody knows since when they are there.
 */
export function soonestExpiry(retention: Retention, { keptFrom, endsAt }: Kept): Expiry | null {
  // It may go before any time that it says itself.
  if (retention.kind === 'untold') return null;
  const byQueue =
    retention.kind === 'for' && keptFrom !== null && keptFrom + retention.ms <= instantMax
      ? { at: keptFrom + retention.ms, bound: retention.bound }
      : null;
  // RabbitMQ drops it when it is first in line (rabbitmq.com/docs/ttl, "Caveats").
  const byItself = endsAt === null || endsAt > instantMax ? null : { at: endsAt, bound: 'at-least' as const };
  if (byQueue === null || byItself === null) return byQueue ?? byItself;
  return byItself.at < byQueue.at ? byItself : byQueue;
}
