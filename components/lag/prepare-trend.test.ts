import { expect, test } from 'vitest';
import { trendPath, trendWords } from '#components/lag/prepare-trend.ts';

test('a course is drawn from zero to its most', () => {
  expect(trendPath([0, 10, 5])).toBe('M0 19L60 2L120 10.5');
  expect(trendPath([0, 0, 0])).toBe('M0 19L60 19L120 19');
});

test('what is read seldom is joined, and a stretch without readings is left open', () => {
  expect(trendPath([1, null, 1, null, 1]).match(/M/g)).toHaveLength(1);
  const withGap = [1, 1, 1, ...Array.from({ length: 6 }, () => null), 1, 1];
  expect(trendPath(withGap).match(/M/g)).toHaveLength(2);
});

test('a reading alone can be seen, and none is no line', () => {
  expect(trendPath([null, 4, null])).toMatch(/^M60 2h2$/);
  expect(trendPath([null, null])).toBe('');
});

test('the words say where it began, where it is and what was the most', () => {
  const trend = { series: 1, last: [null, 100, 250], max: [null, 900, 250], heldMax: [null, null, null] };
  expect(trendWords(trend)).toBe('from 100 to 250, at most 900');
  expect(trendWords({ ...trend, last: [null], max: [null] })).toBe('not known yet');
});
