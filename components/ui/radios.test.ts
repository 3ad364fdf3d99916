import { expect, test } from 'vitest';
import { radioAfter, radioProps } from '#components/ui/radios.ts';

const ids = ['full', '1', '10'] as const;

test('arrow keys go round a group of radios, and other keys do nothing', () => {
  expect(radioAfter(0, 3, 'ArrowRight')).toBe(1);
  expect(radioAfter(2, 3, 'ArrowDown')).toBe(0);
  expect(radioAfter(0, 3, 'ArrowLeft')).toBe(2);
  expect(radioAfter(0, 3, 'Enter')).toBeNull();
});

test('a group of radios is one stop of Tab, whether one of them is chosen or none', () => {
  const stops = (chosen: (typeof ids)[number] | null) =>
    ids.filter((id) => radioProps({ id, ids, chosen, onChoose: () => {} }).tabIndex === 0);
  expect(stops('10')).toEqual(['10']);
  expect(stops(null)).toEqual(['full']);
});
