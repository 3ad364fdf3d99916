const hour = 3_600_000;

/** What can be picked with one click. */
export const presetRanges = [
  { id: '1h', label: 'Last hour', spanMs: hour },
  { id: '24h', label: 'Last 24 hours', spanMs: 24 * hour },
  { id: '7d', label: 'Last 7 days', spanMs: 168 * hour },
  { id: 'all', label: 'All time', spanMs: null },
] as const;

export interface Bounds {
  readonly from: number | null;
  readonly to: number | null;
}

/** The bounds of a range as the URL has it: a preset's id, or `<from>..<to>` in epoch milliseconds with either side left out. What it does not know is all time. */
export function rangeBounds(range: string, now: number): Bounds {
  const preset = presetRanges.find((each) => each.id === range);
  if (preset) return { from: preset.spanMs === null ? null : now - preset.spanMs, to: null };
  const match = /^(\d{1,15})?\.\.(\d{1,15})?$/.exec(range);
  if (!match) return { from: null, to: null };
  return {
    from: match[1] === undefined ? null : Number(match[1]),
    to: match[2] === undefined ? null : Number(match[2]),
  };
}

export function customRange(bounds: Bounds): string {
  return `${bounds.from ?? ''}..${bounds.to ?? ''}`;
}

/** `22 Nov 03:10 – now`, in UTC. */
export function rangeLabel(range: string): string {
  const preset = presetRanges.find((each) => each.id === range);
  if (preset) return preset.label;
  const { from, to } = rangeBounds(range, 0);
  if (from === null && to === null) return 'All time';
  return `${from === null ? 'start' : shortInstant(from)} – ${to === null ? 'now' : shortInstant(to)}`;
}

/** The same where there is little room: `22 Nov 03:10 – 04:00`, or days where it is more than one. */
export function shortRangeLabel(range: string): string {
  const { from, to } = rangeBounds(range, 0);
  if (presetRanges.some((preset) => preset.id === range) || (from === null && to === null)) return rangeLabel(range);
  const isOneDay = from !== null && to !== null && day.format(from) === day.format(to);
  if (isOneDay) return `${day.format(from)} ${clock.format(from)} – ${clock.format(to)}`;
  return `${from === null ? 'start' : day.format(from)} – ${to === null ? 'now' : day.format(to)}`;
}

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' });

const short = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
});

function shortInstant(at: number): string {
  return `${short.format(at)} UTC`;
}

/** The value of a `datetime-local` field, read as UTC; `null` when it is empty or not a time. */
export function instantOfField(value: string): number | null {
  const at = Date.parse(`${value}Z`);
  return Number.isNaN(at) ? null : at;
}

export function fieldOfInstant(at: number | null): string {
  return at === null ? '' : new Date(at).toISOString().slice(0, 16);
}
