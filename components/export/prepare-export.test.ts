import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { commandLine, curlLine, exportPath, type ExportOf } from '#components/export/prepare-export.ts';
import { parse } from '#lib/filter/parse.ts';

const hour = 3_600_000;
const all: ExportOf = {
  filter: 'error:"it\'s \\"gone\\" $HOME `x`" OR b',
  range: '1h',
  format: 'ndjson',
  content: true,
};

/** The words of a line as a shell hands them to a program. */
function shellWords(line: string): readonly string[] {
  return execFileSync('sh', ['-c', `for word in ${line}; do printf '%s\\0' "$word"; done`])
    .toString()
    .split('\0')
    .slice(0, -1);
}

describe('an export', () => {
  test('a running range is frozen, and bodies are for NDJSON', () => {
    const path = new URL(exportPath(all, 5 * hour), 'http://x');
    expect(Object.fromEntries(path.searchParams)).toEqual({
      filter: all.filter,
      from: String(4 * hour),
      format: 'ndjson',
      content: 'true',
    });
    expect(exportPath({ ...all, format: 'csv' }, 0)).not.toContain('content');
  });

  test('the line for curl reaches the same address through a shell', () => {
    const words = shellWords(curlLine(all, 'http://127.0.0.1:3000', 5 * hour));
    expect(words.at(-1)).toBe(`http://127.0.0.1:3000${exportPath(all, 5 * hour)}`);
  });

  test("the console's own program gets one filter that says the range, too", () => {
    const [command = '', file] = commandLine(all, 'http://127.0.0.1:3000', 5 * hour).split(' > ');
    const words = shellWords(command);
    expect(words).toContain('--content');
    expect(file).toBe('dead-letters.ndjson');
    const filter = words.find((word) => word.startsWith('--filter='))?.slice('--filter='.length) ?? '';
    const parsed = parse(filter, { now: 0 });
    expect('filter' in parsed && parsed.filter).toMatchObject({
      kind: 'and',
      terms: [{ kind: 'or' }, { kind: 'time', field: 'at', from: 4 * hour, to: null }],
    });
    expect(commandLine({ ...all, range: 'all', filter: 'state:new', format: 'csv' }, 'http://x', 0)).toBe(
      'npx --no redeliver export --url http://x --filter=state:new --format csv > dead-letters.csv',
    );
  });
});
