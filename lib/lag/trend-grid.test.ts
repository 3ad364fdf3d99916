import { expect, test } from 'vitest';
import { fc } from '#lib/testing/properties.ts';
import type { LagPoint } from '#lib/domain/lag.ts';
import { trendGrid } from '#lib/lag/trend-grid.ts';

const sample = (at: number, value: number): LagPoint => ({ at, spanMs: 0, last: value, max: value, heldMax: null });

test('a part has the last and the most of its samples, and a part without any has nothing', () => {
  const points = [sample(0, 1), sample(5, 9), sample(9, 2), sample(30, 4)];
  expect(trendGrid(points, 0, 40, 4)).toEqual({
    last: [2, null, null, 4],
    max: [9, null, null, 4],
    heldMax: [null, null, null, null],
  });
});

test('a point of a longer stretch stands in each part that it covers, also where it begins before the range', () => {
  const hour: LagPoint = { at: -10, spanMs: 30, last: 3, max: 8, heldMax: 2 };
  expect(trendGrid([hour], 0, 40, 4)).toEqual({
    last: [3, 3, null, null],
    max: [8, 8, null, null],
    heldMax: [2, 2, null, null],
  });
});

test('what is told at the very end is in the last part', () => {
  expect(trendGrid([sample(40, 7)], 0, 40, 4).last).toEqual([null, null, null, 7]);
});

test('no sample within the range is lost: the most of all parts is the most of all samples', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 1_000 }), fc.nat()), { minLength: 1 }),
      fc.integer({ min: 1, max: 100 }),
      (drawn, count) => {
        const points = drawn.toSorted(([a], [b]) => a - b).map(([at, value]) => sample(at, value));
        const { max } = trendGrid(points, 0, 1_000, count);
        expect(max).toHaveLength(count);
        expect(Math.max(...max.map((value) => value ?? -1))).toBe(Math.max(...drawn.map(([, value]) => value)));
      },
    ),
  );
});
