import { expect, test } from 'vitest';
import { replayedWords, returnWords } from '#components/message-detail/prepare-history.ts';
import { itemStates } from '#lib/domain/replay.ts';

test('only a confirmed send is called a replay', () => {
  expect(itemStates.filter((state) => replayedWords(state) === 'Replayed')).toEqual(['sent', 'settled']);
  expect(replayedWords('unknown')).toBe('Perhaps replayed');
});

test('a return whose error nobody compared is called neither the same nor different', () => {
  expect(returnWords(null)).not.toMatch(/same|different/);
  expect(returnWords(true)).toContain('the same');
  expect(returnWords(false)).toContain('a different');
});
