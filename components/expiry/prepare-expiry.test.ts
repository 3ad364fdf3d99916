import { expect, test } from 'vitest';
import { shownExpiry } from '#components/expiry/prepare-expiry.ts';

const hour = 3_600_000;
const at = (bound: 'exact' | 'at-least', now: number) => shownExpiry({ at: 30 * hour, bound }, now);

test('when a message expires is said as surely as it is known', () => {
  expect(at('exact', 25 * hour)).toMatchObject({ words: '5 h', sentence: 'expires in 5 h' });
  expect(at('at-least', 25 * hour)).toMatchObject({ words: '≥ 5 h', sentence: 'expires in at least 5 h' });
  expect(at('at-least', 31 * hour)).toMatchObject({ words: 'any time', sentence: 'expires any time' });
  expect(at('exact', 31 * hour)).toMatchObject({ words: 'now', sentence: 'expires now' });
  expect(at('exact', 0).why('this message')).toBe('The broker deletes this message at 1970-01-02 06:00:00.000 UTC');
});

test('it is urgent within a day, and pressing within three hours', () => {
  expect(at('exact', 5 * hour).tone).toBe('plain');
  expect(at('exact', 7 * hour).tone).toBe('attention');
  expect(at('exact', 27 * hour).tone).toBe('attention');
  expect(at('exact', 27 * hour + 1).tone).toBe('failing');
  expect(at('at-least', 99 * hour).tone).toBe('failing');
});
