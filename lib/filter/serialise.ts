import { filterFields } from '#lib/filter/fields.ts';
import type { Filter, TimeRange } from '#lib/filter/filter.ts';
import { writeInstant } from '#lib/filter/instants.ts';

/** The text that `parse` reads back to the same filter and range; for URLs, sentences and saved filters. */
export function serialise(filter: Filter, range: TimeRange = { from: null, to: null }): string {
  const limits = [
    ...(range.from === null ? [] : [`since:${writeInstant(range.from)}`]),
    ...(range.to === null ? [] : [`until:${writeInstant(range.to)}`]),
  ];
  if (filter.kind === 'all') return limits.join(' ');
  // A range holds for the whole filter, so it cannot stand in a term of an OR.
  const text = write(filter, filter.kind === 'or' && limits.length > 0 ? 'term' : 'top');
  return [text, ...limits].join(' ');
}

/** `inside`: what the text stands in, and so whether it needs parentheses. */
function write(filter: Filter, inside: 'top' | 'or' | 'term'): string {
  switch (filter.kind) {
    case 'all':
      return '*';
    case 'and':
    case 'or': {
      const [only] = filter.terms;
      if (!only) return filter.kind === 'and' ? '*' : '-*';
      if (filter.terms.length === 1) return write(only, inside);
      const isBare = inside === 'top' || (inside === 'or' && filter.kind === 'and');
      const text =
        filter.kind === 'and'
          ? filter.terms.map((term) => write(term, 'term')).join(' ')
          : filter.terms.map((term) => write(term, 'or')).join(' OR ');
      return isBare ? text : `(${text})`;
    }
    case 'not':
      return `-${write(filter.term, 'term')}`;
    case 'contains':
      return filter.field === 'text' ? writeWord(filter.value) : `${filter.field}:${writeValue(filter.value)}`;
    case 'equals':
      return `${filter.field}:${alsoInPart.has(filter.field) ? '=' : ''}${writeValue(filter.value)}`;
    case 'queue':
      return `queue:${writeValue(filter.pattern)}`;
    case 'state':
      return `state:${filter.state}`;
  }
}

/** Fields whose plain form asks for a part, or for a pattern. */
const alsoInPart: ReadonlySet<string> = new Set(
  filterFields.flatMap((field) => ('exactToo' in field ? [field.name] : [])),
);

function writeWord(word: string): string {
  return /^[\p{L}\p{N}_.][\p{L}\p{N}_./@+-]*$/u.test(word) && !/^(?:OR|AND|NOT)$/.test(word)
    ? word
    : JSON.stringify(word);
}

function writeValue(value: string): string {
  return /^[\p{L}\p{N}_.*/][\p{L}\p{N}_.*/:@+-]*$/u.test(value) ? value : JSON.stringify(value);
}
