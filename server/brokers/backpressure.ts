import type { ErrorRecord } from '#lib/domain/errors.ts';

/** In an error's details: the broker did nothing with the message and asks for fewer; the same may be sent again later. */
export const heldBack = { backpressure: true } as const;

export function isHeldBack({ details }: Pick<ErrorRecord, 'details'>): boolean {
  return details?.['backpressure'] === true;
}

/** A time limit that stands still while the broker itself makes us wait. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** `true` stops the clock, `false` starts it anew. */
  heldUp(isHeldUp: boolean): void;
  end(): void;
}

/** A broker that makes us wait longer than this is taken for one that does not answer. */
const heldUpMsMax = 10 * 60_000;

export function createDeadline(timeoutMs: number): Deadline {
  const late = new AbortController();
  const after = (ms: number) => setTimeout(() => late.abort(), ms);
  let timer = after(timeoutMs);
  let isWaiting = false;
  return {
    signal: late.signal,
    heldUp(isHeldUp) {
      if (isHeldUp === isWaiting) return;
      isWaiting = isHeldUp;
      clearTimeout(timer);
      timer = after(isHeldUp ? heldUpMsMax : timeoutMs);
    },
    end: () => clearTimeout(timer),
  };
}
