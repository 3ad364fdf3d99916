import { expect, it } from 'vitest';
import { missingNumbersWords } from '#components/replay/prepare-replays.ts';

it('explains numbers that are missing, and only where some are', () => {
  expect(missingNumbersWords([9, 7, 6])).toMatch(/plans that nobody sent/);
  expect(missingNumbersWords([8, 7, 6])).toBeNull();
  expect(missingNumbersWords([8])).toBeNull();
  expect(missingNumbersWords([])).toBeNull();
});
