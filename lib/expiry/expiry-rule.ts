import type { DeadLetterState } from '#lib/domain/dead-letter.ts';
import type { Queue } from '#lib/domain/queue.ts';
import { type Expiry, expiryOf } from '#lib/expiry/expiry.ts';

/** What of a queue decides when its messages expire. */
export type KeepingQueue = Pick<Queue, 'kind' | 'retention'> & {
  readonly capabilities: Pick<Queue['capabilities'], 'remove'>;
};

/** How a queue's messages expire: one for the filter, for the order of a list, and for each row. As `soonestExpiry` has it for one message. */
export interface ExpiryRule {
  /** Messages in these states are no longer there, and do not expire. */
  readonly over: readonly DeadLetterState[];
  /** How long the queue keeps them; `null`: for ever. */
  readonly keptMs: number | null;
  /** Whether a message may have a time to live of its own. */
  readonly haveLives: boolean;
}

/** `null` where the broker may delete them, and does not say when. */
export function expiryRule({ kind, retention, capabilities }: KeepingQueue): ExpiryRule | null {
  if (retention.kind === 'untold') return null;
  return {
    over: capabilities.remove ? ['gone', 'replayed', 'discarded'] : ['gone'],
    keptMs: retention.kind === 'for' ? retention.ms : null,
    haveLives: kind === 'rabbitmq',
  };
}

/** Of a message that is still there; `null` where its queue keeps it, or nobody tells. */
export function expiryInQueue(
  queue: KeepingQueue,
  message: Parameters<typeof expiryOf>[1] & { readonly state: DeadLetterState },
): Expiry | null {
  const rule = expiryRule(queue);
  return rule === null || rule.over.includes(message.state) ? null : expiryOf(queue.retention, message);
}
