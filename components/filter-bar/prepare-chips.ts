import { findField } from '#lib/filter/fields.ts';
import { parse } from '#lib/filter/parse.ts';
import { type Token, tokenise } from '#lib/filter/tokens.ts';

/** One of the conditions that must all hold, where it stands in the text. What an OR joins is one, and so is what parentheses hold. */
export interface Chip {
  /** As it was written, without the minus in front. */
  readonly text: string;
  readonly negated: boolean;
  /** A range holds for the whole filter: it has no opposite. */
  readonly canNegate: boolean;
  readonly place: Place;
  /** What goes when it goes: the AND that joined it, too. */
  readonly withJoint: Place;
}

/** In UTF-16 units of the filter's text; the end is not included. */
interface Place {
  readonly start: number;
  readonly end: number;
}

/** The conditions of a filter, in the order of its text; none where it cannot be read. */
export function chipsOf(typed: string): readonly Chip[] {
  if ('error' in parse(typed, { now: 0 })) return [];
  const tokens = tokenise(typed).filter((token) => token.kind !== 'end');
  return isAlternative(tokens) ? [chipAt(typed, tokens, 0, tokens.length)] : chipsOfAll(typed, tokens);
}

/** The filter without that condition. All others stay as they were written. */
export function withoutChip(typed: string, { withJoint }: Chip): string {
  const before = typed.slice(0, withJoint.start).trim();
  const after = typed.slice(withJoint.end).trim();
  return before === '' || after === '' ? before + after : `${before} ${after}`;
}

/** The filter with the opposite of that condition in its place. All others stay as they were written. */
export function withNegated(typed: string, { place, text, negated }: Chip): string {
  const needsParentheses = !negated && isAlternative(tokenise(text));
  const opposite = negated ? text : needsParentheses ? `-(${text})` : `-${text}`;
  return typed.slice(0, place.start) + opposite + typed.slice(place.end);
}

/** How a condition is called where there is only its name: read aloud, a minus would be nothing. */
export function chipWords({ text, negated }: Chip): string {
  return negated ? `not ${text}` : text;
}

function chipsOfAll(typed: string, tokens: readonly Token[]): readonly Chip[] {
  const chips: Chip[] = [];
  let depth = 0;
  let first = 0;
  for (const [index, { kind }] of tokens.entries()) {
    if (kind === 'open') depth += 1;
    if (kind === 'close') depth -= 1;
    if (depth > 0) continue;
    // A minus belongs to what comes after it.
    if (kind === 'and') first = index + 1;
    else if (kind !== 'minus') {
      chips.push(chipAt(typed, tokens, first, index + 1));
      first = index + 1;
    }
  }
  return chips;
}

/** The condition of the tokens from `first` up to `next`. */
function chipAt(typed: string, tokens: readonly Token[], first: number, next: number): Chip {
  const own = tokens.slice(first, next);
  const place = placeOf(own);
  // The first minus of an OR is only that of its first alternative.
  const negated = own[0]?.kind === 'minus' && !isAlternative(own);
  const inner = negated ? placeOf(own.slice(1)) : place;
  const before = tokens[first - 1];
  const after = tokens[next];
  const isJoinedAfter = first === 0 && after?.kind === 'and';
  return {
    text: typed.slice(inner.start, inner.end),
    negated,
    canNegate: !own.some((token) => token.kind === 'field' && findField(token.name)?.value === 'instant'),
    place,
    withJoint: {
      start: before?.kind === 'and' ? before.position : place.start,
      end: isJoinedAfter ? after.position + after.length : place.end,
    },
  };
}

function placeOf(tokens: readonly Token[]): Place {
  const last = tokens.at(-1);
  return { start: tokens[0]?.position ?? 0, end: last ? last.position + last.length : 0 };
}

/** Whether an OR stands in no parentheses. */
function isAlternative(tokens: readonly Token[]): boolean {
  let depth = 0;
  for (const { kind } of tokens) {
    if (kind === 'open') depth += 1;
    if (kind === 'close') depth -= 1;
    if (kind === 'or' && depth === 0) return true;
  }
  return false;
}
