import { findField } from '#lib/filter/fields.ts';
import { parse } from '#lib/filter/parse.ts';
import { FilterSyntaxError, type Span, type Token, tokenise } from '#lib/filter/tokens.ts';

/** A run of words that is looked for as text, and looks like a condition that lacks its colon. */
export interface LookAlike extends Span {
  readonly written: string;
  /** The condition that was probably meant; it can be read. */
  readonly meant: string;
}

/** The name of a field, a sign and a value: `payload.amount>100`, `attempts >= 3`, `state=new`. A value in quotes may hold spaces. */
const condition =
  /^([A-Za-z]+(?:\.[^\s()":<>=!]+)?)\s*(<=|>=|!=|==|[<>=])\s*([^\s()"<>=:]+|"(?:[^"\\]|\\.)*")(?=[\s()]|$)/;

/** Of what cannot be compared, a sign that compares is only text. */
const comparable: ReadonlySet<string> = new Set(['time', 'count', 'bytes', 'named']);

/** What in a filter that can be read is text and was probably meant as a condition. A phrase in quotes is meant as it stands. */
export function lookAlikes(text: string): readonly LookAlike[] {
  if ('error' in parse(text, { now: 0 })) return [];
  const found: LookAlike[] = [];
  let end = 0;
  for (const token of tokensOf(text)) {
    if (token.kind !== 'word' || token.position < end) continue;
    const [written = '', name = '', sign = '', value = ''] = condition.exec(text.slice(token.position)) ?? [];
    const meant = written === '' ? null : conditionOf(name, sign, value);
    if (meant === null || 'error' in parse(meant, { now: 0 })) continue;
    // After a minus it is negated already.
    if (meant.startsWith('-') && text[token.position - 1] === '-') continue;
    found.push({ position: token.position, length: written.length, written, meant });
    end = token.position + written.length;
  }
  return found;
}

/** With the condition in the place of the text. */
export function withMeant(text: string, { position, length, meant }: LookAlike): string {
  return text.slice(0, position) + meant + text.slice(position + length);
}

export function lookAlikeWords({ written, meant }: LookAlike): string {
  return `“${written}” is looked for as text. Did you mean ${meant}?`;
}

function conditionOf(name: string, sign: string, value: string): string | null {
  const field = findField(name.split('.', 1)[0] ?? '');
  if (!field || (field.value === 'named') !== name.includes('.')) return null;
  if (/[<>]/.test(sign)) return comparable.has(field.value) ? `${name}:${sign}${value}` : null;
  return `${sign === '!=' ? '-' : ''}${name}:${value}`;
}

function tokensOf(text: string): readonly Token[] {
  try {
    return tokenise(text);
  } catch (error) {
    if (error instanceof FilterSyntaxError) return [];
    throw error;
  }
}
