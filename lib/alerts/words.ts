const whole = new Intl.NumberFormat('en-US');
const tenth = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

/** `1,204` */
export function numberWords(count: number): string {
  return whole.format(count);
}

/** `1 message`, `1,204 messages` */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${whole.format(count)} ${count === 1 ? one : many}`;
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** `2 minutes`, `1.5 hours`: in the largest unit of which it is at least two, or exactly one. */
export function spanWords(ms: number): string {
  const [name, size] = units.find(([, each]) => ms >= 2 * each || ms === each) ?? (['second', 1_000] as const);
  const n = ms / size;
  return `${tenth.format(n)} ${n === 1 ? name : `${name}s`}`;
}

/** `3.5 times` */
export function timesWords(times: number): string {
  return `${tenth.format(times)} times`;
}

/** `2026-11-23 03:41 UTC` */
export function instantWords(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
