import type { Canary, Replay, ReplayAccount } from '#lib/domain/replay.ts';

/** 1, then 5, then 50, each watched for half a minute, and not one bad message among them. */
export const usualCanary: Canary = { steps: [1, 5, 50], watchMs: 30_000, badShareMax: 0 };

/** How many messages go next, and whether they are watched before what follows them. The rest is only judged as it goes. */
export function nextStep(
  canary: Canary,
  account: ReplayAccount,
  rest: number,
): { readonly size: number; readonly watched: boolean } {
  const attempted = attemptedIn(account);
  const end = stepEnds(canary).find((each) => attempted < each);
  return end === undefined ? { size: rest, watched: false } : { size: end - attempted, watched: true };
}

/** What stands still between two steps of a canary: so many went, and so many go when they have been watched; `null` where none is being watched. */
export function watchedStep(
  canary: Canary | null,
  { account, goAccount }: Pick<Replay, 'account' | 'goAccount'>,
): { readonly sent: number; readonly next: number } | null {
  const sent = attemptedIn(account);
  // What went before a person said go was judged by that person.
  if (canary === null || account.planned === 0 || account.intended > 0 || sent === attemptedIn(goAccount)) return null;
  if (!stepEnds(canary).includes(sent)) return null;
  return { sent, next: Math.min(nextStep(canary, account, account.planned).size, account.planned) };
}

/** How many have gone at the end of each step. */
export function stepEnds({ steps }: Canary): readonly number[] {
  return steps.map((_, index) => steps.slice(0, index + 1).reduce((sum, step) => sum + step, 0));
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

/** What of them came back, failed or is unknown, and what to do: `It paused itself: the one message that went came back. …` */
export function tooBadSentence(before: ReplayAccount, now: ReplayAccount): string {
  const { attempted, bad } = judge({ steps: [], watchMs: 0, badShareMax: 0 }, before, now);
  const unknown = now.unknown - before.unknown;
  const parts = [
    { count: now.returned - before.returned, words: 'came back' },
    { count: now.failed - before.failed, words: 'failed' },
    { count: unknown, words: unknown === 1 ? 'is unknown' : 'are unknown' },
  ].filter(({ count }) => count > 0);
  const all = parts.map(({ count, words }) => `${count.toLocaleString('en-US')} ${words}`).join(' and ');
  const became =
    attempted === 1
      ? `the one message that went ${parts.map(({ words }) => words).join(' and ')}`
      : `of the ${attempted.toLocaleString('en-US')} messages that went ${all}`;
  const look = bad === 1 ? 'Look at it and mend what it meets' : 'Look at them and mend what they meet';
  return `It paused itself: ${became}. ${look}, then resume; or cancel the rest.`;
}

/** Sent, or at least tried. */
export function attemptedIn({ total, planned, skipped }: ReplayAccount): number {
  return total - planned - skipped;
}

function badIn({ returned, failed, unknown }: ReplayAccount): number {
  return returned + failed + unknown;
}
