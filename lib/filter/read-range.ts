import { compareDecimals, isDecimal } from '#lib/filter/decimal.ts';
import type { Limit, NumberField, TimeRange, ValueTest } from '#lib/filter/filter.ts';
import { isAgo, readSpan, readSpanAhead } from '#lib/filter/instants.ts';
import { FilterSyntaxError, type Span, type Written } from '#lib/filter/tokens.ts';

/** The ends as they were written; `from` and `to` are the same where there is one value alone. */
interface Ends {
  readonly from: string | null;
  readonly to: string | null;
  readonly fromInclusive: boolean;
  readonly toInclusive: boolean;
}

/** `3`, `>3`, `>=3`, `<3`, `<=3` or `3..10`. */
function readEnds(text: string): Ends {
  const [, sign, bound = ''] = /^([<>]=?)(.*)$/s.exec(text) ?? [];
  if (sign !== undefined) {
    const inclusive = sign.endsWith('=');
    return sign.startsWith('>')
      ? { from: bound, to: null, fromInclusive: inclusive, toInclusive: false }
      : { from: null, to: bound, fromInclusive: false, toInclusive: inclusive };
  }
  const between = text.indexOf('..');
  const [from, to] = between === -1 ? [text, text] : [text.slice(0, between), text.slice(between + 2)];
  return { from, to, fromInclusive: true, toInclusive: true };
}

/** Of a header or a payload. Quotes make every sign a letter. */
export function readValueTest(written: Written, at: Span): ValueTest {
  const { parts, quoted } = written;
  const [text = '', ...others] = parts;
  if (others.length > 0) return { kind: 'matches', parts };
  if (quoted) return { kind: 'is', value: text };
  const { from, to, fromInclusive, toInclusive } = readEnds(text);
  // A text may hold two dots; one that begins with < or > is more likely a slip.
  const isBetween = text.includes('..') && isDecimal(from ?? '') && isDecimal(to ?? '');
  if (!isBetween && !/^[<>]/.test(text)) return { kind: 'is', value: text };
  const limit = (value: string | null, inclusive: boolean): Limit | null => {
    if (value === null) return null;
    if (!isDecimal(value))
      throw new FilterSyntaxError(
        'After < and > stands a number. To look for the sign itself, write it in quotes.',
        at,
      );
    return { value, inclusive };
  };
  const range = { from: limit(from, fromInclusive), to: limit(to, toInclusive) };
  if (range.from && range.to && (compareDecimals(range.from.value, range.to.value) ?? 0) > 0) throw endsFirst(at);
  return { kind: 'range', ...range };
}

const counts: Readonly<Record<NumberField, string>> = {
  attempts: 'attempts:3, attempts:>3 or attempts:3..10',
  size: 'size:>10kb or size:1mb..5mb',
  returns: 'returns:2, returns:>=3 or returns:1..5',
};
/** As sizes are shown: powers of 1,024. */
const unitsOfBytes: Readonly<Record<string, number>> = { b: 1, kb: 1_024, mb: 1_048_576, gb: 1_073_741_824 };

/** Whole numbers, both ends included. */
export function readNumberRange(
  field: NumberField,
  { parts }: Written,
  at: Span,
): { readonly from: number | null; readonly to: number | null } {
  if (parts.length > 1 && parts.every((part) => part === '')) return { from: null, to: null };
  const read = (text: string | null): number | null => {
    if (text === null) return null;
    const [, amount = '', unit = ''] = /^(\d{1,13}(?:\.\d{1,3})?)([a-z]{0,2})$/i.exec(text) ?? [];
    const factor = unit === '' ? 1 : field === 'size' ? unitsOfBytes[unit.toLowerCase()] : undefined;
    if (amount === '' || factor === undefined || (factor === 1 && amount.includes('.')))
      throw new FilterSyntaxError(`${field}: takes a number or a range: ${counts[field]}.`, at);
    return Number(amount) * factor;
  };
  const ends = readEnds(parts.join('*'));
  const [first, last] = [read(ends.from), read(ends.to)];
  const from = first === null ? null : ends.fromInclusive ? Math.ceil(first) : Math.floor(first) + 1;
  const to = last === null ? null : ends.toInclusive ? Math.floor(last) : Math.ceil(last) - 1;
  if (to !== null && to < 0) throw new FilterSyntaxError('There is nothing below 0.', at);
  if (from !== null && to !== null && from > to) throw endsFirst(at);
  return { from, to };
}

/** Half-open. A date stands for its whole day, so that `at:2026-01-31..2026-02-01` are two days. What lies ahead is counted forwards: `expires:<3h`. */
export function readTimeRange(
  field: 'at' | 'original' | 'expires',
  { parts }: Written,
  at: Span,
  now: number,
): TimeRange {
  if (parts.length > 1 && parts.every((part) => part === '')) return { from: null, to: null };
  const text = parts.join('*');
  if (isAgo(text))
    throw new FilterSyntaxError(
      field === 'expires'
        ? `${text} is one moment. Write expires:<${text} for sooner, expires:>${text} for later.`
        : `${text} is one moment. Write ${field}:>${text} for since then, ${field}:<${text} for before.`,
      at,
    );
  const read = (end: string | null): { readonly from: number; readonly to: number } | null => {
    if (end === null) return null;
    const span = field === 'expires' ? readSpanAhead(end, now) : readSpan(end, now);
    if (!span)
      throw new FilterSyntaxError(
        `${field}: takes a date or instant (2026-01-31, 2026-01-31T12:00Z), with > or < before it, or two with .. between; 2h is ${field === 'expires' ? 'in two hours' : 'two hours ago'}.`,
        at,
      );
    return span;
  };
  const ends = readEnds(text);
  const [first, last] = [read(ends.from), read(ends.to)];
  const from = first && (ends.fromInclusive ? first.from : first.to);
  const to = last && (ends.toInclusive ? last.to : last.from);
  if (from !== null && to !== null && from >= to) throw endsFirst(at);
  return { from, to };
}

function endsFirst(at: Span): FilterSyntaxError {
  return new FilterSyntaxError('This range ends before it begins.', at);
}
