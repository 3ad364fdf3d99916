import { formatCount } from '#components/ui/numbers.ts';
import { ratePerSecondMax, ratePerSecondMin } from '#lib/api/replays.ts';

/** Presets of the rate, messages a second; `null` is as fast as it goes. */
export const rates = [null, 1, 10, 100] as const;

/** What stands in the field for another rate; nothing where a preset is chosen. */
export function rateText(ratePerSecond: number | null): string {
  return rates.some((rate) => rate === ratePerSecond) ? '' : String(ratePerSecond);
}

/** The rate that was typed, messages a second; `null` where it is none, also where nothing was typed. */
export function readRate(typed: string): number | null {
  const text = typed.trim();
  // `1e3` and `0x10` are numbers, too, but nobody means them.
  if (!/^(\d+\.?\d*|\.\d+)$/.test(text)) return null;
  const rate = Number(text);
  return rate >= ratePerSecondMin && rate <= ratePerSecondMax ? rate : null;
}

/** Why a typed rate is none; `null` where it is one, or nothing was typed. */
export function rateProblem(typed: string): string | null {
  if (typed.trim() === '' || readRate(typed) !== null) return null;
  return `A rate is a number from ${ratePerSecondMin} to ${formatCount(ratePerSecondMax)} messages a second.`;
}

/** Why nothing may be sent: the field shows another rate than the plan is for, or none that can be. `null` where it is the plan's. */
export function unplannedRate(typed: string, planned: number | null): string | null {
  if (rateProblem(typed) !== null) return `“${typed.trim()}” is no rate: type another, or choose one beside it.`;
  if (typed.trim() === '') return rateText(planned) === '' ? null : 'Type a rate, or choose one.';
  return readRate(typed) === planned
    ? null
    : 'The plan is for another rate than the one you typed: press Enter in its field.';
}
