import type { Dice } from '#server/sandbox/seed/dice.ts';

/** An instant between the given numbers of hours ago, but never one that a failure a moment later would put into the future. */
export function timeOf(dice: Dice, now: number, [from, to]: readonly [number, number]): number {
  return Math.min(now - 60_000, Math.round(now - (to + (from - to) * dice.roll()) * 3_600_000));
}
