/**
 * JSON text whose marked numbers are written digit by digit: ids beyond 2^53 and prices with their trailing zeros. No JavaScript number
 * could hold them, and other languages write them all the time.
 */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(/"exactly:([\d.]+)"/g, '$1');
}

/** Stands in a value for the number that is to be written. */
export function exactly(digits: string): string {
  return `exactly:${digits}`;
}
