import { describe, expect, test } from 'vitest';
import { usualCount } from '#lib/alerts/usual.ts';

const hour = 3_600_000;

describe('what is usual', () => {
  test('is not known with less than a day of history', () => {
    expect(
      usualCount(
        Array.from({ length: 23 }, () => 5),
        hour,
      ),
    ).toBeNull();
    expect(usualCount([], hour)).toBeNull();
  });

  test('is the median of the last day, so that one burst does not make bursts usual', () => {
    expect(usualCount([1_000, ...Array.from({ length: 23 }, () => 4)], hour)).toBe(4);
  });

  test('is what comes at the same time of the days before, where that is more', () => {
    // A batch of 300 fails every night in the hour that is judged.
    const week = Array.from({ length: 7 * 24 }, (_, before) => (before % 24 === 23 ? 300 : 2));
    expect(usualCount(week, hour)).toBe(300);
    expect(usualCount(week.slice(0, 2 * 24), hour)).toBe(2);
  });
});
