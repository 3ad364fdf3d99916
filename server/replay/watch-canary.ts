import { AppError } from '#lib/domain/errors.ts';
import type { Canary, Replay, ReplayAccount } from '#lib/domain/replay.ts';
import { attemptedIn, judge, nextStep, tooBadSentence } from '#lib/replay/canary.ts';
import type { Clock } from '#server/clock.ts';
import type { Store } from '#server/store/store.ts';
import { pause } from '#server/sync/repeat.ts';

/** How a replay goes in steps where it was asked to; without a canary nothing is watched between its passes. */
export interface CanaryWatch {
  /** At most `limit` messages. After a restart amid the steps the last one is watched again first. */
  next(limit: number, signal: AbortSignal): Promise<CanaryStep | TooBad>;
  /** Waits until what the step sent has been watched long enough, or is bad enough. */
  watch(step: CanaryStep, signal: AbortSignal): Promise<TooBad | null>;
  /** Whether the operator still wants it, and what was sent so far allows it. */
  mayGoOn(): Promise<boolean>;
}

export interface CanaryStep {
  readonly kind: 'step';
  readonly size: number;
  readonly watched: boolean;
  /** Attempted before it. */
  readonly attempted: number;
}

/** What was sent so far came back or failed: the replay pauses itself, and the error says why. */
export interface TooBad {
  readonly kind: 'too-bad';
  readonly error: AppError;
}

const lookEveryMs = 500;

export function watchCanary(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  replay: Replay,
  isWanted: () => Promise<boolean>,
): CanaryWatch {
  const {
    options: { canary },
    goAccount,
  } = replay;
  const accountNow = async () => (await store.ledger.getReplay(replay.id)).account;
  if (canary === null) {
    return {
      next: async (limit) => ({ kind: 'step', size: limit, watched: false, attempted: 0 }),
      watch: async () => null,
      mayGoOn: isWanted,
    };
  }
  // Judged since a person last said go, also by an engine that was started since.
  const tooBadIn = (account: ReplayAccount) =>
    // Nothing is left that a pause could hold back: from here on the whole replay is watched.
    account.planned === 0 ? null : tooBad(canary, goAccount, account);
  let begun = false;

  async function watchFor(watchMs: number, signal: AbortSignal): Promise<TooBad | null> {
    const until = clock.now() + watchMs;
    for (;;) {
      const account = await accountNow();
      const bad = tooBadIn(account);
      if (bad || account.planned === 0 || clock.now() >= until || signal.aborted || !(await isWanted())) return bad;
      await pause(Math.min(lookEveryMs, Math.max(0, until - clock.now())), signal);
    }
  }

  return {
    async next(limit, signal) {
      const account = await accountNow();
      const attempted = attemptedIn(account);
      if (!begun && attempted > attemptedIn(goAccount)) {
        const bad = await watchFor(nextStep(canary, account, limit).watched ? canary.watchMs : 0, signal);
        if (bad) return bad;
      }
      begun = true;
      const { size, watched } = nextStep(canary, account, limit);
      return { kind: 'step', size: Math.min(size, limit), watched, attempted };
    },
    async watch({ watched, attempted }, signal) {
      // What nobody sent need not be waited for; what went before it is judged all the same.
      const wentOn = attemptedIn(await accountNow()) > attempted;
      return watchFor(watched && wentOn ? canary.watchMs : 0, signal);
    },
    mayGoOn: async () => (await isWanted()) && tooBadIn(await accountNow()) === null,
  };
}

function tooBad(canary: Canary, before: ReplayAccount, now: ReplayAccount): TooBad | null {
  const { attempted, bad, tooBad: isTooBad } = judge(canary, before, now);
  if (!isTooBad) return null;
  return {
    kind: 'too-bad',
    error: new AppError('canary_failed', tooBadSentence(before, now), { details: { attempted, bad } }),
  };
}
