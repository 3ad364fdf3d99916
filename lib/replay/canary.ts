import type { Canary, ReplayAccount } from '#lib/domain/replay.ts';

/** 1, then 5, then 50, each watched for half a minute, and not one bad message among them. */
export const usualCanary: Canary = { steps: [1, 5, 50], watchMs: 30_000, badShareMax: 0 };

/** How many messages go next, and whether they are watched before what follows them. The rest is only judged as it goes. */
export function nextStep(
  canary: Canary,
  account: ReplayAccount,
  rest: number,
): { readonly size: number; readonly watched: boolean } {
  const attempted = attemptedIn(account);
  let end = 0;
  for (const step of canary.steps) {
    end += step;
    if (attempted < end) return { size: end - attempted, watched: true };
  }
  return { size: rest, watched: false };
}

export interface CanaryVerdict {
  readonly attempted: number;
  readonly bad: number;
  readonly tooBad: boolean;
}

/** What became of the messages since `before`: an operator who resumed has seen what was bad by then. */
export function judge(canary: Canary, before: ReplayAccount, now: ReplayAccount): CanaryVerdict {
  const attempted = attemptedIn(now) - attemptedIn(before);
  const bad = badIn(now) - badIn(before);
  return { attempted, bad, tooBad: bad > 0 && bad > canary.badShareMax * attempted };
}

/** Sent, or at least tried. */
export function attemptedIn({ total, planned, skipped }: ReplayAccount): number {
  return total - planned - skipped;
}

function badIn({ returned, failed, unknown }: ReplayAccount): number {
  return returned + failed + unknown;
}
