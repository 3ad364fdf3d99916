import { rangeBounds } from '#components/filter-bar/time-ranges.ts';
import { toggleTerm } from '#components/filter-bar/prepare-filter.ts';
import { apiPath } from '#components/queries/api-client.ts';
import { serialise } from '#lib/filter/serialise.ts';

export type ExportFormat = 'ndjson' | 'csv';

export interface ExportOf {
  /** In the filter language, the queue included. */
  readonly filter: string;
  readonly range: string;
  readonly format: ExportFormat;
  /** Bodies and headers too; NDJSON only. */
  readonly content: boolean;
}

/** The address of the file. A running range is frozen at `now`, so that the file, the line for curl and the one for the console's own program hold the same. */
export function exportPath({ filter, range, format, content }: ExportOf, now: number): string {
  return apiPath('exports', {
    filter,
    ...rangeBounds(range, now),
    format,
    content: content && format === 'ndjson' ? 'true' : null,
  });
}

export function curlLine(of: ExportOf, origin: string, now: number): string {
  return `curl -fsS -o dead-letters.${of.format} ${quoted(`${origin}${exportPath(of, now)}`)}`;
}

/** The same file by the console's own program, which knows one filter and no range beside it. */
export function commandLine({ filter, range, format, content }: ExportOf, origin: string, now: number): string {
  const { from, to } = rangeBounds(range, now);
  const limited =
    from === null && to === null ? filter : toggleTerm(filter, serialise({ kind: 'time', field: 'at', from, to }));
  const options = [
    ...(format === 'csv' ? ['--format csv'] : []),
    ...(content && format === 'ndjson' ? ['--content'] : []),
  ];
  // `--no`: only the program of this clone; the registry has a stranger's of the same name. With `=` a filter may begin with a minus.
  const command = ['npx --no redeliver export', `--url ${quoted(origin)}`, `--filter=${quoted(limited)}`, ...options];
  return `${command.join(' ')} > dead-letters.${format}`;
}

/** A word for the shell, whatever is in it. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
