/** A mark on the time axis. */
export interface Tick {
  readonly at: number;
  /** Percent of the width. */
  readonly x: number;
  readonly label: string;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Steps that people count in; months and years are counted by the calendar. */
const steps: readonly Step[] = [
  ...[1, 2, 5, 10, 15, 30].map((count): Step => ({ unit: 'span', ms: count * second })),
  ...[1, 2, 5, 10, 15, 30].map((count): Step => ({ unit: 'span', ms: count * minute })),
  ...[1, 2, 3, 6, 12].map((count): Step => ({ unit: 'span', ms: count * hour })),
  ...[1, 2, 7, 14].map((count): Step => ({ unit: 'span', ms: count * day })),
  ...[1, 3, 6].map((months): Step => ({ unit: 'month', months, ms: months * 30 * day })),
  ...[1, 2, 5, 10, 20, 50].map((years): Step => ({ unit: 'month', months: 12 * years, ms: years * 365 * day })),
];
const milliseconds: Step = { unit: 'span', ms: second / 10 };

type Step =
  | { readonly unit: 'span'; readonly ms: number }
  | { readonly unit: 'month'; readonly months: number; readonly ms: number };

/** Round instants of the zone's own clock between two instants, at most `most` of them. */
export function timeTicks(from: number, to: number, zone: string, most = 7): readonly Tick[] {
  const span = to - from;
  if (span <= 0) return [];
  const wanted = span / most;
  const step =
    (wanted <= milliseconds.ms ? milliseconds : steps.find((each) => each.ms >= wanted)) ?? steps[steps.length - 1];
  if (!step) return [];
  const label = tickLabels(step, zone);
  return instants(step, from, to, zone, most * 3).map((at) => ({
    at,
    x: ((at - from) / span) * 100,
    label: label(at),
  }));
}

function instants(step: Step, from: number, to: number, zone: string, max: number): readonly number[] {
  const found: number[] = [];
  const offset = zoneOffset(zone);
  let wall = from + offset(from);
  for (let count = 0; count < max; count += 1) {
    wall = count === 0 ? roundUp(step, wall) : following(step, wall);
    // The offset of the wall's own instant: around a change of clocks the first guess may be an hour off.
    const guess = wall - offset(wall);
    const at = wall - offset(guess);
    if (at > to) break;
    if (at >= from) found.push(at);
  }
  return found;
}

function roundUp(step: Step, wall: number): number {
  if (step.unit === 'span') return Math.ceil(wall / step.ms) * step.ms;
  const date = new Date(wall);
  const months = date.getUTCFullYear() * 12 + date.getUTCMonth();
  const before = Math.floor(months / step.months) * step.months;
  const start = monthStart(before);
  return start >= wall ? start : monthStart(before + step.months);
}

function following(step: Step, wall: number): number {
  if (step.unit === 'span') return wall + step.ms;
  const date = new Date(wall);
  return monthStart(date.getUTCFullYear() * 12 + date.getUTCMonth() + step.months);
}

/** Months since the year 0. `Date.UTC` takes years below 100 for the 20th century, and none of them reach here. */
function monthStart(months: number): number {
  return Date.UTC(Math.floor(months / 12), months % 12);
}

function tickLabels(step: Step, zone: string): (at: number) => string {
  if (step.unit === 'month') {
    return step.months >= 12 ? format(zone, { year: 'numeric' }) : format(zone, { month: 'short', year: 'numeric' });
  }
  const days = format(zone, { day: 'numeric', month: 'short' });
  if (step.ms >= day) return days;
  const clock = format(zone, {
    hour: '2-digit',
    minute: '2-digit',
    ...(step.ms < minute ? { second: '2-digit' } : {}),
    ...(step.ms < second ? { fractionalSecondDigits: 1 } : {}),
  });
  // Midnight is where the date changes, and says so.
  return (at) => (/^00:00(:00)?$/.test(clock(at)) ? days(at) : clock(at));
}

/** `Sat 21 Nov 03:40 – Sun 22 Nov 03:41 CET`; what both ends share is said once, and a year that is not the reader's is said. */
export function spanWords(from: number, to: number, zone: string, now: number): string {
  const year = format(zone, { year: 'numeric' });
  const withYear = year(from) !== year(now) || year(to) !== year(now);
  const days = format(zone, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    ...(withYear ? { year: 'numeric' } : {}),
  });
  const clock = format(zone, {
    hour: '2-digit',
    minute: '2-digit',
    ...(to - from < 10 * minute ? { second: '2-digit' } : {}),
    ...(to - from < 10 * second ? { fractionalSecondDigits: 3 } : {}),
  });
  const end = days(from) === days(to) ? clock(to) : `${days(to)} ${clock(to)}`;
  return `${days(from)} ${clock(from)} – ${end} ${zoneName(zone, to)}`;
}

/** `12 Mar 2026 03:41 CET` */
export function instantWords(at: number, zone: string): string {
  const words = format(zone, { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' });
  return `${words(at)} ${zoneName(zone, at)}`;
}

function zoneName(zone: string, at: number): string {
  return (
    new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'short' })
      .formatToParts(at)
      .find((part) => part.type === 'timeZoneName')?.value ?? zone
  );
}

function format(zone: string, options: Intl.DateTimeFormatOptions): (at: number) => string {
  const formatter = new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options });
  return (at) => formatter.format(at).replace(',', '');
}

/** What the zone's clock is ahead of UTC at an instant, in milliseconds. */
function zoneOffset(zone: string): (at: number) => number {
  const formatter = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (at) => {
    const parts = new Map(formatter.formatToParts(at).map((part) => [part.type, Number(part.value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
    return wall - Math.floor(at / second) * second;
  };
}
