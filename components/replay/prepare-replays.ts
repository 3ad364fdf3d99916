/** Why numbers are missing among these, newest first; `null` where none is. Plans have numbers, too, and those that nobody sent are not listed. */
export function missingNumbersWords(numbers: readonly number[]): string | null {
  const [newest, oldest] = [numbers[0], numbers.at(-1)];
  if (newest === undefined || oldest === undefined || newest - oldest === numbers.length - 1) return null;
  return 'Missing numbers are plans that nobody sent.';
}
