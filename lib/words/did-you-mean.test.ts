import { expect, test } from 'vitest';
import { didYouMean, nearestName } from '#lib/words/did-you-mean.ts';

test.each([
  ['depth-abov', 'depth-above'],
  ['Depth_Above', 'depth-above'],
  ['lag', 'lag-above'],
  ['lag-abvoe', 'lag-above'],
  ['lag-unraed', 'lag-unread'],
  ['connection-failing-soon', 'connection-failing'],
  ['size-above', null],
  ['x', null],
  ['', null],
])('%s is near to %s', (written, near) => {
  const names = ['depth-above', 'lag-above', 'lag-unread', 'connection-failing'];
  expect(nearestName(written, names)).toBe(near);
  expect(didYouMean(written, names)).toBe(near === null ? '' : ` Did you mean ${near}?`);
});

test('of several the nearest, and of a short word not every other one', () => {
  expect(nearestName('attempt', ['at', 'attempts'])).toBe('attempts');
  expect(nearestName('kye', ['name', 'key', 'keys'])).toBe('key');
  expect(nearestName('knid', ['kind'])).toBe('kind');
  expect(nearestName('uri', ['url', 'name'])).toBe('url');
  expect(nearestName('id', ['kind'])).toBe(null);
  expect(didYouMean(7, ['7'])).toBe('');
});
