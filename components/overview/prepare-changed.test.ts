import { expect, it } from 'vitest';
import { openOfAll } from '#components/overview/prepare-changed.ts';

it('says what a count counts: those that are open, of all where there were more', () => {
  expect(openOfAll({ open: 12, count: 1_240 })).toEqual({ open: '12', rest: ' of 1,240 open' });
  expect(openOfAll({ open: 0, count: 3 })).toEqual({ open: '0', rest: ' of 3 open' });
  expect(openOfAll({ open: 3, count: 3 })).toEqual({ open: '3', rest: ' open' });
});
