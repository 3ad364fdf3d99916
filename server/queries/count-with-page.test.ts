import { expect, test } from 'vitest';
import { countWithPage } from '#server/queries/count-with-page.ts';

test('a list that ends on its first page is counted by it, also where counting had no time', () => {
  expect(countWithPage({ count: 1, capped: true }, 2, true)).toEqual({ count: 2, capped: false });
  expect(countWithPage({ count: 0, capped: true }, 0, true)).toEqual({ count: 0, capped: false });
});

test('a count that was given up is never below what is shown', () => {
  expect(countWithPage({ count: 3, capped: true }, 100, false)).toEqual({ count: 100, capped: true });
  expect(countWithPage({ count: 4_000, capped: true }, 100, false)).toEqual({ count: 4_000, capped: true });
});

test('what was counted to the end stands', () => {
  expect(countWithPage({ count: 250, capped: false }, 100, false)).toEqual({ count: 250, capped: false });
});
