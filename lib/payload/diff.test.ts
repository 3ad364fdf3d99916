import { fc } from '#lib/testing/properties.ts';
import { expect, it } from 'vitest';
import { diffTexts } from '#lib/payload/diff.ts';
import { cpuClock } from '#lib/testing/cpu-clock.ts';

const signs = { same: ' ', added: '+', removed: '-', gap: '…' } as const;
const drawn = (before: string, after: string) =>
  diffTexts(before, after).lines.map(({ kind, text }) => signs[kind] + text);

it('a change is what was there and what is there, to the last digit, and what is far from it is left out', () => {
  const json = (id: string) =>
    ['{', ...Array.from({ length: 9 }, (_, n) => `  "f${n}": 1,`), `  "id": ${id}`, '}'].join('\n');
  expect(drawn(json('9007199254740993'), json('9007199254740992'))).toEqual([
    '…7 lines are the same',
    '   "f6": 1,',
    '   "f7": 1,',
    '   "f8": 1,',
    '-  "id": 9007199254740993',
    '+  "id": 9007199254740992',
    ' }',
  ]);
  expect(diffTexts('a', 'a')).toEqual({
    lines: [{ kind: 'gap', text: '1 line is the same' }],
    added: 0,
    removed: 0,
    cut: false,
  });
});

it('both texts can be read from it, whatever they are', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', '', '{'), { maxLength: 4 }).map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const { lines, added, removed } = diffTexts(before, after);
      if (lines.some(({ kind }) => kind === 'gap')) return;
      const side = (other: 'added' | 'removed') =>
        lines
          .filter(({ kind }) => kind !== other)
          .map(({ text: line }) => line)
          .join('\n');
      expect(side('added')).toBe(before);
      expect(side('removed')).toBe(after);
      expect([added, removed]).toEqual(
        ['added', 'removed'].map((kind) => lines.filter((line) => line.kind === kind).length),
      );
    }),
  );
});

it('texts that have nothing in common, or lines without end, take no longer than a look', () => {
  const long = (sign: string) => Array.from({ length: 20_000 }, (_, n) => `${sign}${n}`).join('\n');
  const tookMs = cpuClock();
  const diff = diffTexts(`{\n${long('a')}\n}`, `{\n${long('b')}\n}`);
  expect(tookMs()).toBeLessThan(3_000);
  expect(diff).toMatchObject({ added: 20_000, removed: 20_000, cut: true });
  expect(diff.lines).toHaveLength(2_000);
  expect(diffTexts('x'.repeat(200_000), '').lines[0]?.text).toHaveLength(1_001);
});
