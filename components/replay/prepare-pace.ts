import { rateLabel } from '#components/replay/prepare-plan.ts';
import { formatCount } from '#components/ui/numbers.ts';
import type { ReplayView } from '#lib/api/replays.ts';
import type { ReplayOptions } from '#lib/domain/replay.ts';
import { aboutTime, plannedMs, watchWords } from '#lib/replay/pace.ts';

/** `120 a second, about 3 min left`; of a canary `the first 6 are watched, about 20 s, then 50 go`; `null` where nothing is being sent, or nothing can be said yet. */
export function paceWords(
  { state, pace, account }: Pick<ReplayView, 'state' | 'pace' | 'account'>,
  now: number,
): string | null {
  if (state !== 'sending' || !pace) return null;
  if (pace.watching !== null) return watchWords(pace.watching, account.planned, now);
  if (pace.perSecond === 0) return 'waiting';
  const rate = pace.perSecond < 10 ? pace.perSecond.toFixed(1) : formatCount(Math.round(pace.perSecond));
  return pace.leftMs === null ? `${rate} a second` : `${rate} a second, ${aboutTime(pace.leftMs)} left`;
}

/** `Takes about 3 min at this rate.`; `null` at full speed. */
export function estimateWords(
  options: Pick<ReplayOptions, 'ratePerSecond' | 'rampSeconds' | 'canary'>,
  willSend: number,
): string | null {
  const ms = plannedMs(options, willSend);
  if (ms === null || willSend === 0) return null;
  const atLeast = options.ratePerSecond === null ? 'at least ' : '';
  return `Takes ${atLeast}${aboutTime(ms)}.`;
}

/** Seconds until the whole rate is reached. */
export const ramps = [0, 30, 300] as const;

export function rampLabel(seconds: number): string {
  if (seconds === 0) return 'at once';
  return seconds < 60 ? `after ${seconds} s` : `after ${Math.round(seconds / 60)} min`;
}

/** `100 a second after 30 s`. */
export function rateWords({
  ratePerSecond,
  rampSeconds,
}: Pick<ReplayOptions, 'ratePerSecond' | 'rampSeconds'>): string {
  const rate = rateLabel(ratePerSecond);
  return ratePerSecond === null || rampSeconds === 0 ? rate : `${rate}, reached ${rampLabel(rampSeconds)}`;
}

export const concurrencies = [1, 4, 16] as const;
