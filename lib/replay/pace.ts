import type { Canary, Replay, ReplayAccount, ReplayOptions } from '#lib/domain/replay.ts';
import { attemptedIn, stepEnds, watchedStep } from '#lib/replay/canary.ts';

/** How fast a replay goes now, and how long it still takes at that. */
export interface Pace {
  /** Messages a second over the last moments. */
  readonly perSecond: number;
  /** Until the last message is sent; `null` where nothing moves, and while a canary has watches before it: how fast the rest goes is not known then. */
  readonly leftMs: number | null;
  /** The step that a canary watches now; `null` where it watches none. */
  readonly watching: WatchedStep | null;
}

export interface WatchedStep {
  /** So many messages have gone. */
  readonly sent: number;
  /** So many go next, when nothing bad is seen. */
  readonly next: number;
  /** About when they do; `null` where that cannot be told, as after a restart, when it is watched once more. */
  readonly until: number | null;
}

/** What the ledger counts of the outcomes of a replay, sent, failed or unknown, that came in one second. */
export interface Outcomes {
  /** When that second began. */
  readonly at: number;
  readonly count: number;
}

/** So far back a pace looks: long enough to be steady, short enough to be of now. */
const paceOverMs = 10_000;

/** A ramp begins with this share of the rate. */
const rampFrom = 0.1;

/** `null` for a replay that is not sending, or has nothing left to send. `outcomes` of the last minute, the oldest first. */
export function paceOf(
  replay: Pick<Replay, 'state' | 'startedAt' | 'account' | 'goAccount'> & {
    readonly options: Pick<ReplayOptions, 'canary'>;
  },
  outcomes: readonly Outcomes[],
  now: number,
): Pace | null {
  const { state, startedAt, account, options } = replay;
  const left = account.planned + account.intended;
  if (state !== 'sending' || startedAt === null || left === 0) return null;
  const isCut = watchesLeft(options.canary, account) > 0;
  const step = watchedStep(options.canary, replay);
  const perSecond = step === null ? rateOfLate({ ...replay, startedAt }, outcomes, now) : 0;
  const last = outcomes.at(-1);
  return {
    perSecond,
    leftMs: perSecond > 0 && !isCut && step === null ? (left / perSecond) * 1_000 : null,
    watching: step && { ...step, until: watchedUntil(options.canary, last ? last.at + 1_000 : null, now) },
  };
}

/** Since it last stood still, as long as that is within `paceOverMs`: what it waited for then says nothing of how fast it goes. */
function rateOfLate(
  {
    account,
    goAccount,
    options,
    startedAt,
  }: Pick<Replay, 'account' | 'goAccount'> & {
    readonly startedAt: number;
    readonly options: Pick<ReplayOptions, 'canary'>;
  },
  outcomes: readonly Outcomes[],
  now: number,
): number {
  const went = attemptedIn(account) - account.intended;
  const steps = options.canary === null ? [] : stepEnds(options.canary);
  const stoodAt = Math.max(attemptedIn(goAccount), ...steps.filter((end) => end <= went));
  // What an engine that died left under way had gone when a person said go, and is put right after that.
  const since = Math.max(0, went - stoodAt);
  const late = outcomes.filter(({ at }) => at >= now - paceOverMs);
  const count = Math.min(since, sumOf(late));
  const wentOnAt = late.findLast((_, index) => sumOf(late.slice(index)) >= since)?.at ?? 0;
  const from = stoodAt === 0 ? startedAt : wentOnAt;
  return (count * 1_000) / Math.min(paceOverMs, Math.max(1_000, now - from));
}

function sumOf(outcomes: readonly Outcomes[]): number {
  return outcomes.reduce((sum, { count }) => sum + count, 0);
}

/** Steps of a canary that are not all sent yet, and that something follows. */
function watchesLeft(canary: Canary | null, account: ReplayAccount): number {
  if (canary === null) return 0;
  const attempted = attemptedIn(account);
  return stepEnds(canary).filter((end) => end > attempted && end < attempted + account.planned).length;
}

function watchedUntil(canary: Canary | null, lastAt: number | null, now: number): number | null {
  if (canary === null || lastAt === null) return null;
  const until = lastAt + canary.watchMs;
  return until > now ? until : null;
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
  // A step is watched when something is left that a pause could hold back.
  const watchedMs =
    (canary === null ? [] : stepEnds(canary)).filter((end) => end < count).length * (canary?.watchMs ?? 0);
  if (ratePerSecond === null) return watchedMs === 0 ? null : watchedMs;
  const duringRamp = ratePerSecond * rampSeconds * ((1 + rampFrom) / 2);
  if (count >= duringRamp) return watchedMs + (rampSeconds + (count - duringRamp) / ratePerSecond) * 1_000;
  // Within the ramp the number sent grows with the square of the time: count = rate · (from·t + (1−from)·t²/(2·ramp)).
  const a = (1 - rampFrom) / (2 * rampSeconds);
  const seconds = (-rampFrom + Math.sqrt(rampFrom ** 2 + (4 * a * count) / ratePerSecond)) / (2 * a);
  return watchedMs + seconds * 1_000;
}

/** `the first 6 are watched, about 20 s, then 50 go`. `left`: messages still to go; without `now` no time is said. */
export function watchWords({ sent, next, until }: WatchedStep, left: number, now: number | null): string {
  const first = sent === 1 ? 'the first one is' : `the first ${sent.toLocaleString('en-US')} are`;
  const time = until !== null && now !== null && until > now ? `, ${aboutTime(until - now)}` : '';
  const then = next === left ? 'the rest goes' : next === 1 ? '1 goes' : `${next.toLocaleString('en-US')} go`;
  return `${first} watched${time}, then ${then}`;
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
