import { expect, it } from 'vitest';
import { rowAfter } from '#components/shell/row-steps.ts';

it('goes from row to row and no further than the ends', () => {
  expect([rowAfter(0, 3, 1), rowAfter(2, 3, 1), rowAfter(2, 3, -1), rowAfter(0, 3, -1)]).toEqual([1, 2, 1, 0]);
});

it('begins at the end that the step comes from', () => {
  expect([rowAfter(-1, 3, 1), rowAfter(-1, 3, -1)]).toEqual([0, 2]);
});
