export interface TableOptions {
  /** Longer lines are cut. */
  readonly width: number;
  /** Without the names: more rows of a table that has begun. */
  readonly isHeadless?: boolean;
}

/** Rows under their names, each column as wide as it needs to be. */
export function table(
  names: readonly string[],
  rows: readonly (readonly string[])[],
  { width, isHeadless = false }: TableOptions,
): string {
  const shown = [names, ...rows.map((row) => row.map(printable))];
  const widths = names.map((_, column) => Math.max(...shown.map((row) => (row[column] ?? '').length)));
  const lines = shown.slice(isHeadless ? 1 : 0).map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  return lines.map((line) => fitting(line, width)).join('\n');
}

export function fitting(line: string, width: number): string {
  return line.length > width ? `${line.slice(0, width - 1)}…` : line;
}

/** `1,204` */
export function amount(count: number): string {
  return count.toLocaleString('en-US');
}

/**
 * Text of a message is a stranger's: what would move the cursor, colour the terminal or turn the direction of writing is shown instead of done.
 */
export function printable(text: string): string {
  return text.toWellFormed().replaceAll(unprintable, escaped);
}

/** Lines of a file as a terminal may show them. */
export function printableLines(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(unprintable, (character) => (character === '\n' ? '\n' : character === '\r' ? '' : escaped(character)));
}

/** One line; JSON leaves some of what a terminal acts upon as it is. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replaceAll(unprintable, escaped);
}

// Control characters, separators of lines, and marks that turn or join text.
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

export function instant(at: number | null): string {
  return at === null ? '-' : new Date(at).toISOString().replace('T', ' ').slice(0, 19);
}
