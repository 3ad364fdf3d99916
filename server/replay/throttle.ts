import { pause } from '#server/sync/repeat.ts';
import type { Clock } from '#server/clock.ts';

/** Keeps a rate: at most so many messages a second over the whole replay, in steps small enough to look steady. */
export interface Throttle {
  /** How many messages to send at once, at most `most`. */
  batchSize(most: number): number;
  /** Waits until `count` more messages may go. */
  wait(count: number, signal: AbortSignal): Promise<void>;
}

const stepsPerSecond = 5;

export function createThrottle(ratePerSecond: number | null, clock: Clock): Throttle {
  let dueAt = clock.now();
  return {
    batchSize: (most) =>
      ratePerSecond === null ? most : Math.max(1, Math.min(most, Math.floor(ratePerSecond / stepsPerSecond))),
    async wait(count, signal) {
      if (ratePerSecond === null) return;
      const now = clock.now();
      dueAt = Math.max(dueAt, now);
      const waitMs = dueAt - now;
      dueAt += (count / ratePerSecond) * 1000;
      if (waitMs > 0) await pause(waitMs, signal);
    },
  };
}
