import { expect, test } from 'vitest';
import { relativeTime } from '#components/ui/times.ts';

test('a time is told in one unit that fits a column, whatever the clock said', () => {
  const now = Date.UTC(2026, 10, 22);
  const told = [now - 5_000, now - 50_000, now - 3 * 86_400_000, 0, Date.UTC(2100, 0, 1)].map((at) =>
    relativeTime(at, now),
  );
  expect(told).toEqual(['now', '50 s', '3 d', '56 y', 'in 73 y']);
});
