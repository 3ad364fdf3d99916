const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** How long ago, in one unit: `now`, `40 s`, `4 min`, `3 h`, `6 d`. Future instants read `in 3 h`, and a clock of 1970 `56 y`. */
export function relativeTime(at: number, now: number): string {
  const distance = now - at;
  if (distance < -10_000) return `in ${duration(-distance)}`;
  return distance < 10_000 ? 'now' : duration(distance);
}

/** A span of milliseconds in one unit, rounded down. */
export function duration(spanMs: number): string {
  if (spanMs < minute) return `${Math.max(0, Math.floor(spanMs / 1_000))} s`;
  if (spanMs < hour) return `${Math.floor(spanMs / minute)} min`;
  if (spanMs < 2 * day) return `${Math.floor(spanMs / hour)} h`;
  if (spanMs < 1_000 * day) return `${Math.floor(spanMs / day)} d`;
  return `${Math.floor(spanMs / (365 * day))} y`;
}

/** A span of milliseconds as it was set, in as many units as that takes: `40 s`, `1 min 40 s`, `24 h`, `2 d 12 h`. */
export function exactDuration(spanMs: number): string {
  const days = spanMs < 2 * day ? 0 : Math.floor(spanMs / day);
  const inDay = spanMs - days * day;
  const parts = [
    { count: days, unit: 'd' },
    { count: Math.floor(inDay / hour), unit: 'h' },
    { count: Math.floor((inDay % hour) / minute), unit: 'min' },
    { count: (inDay % minute) / 1_000, unit: 's' },
  ].filter(({ count }) => count > 0);
  return parts.length === 0 ? '0 s' : parts.map(({ count, unit }) => `${count} ${unit}`).join(' ');
}

const exact = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  timeZoneName: 'short',
});

/** The instant with milliseconds and zone, in the reader's own zone. */
export function exactTime(at: number): string {
  return exact.format(at);
}

/** `2026-11-22 03:41:09.120 UTC`: the same for everyone, for copying into a channel. */
export function utcTime(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').replace('Z', ' UTC');
}

const clock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZone: 'UTC',
});

/** `03:41:09 UTC` */
export function clockTime(at: number): string {
  return `${clock.format(at)} UTC`;
}
