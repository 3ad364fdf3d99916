import type { Replay, ReplayAccount, ReplayOptions } from '#lib/domain/replay.ts';

/** How fast a replay goes now, and how long it still takes at that. */
export interface Pace {
  /** Messages a second over the last moments. */
  readonly perSecond: number;
  /** Until the last message is sent; `null` where nothing moves. */
  readonly leftMs: number | null;
}

/** So far back a pace looks: long enough to be steady, short enough to be of now. */
export const paceOverMs = 10_000;

/** A ramp begins with this share of the rate. */
const rampFrom = 0.1;

/** `outcomes`: how many items were sent, failed or became unknown in the last `paceOverMs`. `null` for a replay that is not sending. */
export function paceOf(
  { state, startedAt, account }: Pick<Replay, 'state' | 'startedAt'> & { readonly account: ReplayAccount },
  outcomes: number,
  now: number,
): Pace | null {
  if (state !== 'sending' || startedAt === null) return null;
  const overMs = Math.min(paceOverMs, Math.max(1_000, now - startedAt));
  const perSecond = (outcomes * 1_000) / overMs;
  const left = account.planned + account.intended;
  return { perSecond, leftMs: perSecond > 0 ? (left / perSecond) * 1_000 : null };
}

/** Messages a second that may go `afterMs` into the sending; `null` for as many as go. */
export function rateAfter(
  { ratePerSecond, rampSeconds }: Pick<ReplayOptions, 'ratePerSecond' | 'rampSeconds'>,
  afterMs: number,
): number | null {
  if (ratePerSecond === null) return null;
  const part = rampSeconds === 0 ? 1 : Math.min(1, Math.max(0, afterMs) / (rampSeconds * 1_000));
  return ratePerSecond * (rampFrom + (1 - rampFrom) * part);
}

/** How long the sending takes at least by what the operator has chosen; `null` at full speed, where only the brokers tell. Without what comes back. */
export function plannedMs(
  { ratePerSecond, rampSeconds, canary }: Pick<ReplayOptions, 'ratePerSecond' | 'rampSeconds' | 'canary'>,
  count: number,
): number | null {
  const stepsAt =
    canary?.steps.map((_, index) => canary.steps.slice(0, index + 1).reduce((sum, step) => sum + step, 0)) ?? [];
  // A step is watched when something is left that a pause could hold back.
  const watchedMs = stepsAt.filter((end) => end < count).length * (canary?.watchMs ?? 0);
  if (ratePerSecond === null) return watchedMs === 0 ? null : watchedMs;
  const duringRamp = ratePerSecond * rampSeconds * ((1 + rampFrom) / 2);
  if (count >= duringRamp) return watchedMs + (rampSeconds + (count - duringRamp) / ratePerSecond) * 1_000;
  // Within the ramp the number sent grows with the square of the time: count = rate · (from·t + (1−from)·t²/(2·ramp)).
  const a = (1 - rampFrom) / (2 * rampSeconds);
  const seconds = (-rampFrom + Math.sqrt(rampFrom ** 2 + (4 * a * count) / ratePerSecond)) / (2 * a);
  return watchedMs + seconds * 1_000;
}

/** `about 3 min`, `about 40 s`, `a moment`. */
export function aboutTime(ms: number): string {
  const seconds = ms / 1_000;
  if (seconds < 5) return 'a moment';
  if (seconds < 55) return `about ${Math.ceil(seconds / 5) * 5} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `about ${Math.max(1, minutes)} min`;
  const hours = seconds / 3_600;
  return hours < 48 ? `about ${Math.round(hours)} h` : `about ${Math.round(hours / 24)} days`;
}
