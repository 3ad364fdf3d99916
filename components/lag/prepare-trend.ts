import { formatCount } from '#components/ui/numbers.ts';
import type { LagTrendResponse } from '#lib/api/lag.ts';

export type Trend = LagTrendResponse['trends'][number];

const width = 120;
const height = 20;

/** Where the readings stand apart by more than so many times the usual, there were none between. */
const gapFactor = 3;

/**
 * The course as an SVG path in a box of 120 × 20, from zero to the most. Readings that are apart because they are read seldom are joined; a stretch
 * without any is left open. A reading alone is a dash.
 */
export function trendPath(values: readonly (number | null)[]): string {
  const known = values.flatMap((value, index) => (value === null ? [] : [{ value, index }]));
  const top = Math.max(1, ...known.map(({ value }) => value));
  const steps = known.slice(1).map(({ index }, at) => index - (known[at]?.index ?? 0));
  const usual = steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 1;
  const place = ({ value, index }: { value: number; index: number }) =>
    `${round((index / Math.max(1, values.length - 1)) * width)} ${round(height - 1 - (value / top) * (height - 3))}`;
  return known
    .map((point, at) => {
      const isJoined = at > 0 && (steps[at - 1] ?? 0) <= usual * gapFactor;
      const next = steps[at];
      const isAlone = !isJoined && (next === undefined || next > usual * gapFactor);
      return `${isJoined ? 'L' : 'M'}${place(point)}${isAlone ? 'h2' : ''}`;
    })
    .join('');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The same for those who hear it: `from 100 to 250, at most 900`. */
export function trendWords(trend: Trend | undefined): string {
  const first = trend?.last.find((value) => value !== null);
  const last = trend?.last.findLast((value) => value !== null);
  if (trend === undefined || first === undefined || last === undefined || first === null || last === null)
    return 'not known yet';
  const most = Math.max(...trend.max.map((value) => value ?? 0));
  return `from ${formatCount(first)} to ${formatCount(last)}, at most ${formatCount(most)}`;
}
