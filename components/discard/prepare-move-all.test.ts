import { expect, it } from 'vitest';
import { moveTitle, moveWords, readRate } from '#components/discard/prepare-move-all.ts';

const begun = { moved: 3, of: 1_200, startedAt: 1, problem: null };

it('a move says how far it is, only about', () => {
  expect(moveWords({ ...begun, state: 'running' }).words).toBe('Moving everything: about 3 of 1,200');
  expect(moveWords({ ...begun, state: 'running', moved: null }).words).toBe('Moving everything: begun');
  expect(moveWords({ ...begun, state: 'cancelled', of: null }).words).toBe('The move was cancelled at about 3');
  expect(moveWords({ ...begun, state: 'failed', problem: 'AccessDenied' })).toEqual({
    tone: 'failing',
    words: 'The move failed at about 3 of 1,200: AccessDenied',
  });
  expect(moveWords({ ...begun, state: 'done', of: 0 }).words).toBe('Everything was moved: about 3');
  expect(moveTitle({ about: 1 })).toBe('Move about 1 message');
});

it('a rate is a whole number up to the most, or nothing', () => {
  expect(['', ' 500 ', '0', '501', '1.5', 'fast'].map((text) => readRate(text, 500))).toEqual([
    null,
    500,
    'wrong',
    'wrong',
    'wrong',
    'wrong',
  ]);
});
