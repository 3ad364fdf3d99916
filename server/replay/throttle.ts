import type { ReplayOptions } from '#lib/domain/replay.ts';
import { rateAfter } from '#lib/replay/pace.ts';
import { pause } from '#server/sync/repeat.ts';
import type { Clock } from '#server/clock.ts';

/** Keeps a rate: at most so many messages a second over the whole replay, in steps small enough to look steady. With a ramp the rate rises first. */
export interface Throttle {
  /** How many messages to send at once, at most `most`. */
  batchSize(most: number): number;
  /** Waits until `count` more messages may go; false as soon as `mayGoOn` says that they may not. */
  wait(count: number, mayGoOn: () => Promise<boolean>, signal: AbortSignal): Promise<boolean>;
}

const stepsPerSecond = 5;

/** A long wait is asked about so often: a pause must not take effect only minutes later. */
const askEveryMs = 1_000;

/** A ramp begins when the throttle is made: also when a replay is resumed, for nobody knows what waits at the other end. */
export function createThrottle(options: Pick<ReplayOptions, 'ratePerSecond' | 'rampSeconds'>, clock: Clock): Throttle {
  const begunAt = clock.now();
  let dueAt = begunAt;
  const rateAt = (at: number) => rateAfter(options, at - begunAt);
  return {
    batchSize(most) {
      const rate = rateAt(clock.now());
      return rate === null ? most : Math.max(1, Math.min(most, Math.floor(rate / stepsPerSecond)));
    },
    async wait(count, mayGoOn, signal) {
      dueAt = Math.max(dueAt, clock.now());
      const until = dueAt;
      const rate = rateAt(until);
      if (rate === null) return true;
      dueAt += (count / rate) * 1000;
      for (let left = until - clock.now(); left > 0 && !signal.aborted; left = until - clock.now()) {
        await pause(Math.min(left, askEveryMs), signal);
        if (left > askEveryMs && !(await mayGoOn())) return false;
      }
      return true;
    },
  };
}
