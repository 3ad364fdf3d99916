import { findField } from '#lib/filter/fields.ts';
import { readSpan, readSpanAhead, writeInstant } from '#lib/filter/instants.ts';
import { FilterSyntaxError, type Token, tokenise } from '#lib/filter/tokens.ts';

/** A time ago where a time may stand: alone, behind a sign, or at an end of a range. */
const agos = /(?<=^|[<>=]|\.\.)\d{1,6}[smhdw](?=$|\.\.)/g;

/** The same filter for whoever reads it later: each time ago (`since:2h`, `at:>7d`) is the instant that it means at `now`. */
export function freezeTimes(text: string, now: number): string {
  let frozen = text;
  for (const token of tokensOf(text).toReversed()) {
    if (token.kind !== 'field' || token.value?.quoted) continue;
    const field = findField(token.name);
    if (field?.value !== 'instant' && field?.value !== 'time') continue;
    const { position, length } = token.at;
    const value = text
      .slice(position, position + length)
      .replace(agos, (ago) => instantOf(ago, now, field.name === 'expires'));
    frozen = frozen.slice(0, position) + value + frozen.slice(position + length);
  }
  return frozen;
}

function instantOf(ago: string, now: number, isAhead: boolean): string {
  const span = isAhead ? readSpanAhead(ago, now) : readSpan(ago, now);
  return span === null ? ago : writeInstant(span.from);
}

function tokensOf(text: string): readonly Token[] {
  try {
    return tokenise(text);
  } catch (error) {
    if (error instanceof FilterSyntaxError) return [];
    throw error;
  }
}
