import { expect, test } from 'vitest';
import { csvRow } from '#lib/csv/csv-row.ts';

test.each(['=1+1', ' +1', '-1', '@SUM(1)', '\t=1', '＝1+1', '＋1', '－1', '＠SUM(1)', '\u3000＝1'])(
  'what a spreadsheet would take for a formula is a text: %j',
  (text) => {
    expect(csvRow([text]).replace(/^"/, '')).toMatch(/^'/);
  },
);

test('a sign within a text, and a number below zero, stay what they are', () => {
  expect(csvRow(['a=b', 'a－b', -1, null])).toBe('a=b,a－b,-1,\r\n');
});
