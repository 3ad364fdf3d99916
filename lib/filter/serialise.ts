import { filterFields } from '#lib/filter/fields.ts';
import type { Filter, Limit, Parts, TimeRange, ValueTest } from '#lib/filter/filter.ts';
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
    case 'like':
      return filter.field === 'text' ? writeParts(filter.parts, isWord) : `${filter.field}:${writeParts(filter.parts)}`;
    case 'equals':
      return `${filter.field}:${equalsSign(filter.field)}${writeValue(filter.value)}`;
    case 'matches':
      return `${filter.field}:${equalsSign(filter.field)}${writeParts(filter.parts)}`;
    case 'queue':
      return `queue:${filter.pattern.includes('*') ? writeParts(filter.pattern.split('*')) : writeValue(filter.pattern)}`;
    case 'state':
      return `state:${filter.state}`;
    case 'group':
      return `group:${filter.fingerprints.join(',')}`;
    case 'number':
      return `${filter.field}:${writeNumbers(filter)}`;
    case 'time':
      return `${filter.field}:${writeTimes(filter)}`;
    case 'header':
      return `header.${writeHeaderName(filter.name)}:${writeTest(filter.test)}`;
    case 'payload':
      return `payload.${writePath(filter.path)}:${writeTest(filter.test)}`;
  }
}

/** Fields whose plain form asks for a part, or for a pattern. */
const alsoInPart: ReadonlySet<string> = new Set(
  filterFields.flatMap((field) => ('exactToo' in field ? [field.name] : [])),
);

function equalsSign(field: string): '=' | '' {
  return alsoInPart.has(field) ? '=' : '';
}

export function writeHeaderName(name: string): string {
  return /^[^\s()":]+$/.test(name) ? name : JSON.stringify(name);
}

export function writePath(path: readonly string[]): string {
  return path.map(writeSegment).join('.');
}

function writeSegment(segment: string): string {
  return /^[^\s()":.*]+$/.test(segment) ? segment : JSON.stringify(segment);
}

function writeNumbers({ from, to }: { readonly from: number | null; readonly to: number | null }): string {
  if (from === null) return to === null ? '*' : `<=${to}`;
  if (to === null) return `>=${from}`;
  return from === to ? String(from) : `${from}..${to}`;
}

function writeTimes({ from, to }: TimeRange): string {
  if (from === null) return to === null ? '*' : `<${writeInstant(to)}`;
  // The end that is read is included: its last millisecond.
  return to === null ? `>=${writeInstant(from)}` : `${writeInstant(from)}..${writeInstant(to - 1)}`;
}

function writeTest(test: ValueTest): string {
  switch (test.kind) {
    case 'is':
      return writeValue(test.value);
    case 'matches':
      return writeParts(test.parts);
    case 'range': {
      const { from, to } = test;
      if (from && to) return `${from.value}..${to.value}`;
      return from ? writeLimit('>', from) : to ? writeLimit('<', to) : '*';
    }
  }
}

function writeLimit(sign: string, { value, inclusive }: Limit): string {
  return `${sign}${inclusive ? '=' : ''}${value}`;
}

function writeWord(word: string): string {
  return isWord(word) ? word : JSON.stringify(word);
}

/** After `queue:`, where a star would be a wildcard. */
export function writeQueue(queueId: string): string {
  return queueId.includes('*') ? `=${writeValue(queueId)}` : writeValue(queueId);
}

export function writeValue(value: string): string {
  return isBare(value) && !value.includes('..') ? value : JSON.stringify(value);
}

function writeParts(parts: Parts, canStandBare = isBare): string {
  return parts.map((part) => (part === '' || canStandBare(part) ? part : JSON.stringify(part))).join('*');
}

function isWord(text: string): boolean {
  return /^[\p{L}\p{N}_.][\p{L}\p{N}_./@+-]*$/u.test(text) && !/^(?:OR|AND|NOT)$/.test(text);
}

function isBare(text: string): boolean {
  return /^[\p{L}\p{N}_./][\p{L}\p{N}_./:@+-]*$/u.test(text);
}
