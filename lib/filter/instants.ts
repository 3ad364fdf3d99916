const unitsMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/**
 * `2h` (that long before `now`) or an ISO date or instant, as epoch milliseconds; without a zone it is UTC, so that a link means the
 * same everywhere. `null` when it is neither.
 */
export function readInstant(text: string, now: number): number | null {
  const [, amount, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  if (amount !== undefined && unit !== undefined) return now - Number(amount) * (unitsMs[unit] ?? 0);
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?)?$/.test(text)) return null;
  const zoned = /T/.test(text) && !/(Z|[+-]\d\d:\d\d)$/.test(text) ? `${text}Z` : text;
  const instant = Date.parse(zoned);
  if (Number.isNaN(instant)) return null;
  // `Date.parse` takes 31 February for 3 March.
  return new Date(Date.parse(`${text.slice(0, 10)}T00:00Z`)).toISOString().startsWith(text.slice(0, 10))
    ? instant
    : null;
}

export function writeInstant(at: number): string {
  return new Date(at).toISOString();
}
