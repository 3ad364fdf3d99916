import type { LagPoint } from '#lib/domain/lag.ts';

/** The same stretches of time for each series, oldest first; `null` where nothing was told in one. */
export interface TrendGrid {
  readonly last: readonly (number | null)[];
  readonly max: readonly (number | null)[];
  readonly heldMax: readonly (number | null)[];
}

/** The time from `from` to `to` in `count` equal parts. A point that sums up a longer stretch stands in each part that it covers. */
export function trendGrid(points: readonly LagPoint[], from: number, to: number, count: number): TrendGrid {
  const part = (to - from) / count;
  const empty = () => Array.from({ length: count }, (): number | null => null);
  const [last, max, heldMax] = [empty(), empty(), empty()];
  for (const point of points) {
    // What is told at the last instant belongs to the last part.
    const first = Math.min(count - 1, Math.floor((point.at - from) / part));
    const final = Math.min(count - 1, Math.ceil((point.at + point.spanMs - from) / part) - 1);
    for (let index = Math.max(0, first); index <= Math.max(first, final); index += 1) {
      last[index] = point.last ?? last[index] ?? null;
      max[index] = larger(max[index], point.max);
      heldMax[index] = larger(heldMax[index], point.heldMax);
    }
  }
  return { last, max, heldMax };
}

function larger(a: number | null | undefined, b: number | null): number | null {
  if (a === null || a === undefined) return b;
  return b === null ? a : Math.max(a, b);
}
