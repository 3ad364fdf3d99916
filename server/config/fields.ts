import { z } from 'zod';

/*
 * Fields whose errors complete the sentence "<key> …" and say what to write. No message repeats a value: it may be a secret.
 */

export function text(what: string) {
  return z.string({ error: `must be ${what}` }).min(1, { error: `must be ${what}, and is empty` });
}

export function textList(what: string) {
  return z.array(
    z.string({ error: `must hold only text, such as ${what}` }).min(1, { error: 'must not hold an empty text' }),
    {
      error: `must be a list of ${what}`,
    },
  );
}

/** An object with these keys and no others: a misspelt key must not pass for an absent one. */
export function section<Shape extends z.core.$ZodShape>(shape: Shape) {
  const known = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `is not a known key; known here are ${known}`
        : `must be a section with the keys ${known}`,
  });
}

export function urlOf(protocols: readonly string[], example: string) {
  const meant = new RegExp(`^(${protocols.join('|')})://[^/]`);
  return text(`an address such as ${example}`).refine((value) => meant.test(value) && URL.canParse(value), {
    // The usual reason where an address looks right: a password with a slash, an at sign or a colon in it.
    error: `must be an address such as ${example} (special characters in a password are written as %40 for @, %2F for /)`,
  });
}

/** Also as text, because `${NAME}` in the file and every environment variable are. */
export function wholeNumber(min: number, max: number) {
  return z.unknown().transform((value, context) => {
    const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max) return number;
    context.addIssue({ code: 'custom', message: `must be a whole number from ${min} to ${max}` });
    return z.NEVER;
  });
}

const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Of `90s`, `2m`, `6h`, `1.5d`; `null` for anything else. */
export function durationMs(text: string): number | null {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)\s*([smhd])$/.exec(text.trim());
  const unit = match?.[2] as keyof typeof units | undefined;
  return match && unit ? Math.round(Number(match[1]) * units[unit]) : null;
}

/** A length of time in milliseconds, written as `30s`. */
export function duration(minMs: number, maxMs: number, example: string) {
  return z.unknown().transform((value, context) => {
    const ms = typeof value === 'string' ? durationMs(value) : null;
    if (ms !== null && ms >= minMs && ms <= maxMs) return ms;
    const limits = `from ${shortest(minMs)} to ${shortest(maxMs)}`;
    context.addIssue({ code: 'custom', message: `must be a time such as ${example}, ${limits}` });
    return z.NEVER;
  });
}

function shortest(ms: number): string {
  const [unit, size] = Object.entries(units).findLast(([, each]) => ms >= each && ms % each === 0) ?? ['s', 1_000];
  return `${ms / size}${unit}`;
}
