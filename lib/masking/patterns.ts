import { RE2JS } from 're2js';
import { maskCards } from '#lib/masking/card-numbers.ts';
import { maskIbans } from '#lib/masking/ibans.ts';
import { mark } from '#lib/masking/mark.ts';

/** Texts that are masked wherever they stand. */
export interface Pattern {
  readonly name: string;
  /** The text with what fits replaced; the same text where nothing does. In time that grows with the text's length alone. */
  mask(text: string): string;
}

export const builtInPatterns = ['email', 'card', 'iban', 'bearer', 'jwt'] as const;
export type BuiltInPattern = (typeof builtInPatterns)[number];

export type PatternSettings = BuiltInPattern | { readonly name: string; readonly expression: string };

const email = /[\p{L}\p{N}._%+'-]{1,64}(?:@|%40)(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}/giu;
// The value alone: that there was one is worth knowing.
const bearerMin = 15;
const bearer = /(\bbearer[ \t]{1,8})[A-Za-z0-9._~+/-]{8,}={0,2}/gi;
// Also one that a cut has left without its end.
const jwt = /\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){0,4}/g;

const builtIn: Readonly<Record<BuiltInPattern, (text: string) => string>> = {
  email: (text) => (text.includes('@') || text.includes('%40') ? text.replace(email, mark) : text),
  card: maskCards,
  iban: maskIbans,
  bearer: (text) => (text.length < bearerMin ? text : text.replace(bearer, `$1${mark}`)),
  jwt: (text) => (text.includes('eyJ') ? text.replace(jwt, mark) : text),
};

/**
 * An expression of the operator's own runs in RE2's engine, which never goes back in the text: no expression can hang on a message that was made
 * for it. A sentence where it cannot be used, which completes "the expression …".
 */
export function createPattern(settings: PatternSettings): Pattern | string {
  if (typeof settings === 'string') return { name: settings, mask: builtIn[settings] };
  let expression: RE2JS;
  try {
    expression = RE2JS.compile(settings.expression);
  } catch {
    return 'is none that RE2 can run (it has no look-around and no back-references)';
  }
  if (expression.matcher('').find()) return 'also fits an empty text, and so would fit everywhere';
  return {
    name: settings.name,
    mask(text) {
      const matcher = expression.matcher(text);
      return matcher.find() ? matcher.reset().replaceAll(mark) : text;
    },
  };
}
