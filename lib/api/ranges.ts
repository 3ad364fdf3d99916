import { z } from 'zod';

/** A number from `min` to `max`, and a sentence for what is none: `must be a number from 0.1 to 100,000 messages a second`. */
export function ranged(min: number, max: number, unit = '') {
  const error = refusal('a number', min, max, unit);
  return z.number({ error }).min(min, { error }).max(max, { error });
}

export function rangedWhole(min: number, max: number, unit = '') {
  const error = refusal('a whole number', min, max, unit);
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

function refusal(what: string, min: number, max: number, unit: string): string {
  return `must be ${what} from ${min.toLocaleString('en-US')} to ${max.toLocaleString('en-US')} ${unit}`.trimEnd();
}
