import { pause } from '#server/sync/repeat.ts';
import type { Clock } from '#server/clock.ts';

/** Keeps a rate: at most so many messages a second over the whole replay, in steps small enough to look steady. */
export interface Throttle {
  /** How many messages to send at once, at most `most`. */
  batchSize(most: number): number;
  /** Waits until `count` more messages may go; false as soon as `mayGoOn` says that they may not. */
  wait(count: number, mayGoOn: () => Promise<boolean>, signal: AbortSignal): Promise<boolean>;
}

const stepsPerSecond = 5;

/** A long wait is asked about so often: a pause must not take effect only minutes later. */
const askEveryMs = 1_000;

export function createThrottle(ratePerSecond: number | null, clock: Clock): Throttle {
  let dueAt = clock.now();
  return {
    batchSize: (most) =>
      ratePerSecond === null ? most : Math.max(1, Math.min(most, Math.floor(ratePerSecond / stepsPerSecond))),
    async wait(count, mayGoOn, signal) {
      if (ratePerSecond === null) return true;
      dueAt = Math.max(dueAt, clock.now());
      const until = dueAt;
      dueAt += (count / ratePerSecond) * 1000;
      for (let left = until - clock.now(); left > 0 && !signal.aborted; left = until - clock.now()) {
        await pause(Math.min(left, askEveryMs), signal);
        if (left > askEveryMs && !(await mayGoOn())) return false;
      }
      return true;
    },
  };
}
