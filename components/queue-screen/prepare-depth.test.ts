import { expect, test } from 'vitest';
import { depthFacts } from '#components/queue-screen/prepare-depth.ts';

test('a queue says what is in it, and what is listed though it is not', () => {
  const depth = { count: 161, exact: true, at: 1 };
  const byState = { new: 150, returned: 11, replayed: 8, discarded: 2, gone: 40 };
  expect(depthFacts({ depth, byState, capabilities: { remove: true } })).toEqual([
    '161 in it',
    'no longer in it, but listed: 8 replayed, 2 discarded',
  ]);
  expect(depthFacts({ depth, byState: { new: 161 }, capabilities: { remove: true } })).toEqual(['161 in it']);
  expect(depthFacts({ depth, byState, capabilities: { remove: false } })).toEqual(['161 in it']);
  expect(depthFacts({ depth: null, byState: {}, capabilities: { remove: true } })).toEqual([]);
});
