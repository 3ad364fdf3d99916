const whole = new Intl.NumberFormat('en-US');
const tenth = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

/** `1,204` */
export function formatCount(count: number): string {
  return whole.format(count);
}

/** `1 message`, `1,204 messages` */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** `640 B`, `1.2 KB`, `3 MB`; powers of 1,024. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_024) return `${whole.format(bytes)} B`;
  if (bytes < 1_048_576) return `${tenth.format(bytes / 1_024)} KB`;
  return `${tenth.format(bytes / 1_048_576)} MB`;
}

/** `kafka`, `kafka and shop`, `kafka, shop and billing` */
export function listOf(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
