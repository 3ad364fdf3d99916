import { expect, test } from 'vitest';
import { customRange, rangeLabel, shortRangeLabel } from '#components/filter-bar/time-ranges.ts';

const at = (text: string) => Date.parse(`${text}Z`);

test('a range of one day says its hours, a longer one its days', () => {
  const evening = customRange({ from: at('2026-11-22T18:00'), to: at('2026-11-22T19:30') });
  expect(shortRangeLabel(evening)).toBe('22 Nov 18:00 – 19:30');
  expect(rangeLabel(evening)).toBe('22 Nov, 18:00 UTC – 22 Nov, 19:30 UTC');
  expect(shortRangeLabel(customRange({ from: at('2026-11-19T13:09'), to: at('2026-11-22T18:52') }))).toBe(
    '19 Nov – 22 Nov',
  );
  expect(shortRangeLabel(customRange({ from: at('2026-11-19T13:09'), to: null }))).toBe('19 Nov – now');
  expect(shortRangeLabel(customRange({ from: null, to: at('2026-11-19T13:09') }))).toBe('start – 19 Nov');
});

test('a range that runs with the time is called the same in short', () => {
  for (const range of ['1h', '24h', '7d', 'all', '..', 'nonsense'])
    expect(shortRangeLabel(range)).toBe(rangeLabel(range));
});
