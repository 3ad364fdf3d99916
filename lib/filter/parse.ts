import { findField } from '#lib/filter/fields.ts';
import { everything, type Filter, type TimeRange } from '#lib/filter/filter.ts';
import { readInstant } from '#lib/filter/instants.ts';
import { type FieldToken, missingValue, readCondition, textCondition, textOf } from '#lib/filter/read-condition.ts';
import { FilterSyntaxError, type Span, type Token, tokenise } from '#lib/filter/tokens.ts';

export type ParseResult =
  | { readonly filter: Filter; readonly range: TimeRange }
  /** `message` says what is wrong and what is possible; the span is where. */
  | { readonly error: Span & { readonly message: string } };

const lengthMax = 4_000;
const depthMax = 30;

/**
 * Reads a filter: `error:"connection refused" -state:gone (queue:orders.* OR queue:billing) since:2h`. Words next to each other must all
 * hold, `OR` binds less, `-` negates, and a word without a field is looked for in error, key, type and preview. Nothing is dropped
 * silently: what cannot be understood is an error. Times ago are frozen at `now`, epoch milliseconds.
 */
export function parse(text: string, { now }: { readonly now: number }): ParseResult {
  if (text.length > lengthMax) {
    return {
      error: {
        position: lengthMax,
        length: text.length - lengthMax,
        message: `A filter has at most ${lengthMax.toLocaleString('en')} characters.`,
      },
    };
  }
  try {
    return readFilter(tokenise(text), now);
  } catch (error) {
    if (error instanceof FilterSyntaxError) return { error: { ...error.span, message: error.message } };
    throw error;
  }
}

function readFilter(tokens: readonly Token[], now: number): { filter: Filter; range: TimeRange } {
  let next = 0;
  let from: number | null = null;
  let to: number | null = null;
  const peek = (): Token => tokens[next] ?? { kind: 'end', position: 0, length: 0 };

  const readAny = (depth: number): Filter => {
    const start = next;
    const terms = [readAll(depth)];
    while (peek().kind === 'or') {
      next += 1;
      terms.push(readAll(depth));
    }
    if (terms.length > 1) refuseRange(tokens.slice(start, next));
    return join('or', terms);
  };

  const readAll = (depth: number): Filter => {
    const terms: Filter[] = [];
    let rangeOnly = false;
    for (;;) {
      const token = peek();
      if (token.kind === 'and' && (terms.length > 0 || rangeOnly) && isOperand(tokens[next + 1])) {
        next += 1;
        continue;
      }
      if (token.kind === 'and')
        throw new FilterSyntaxError('AND stands between two conditions. To look for the word, write "AND".', token);
      if (!isOperand(token)) break;
      const term = readTerm(depth);
      if (term) terms.push(term);
      else rangeOnly = true;
    }
    if (terms.length === 0 && !rangeOnly) throw expectedCondition(peek(), tokens[next - 1]);
    return join('and', terms);
  };

  /** `null` for a range, which is kept apart. */
  const readTerm = (depth: number): Filter | null => {
    const token = peek();
    next += 1;
    switch (token.kind) {
      case 'minus': {
        if (depth >= depthMax) throw tooDeep(token);
        const start = next;
        if (!isOperand(peek())) throw expectedCondition(peek(), token);
        const term = readTerm(depth + 1);
        refuseRange(tokens.slice(start, next));
        return term && { kind: 'not', term };
      }
      case 'open': {
        if (depth >= depthMax) throw tooDeep(token);
        const start = next;
        const inner = readAny(depth + 1);
        if (peek().kind !== 'close') throw new FilterSyntaxError('This parenthesis is never closed.', token);
        refuseRange(tokens.slice(start, next));
        next += 1;
        return inner;
      }
      case 'word':
        return textCondition('text', token.value);
      case 'field':
        return readField(token);
      default:
        throw expectedCondition(token, undefined);
    }
  };

  const readField = (token: FieldToken): Filter | null => {
    const field = findField(token.name);
    if (field?.name !== 'since' && field?.name !== 'until') return readCondition(token, now);
    if (token.exact) throw new FilterSyntaxError(`${field.name}: takes no "=". Write ${field.example}.`, token);
    if (token.value === null) throw missingValue(field, token);
    const instant = readInstant(textOf(token.value), now);
    if (instant === null) {
      throw new FilterSyntaxError(
        `${field.name}: takes a time ago (30m, 2h, 7d) or an instant (2026-01-31, 2026-01-31T12:00Z).`,
        token.at,
      );
    }
    if ((field.name === 'since' ? from : to) !== null)
      throw new FilterSyntaxError(`${field.name}: stands here twice.`, token);
    if (field.name === 'since') from = instant;
    else to = instant;
    return null;
  };

  if (peek().kind === 'end') return { filter: everything, range: { from, to } };
  const filter = readAny(0);
  const rest = peek();
  if (rest.kind === 'close')
    throw new FilterSyntaxError('This parenthesis was never opened. To look for it, write it in quotes.', rest);
  return { filter, range: { from, to } };
}

function join(kind: 'and' | 'or', terms: readonly Filter[]): Filter {
  const [only = everything] = terms;
  return terms.length > 1 ? { kind, terms } : only;
}

function isOperand(token: Token | undefined): boolean {
  return token !== undefined && ['minus', 'open', 'word', 'field'].includes(token.kind);
}

function refuseRange(tokens: readonly Token[]): void {
  for (const token of tokens) {
    if (token.kind !== 'field') continue;
    const field = findField(token.name);
    if (field?.value === 'instant')
      throw new FilterSyntaxError(
        `${field.name}: holds for the whole filter and cannot stand within OR, - or parentheses.`,
        token,
      );
  }
}

function expectedCondition(token: Token, before: Token | undefined): FilterSyntaxError {
  const span = token.kind === 'end' && before ? before : token;
  const after =
    before?.kind === 'or'
      ? ' after OR'
      : before?.kind === 'minus'
        ? ' after -'
        : before?.kind === 'open'
          ? ' after ('
          : '';
  const place = token.kind === 'or' && after === '' ? ' before OR' : after;
  return new FilterSyntaxError(
    `A condition is missing${place}. To look for the sign or word itself, write it in quotes.`,
    span,
  );
}

function tooDeep(token: Token): FilterSyntaxError {
  return new FilterSyntaxError(`More than ${depthMax} parentheses or negations within each other.`, token);
}
