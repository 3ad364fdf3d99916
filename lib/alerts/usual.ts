const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** As far back as is looked. */
export const historyMs = 7 * dayMs;
/** With less history nothing is usual or unusual. */
export const historyLeastMs = dayMs;
/** With so much of it the same time of day counts too: what comes every night is usual at night. */
const sameTimeLeastDays = 3;

/**
 * How many dead letters are usual in a stretch: the median of the stretches of the last day or, with three days of history or more, the median of the
 * same stretch on the days before, whichever is more. `null` where there is too little history to say.
 *
 * @param before arrivals in the stretches before the one that is judged, the newest first, as many as there is history for
 * @param stretchMs how long each is; a part of a day
 */
export function usualCount(before: readonly number[], stretchMs: number): number | null {
  const perDay = Math.max(1, Math.round(dayMs / stretchMs));
  if (before.length * stretchMs < historyLeastMs) return null;
  const lastDay = median(before.slice(0, perDay));
  const days = Math.floor(before.length / perDay);
  if (days < sameTimeLeastDays) return lastDay;
  return Math.max(lastDay, median(Array.from({ length: days }, (_, day) => before[(day + 1) * perDay - 1] ?? 0)));
}

function median(counts: readonly number[]): number {
  const sorted = counts.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  if (Number.isInteger(middle)) return ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
  return sorted[Math.floor(middle)] ?? 0;
}
