import type { ErrorRecord } from '#lib/domain/errors.ts';

/** In an error's details: the broker did nothing with the message and asks for fewer; the same may be sent again later. */
export const heldBack = { backpressure: true } as const;

export function isHeldBack({ details }: Pick<ErrorRecord, 'details'>): boolean {
  return details?.['backpressure'] === true;
}

/** A time limit that stands still while the broker itself makes us wait. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Each `true` is one that waits, and its `false` follows. The clock stands still while anyone waits, and then goes on with what was left. */
  heldUp(isHeldUp: boolean): void;
  end(): void;
}

/** A broker that makes us wait longer than this is taken for one that does not answer. */
const heldUpMsMax = 10 * 60_000;

/** `leastMs` is left at least after each wait, for whoever must not end before those that it watches. */
export function createDeadline(timeoutMs: number, leastMs = 0): Deadline {
  const late = new AbortController();
  const after = (ms: number) => setTimeout(() => late.abort(), ms);
  let left = timeoutMs;
  let startedAt = performance.now();
  let timer = after(left);
  let waiting = 0;
  return {
    signal: late.signal,
    heldUp(isHeldUp) {
      waiting += isHeldUp ? 1 : -1;
      if (waiting > 1 || (waiting === 1 && !isHeldUp)) return;
      clearTimeout(timer);
      if (isHeldUp) left -= performance.now() - startedAt;
      else startedAt = performance.now();
      timer = after(isHeldUp ? heldUpMsMax : Math.max(left, leastMs));
    },
    end: () => clearTimeout(timer),
  };
}
