import { AppError } from '#lib/domain/errors.ts';
import type { Replay, ReplayAccount } from '#lib/domain/replay.ts';
import { judge, nextStep } from '#lib/replay/canary.ts';
import type { Clock } from '#server/clock.ts';
import type { Store } from '#server/store/store.ts';
import { pause } from '#server/sync/repeat.ts';

/** How a replay goes in steps where it was asked to; without a canary nothing is watched between its passes. */
export interface CanaryWatch {
  /** At most `limit` messages. */
  next(limit: number): Promise<CanaryStep>;
  /** Waits until the step has been watched long enough, or until it is bad enough; then the error says why the replay pauses. */
  watch(step: CanaryStep, signal: AbortSignal): Promise<AppError | null>;
}

export interface CanaryStep {
  readonly size: number;
  readonly watched: boolean;
}

const lookEveryMs = 500;

export function watchCanary(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  replay: Replay,
  mayGoOn: () => Promise<boolean>,
): CanaryWatch {
  const { canary } = replay.options;
  if (canary === null) return { next: async (limit) => ({ size: limit, watched: false }), watch: async () => null };
  let before: ReplayAccount | null = null;
  const accountNow = async () => (await store.ledger.getReplay(replay.id)).account;

  return {
    async next(limit) {
      const account = await accountNow();
      before ??= account;
      const { size, watched } = nextStep(canary, account);
      return { size: Math.min(size, limit), watched };
    },
    async watch({ watched }, signal) {
      const until = clock.now() + (watched ? canary.watchMs : 0);
      for (;;) {
        const account = await accountNow();
        const { attempted, bad, tooBad } = judge(canary, before ?? account, account);
        if (tooBad) return pausedItself(attempted, bad);
        // Nothing is left that a pause could hold back: from here on the whole replay is watched.
        if (account.planned === 0 || clock.now() >= until || signal.aborted || !(await mayGoOn())) return null;
        await pause(Math.min(lookEveryMs, Math.max(0, until - clock.now())), signal);
      }
    },
  };
}

function pausedItself(attempted: number, bad: number): AppError {
  const of = `${bad.toLocaleString('en-US')} of the ${attempted.toLocaleString('en-US')} that went`;
  return new AppError(
    'canary_failed',
    `It paused itself: ${of} came back, failed or are unknown. Look at them and mend what they meet, then resume; or cancel the rest.`,
    { details: { attempted, bad } },
  );
}
