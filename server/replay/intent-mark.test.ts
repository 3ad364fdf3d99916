import { expect, test } from 'vitest';
import { aDeadLetter } from '#lib/testing/a-dead-letter.ts';
import { createEqualsLeft } from '#server/replay/intent-mark.ts';

const held = (identity: string, equals?: number | null) => ({
  ...aDeadLetter().raw(),
  identity,
  ...(equals !== undefined && { equals }),
});

test('what a pass has sent is no longer counted among the equal messages of those that it sends after it', () => {
  const left = createEqualsLeft();
  const [first, second, other] = [held('abc#0', 3), held('abc#1', 3), held('xyz#0', 2)];
  expect(left.of(first)).toBe(3);
  left.noteTaken([first]);
  expect(left.of(second)).toBe(2);
  expect(left.of(other)).toBe(2);
  left.noteTaken([second]);
  expect(left.of(held('abc#2', 3))).toBe(1);
});

test('a message with an id of its own has no equals, and what was not counted stays uncounted', () => {
  const left = createEqualsLeft();
  left.noteTaken([held('message-1'), held('abc#0', null)]);
  expect(left.of(held('message-1'))).toBe(1);
  expect(left.of(held('abc#1', null))).toBeNull();
});
