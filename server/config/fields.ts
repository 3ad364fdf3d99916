import { z } from 'zod';
import { didYouMean } from '#lib/words/did-you-mean.ts';

/*
 * Fields whose errors complete the sentence "<key> …" and say what to write. No message repeats a value: it may be a secret.
 */

export function text(what: string) {
  return z.string({ error: `must be ${what}` }).min(1, { error: `must be ${what}, and is empty` });
}

/** `problemOf` says what else is wrong with one of them, or `null`. */
export function textList(what: string, problemOf: (each: string) => string | null = () => null) {
  const each = z
    .string({ error: `must hold only text, such as ${what}` })
    .min(1, { error: 'must not hold an empty text' })
    .superRefine((value, context) => {
      const message = problemOf(value);
      if (message !== null) context.addIssue({ code: 'custom', message });
    });
  return z.array(each, { error: `must be a list of ${what}` });
}

/** One of these words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  const list = words.length > 2 ? `one of ${words.join(', ')}` : words.join(' or ');
  return z.enum(words, { error: ({ input }) => `must be ${list}.${didYouMean(input, words)}` });
}

/** An object with these keys and no others: a misspelt key must not pass for an absent one. Of several the message has a line for each. */
export function section<Shape extends z.core.$ZodShape>(shape: Shape) {
  const names = Object.keys(shape);
  const known = names.join(', ');
  const unknown = (key: string) => {
    const meant = didYouMean(key, names);
    return meant === ''
      ? `is not a known key; known here are ${known}`
      : `is not a known key.${meant} Known here are ${known}`;
  };
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map(unknown).join('\n')
        : `must be a section with the keys ${known}`,
  });
}

/** What of a section is right, whatever else is wrong with it. */
export interface RightKeys<Given> {
  readonly right: Partial<Given>;
  /** Whether it was written, right or wrong. */
  isGiven(key: keyof Given): boolean;
  isWrong(key: keyof Given): boolean;
  refuse(path: readonly PropertyKey[], message: string): void;
}

/** A check of keys that depend on one another: it is made also where something else of their section is wrong, so that all is told at once. */
export function amongKeys<Given extends object>(check: (keys: RightKeys<Given>) => void) {
  return z.superRefine<Given>(
    (given, context) => {
      if (typeof given !== 'object' || given === null) return;
      const wrong = new Set<unknown>(context.issues.map(({ path }) => path?.[0]));
      const right = Object.fromEntries(Object.entries(given).filter(([key]) => !wrong.has(key))) as Partial<Given>;
      check({
        right,
        isGiven: (key) => Object.hasOwn(given, key),
        isWrong: (key) => wrong.has(key),
        refuse: (path, message) => context.addIssue({ code: 'custom', path: [...path], message }),
      });
    },
    { when: () => true },
  );
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
