import type { Retention } from '#lib/domain/queue.ts';

/** When the broker deletes a message by itself. */
export interface Expiry {
  readonly at: number;
  /** `at-least`: no earlier, perhaps later. */
  readonly bound: 'exact' | 'at-least';
}

/**
 * Of a message that its queue got at `at`; `null` where it is kept for ever or nobody tells. What was first seen by us has no known beginning: no time is
 * made up for it.
 */
export function expiryOf(
  retention: Retention,
  { at, atIs }: { at: number; atIs: 'said' | 'broker' | 'first-seen' },
): Expiry | null {
  if (retention.kind !== 'for' || atIs === 'first-seen') return null;
  return { at: at + retention.ms, bound: retention.bound };
}
