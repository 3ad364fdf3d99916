import { expect, test } from 'vitest';
import { exactDuration, relativeTime } from '#components/ui/times.ts';

test('a time is told in one unit that fits a column, whatever the clock said', () => {
  const now = Date.UTC(2026, 10, 22);
  const told = [now - 5_000, now - 50_000, now - 3 * 86_400_000, 0, Date.UTC(2100, 0, 1)].map((at) =>
    relativeTime(at, now),
  );
  expect(told).toEqual(['now', '50 s', '3 d', '56 y', 'in 73 y']);
});

test.each([
  [0, '0 s'],
  [500, '0.5 s'],
  [30_000, '30 s'],
  [60_000, '1 min'],
  [100_000, '1 min 40 s'],
  [3_660_000, '1 h 1 min'],
  [86_400_000, '24 h'],
  [216_005_000, '2 d 12 h 5 s'],
  [2_592_000_000, '30 d'],
])('a span of %i ms that was set is told whole: %s', (spanMs, told) => {
  expect(exactDuration(spanMs)).toBe(told);
});
