const unitsMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const ago = /^(\d{1,6})([smhdw])$/;
const iso = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?)?$/;

/** The last instant that is written with a year of four digits. */
const latest = Date.parse('9999-12-31T23:59:59.999Z');

/** The first instant that is written with a year of four digits. */
const earliest = Date.parse('0000-01-01T00:00Z');

/**
 * `2h` (that long before `now`) or an ISO date or instant, as epoch milliseconds; without a zone it is UTC, so that a link means the
 * same everywhere. `null` when it is neither.
 */
export function readInstant(text: string, now: number): number | null {
  const [, amount, unit] = ago.exec(text) ?? [];
  if (amount !== undefined && unit !== undefined)
    return Math.max(earliest, now - Number(amount) * (unitsMs[unit] ?? 0));
  const [, date, time, , , zone] = iso.exec(text) ?? [];
  if (date === undefined) return null;
  const instant = Date.parse(time !== undefined && zone === undefined ? `${text}Z` : text);
  if (Number.isNaN(instant)) return null;
  // `Date.parse` takes 31 February for 3 March.
  return new Date(Date.parse(`${date}T00:00Z`)).toISOString().startsWith(date) ? instant : null;
}

/** The time that a text stands for: a date is its whole day, `12:00` its whole minute, `2h` one moment. Half-open. `null` as above. */
export function readSpan(text: string, now: number): { readonly from: number; readonly to: number } | null {
  const from = readInstant(text, now);
  if (from === null) return null;
  const [, , time, seconds, fraction] = iso.exec(text) ?? [];
  if (ago.test(text) || fraction !== undefined) return { from, to: from + 1 };
  if (seconds !== undefined) return { from, to: from + 1_000 };
  return { from, to: from + (time === undefined ? 86_400_000 : 60_000) };
}

/** The same of what lies ahead: `2h` is in two hours. */
export function readSpanAhead(text: string, now: number): { readonly from: number; readonly to: number } | null {
  const span = readSpan(text, now);
  if (span === null || !isAgo(text)) return span;
  const from = Math.min(latest, now + (now - span.from));
  return { from, to: from + 1 };
}

export function isAgo(text: string): boolean {
  return ago.test(text);
}

export function writeInstant(at: number): string {
  return new Date(at).toISOString();
}
