import { afterEach, expect, test, vi } from 'vitest';
import { rememberUnanswered, wasTyping, writes } from '#components/shell/stray-typing.ts';

const plain = { ctrlKey: false, metaKey: false, altKey: false, repeat: false };

afterEach(() => vi.useRealTimers());

test('letters and signs write; Enter, chords and a key that is held down do not', () => {
  expect(['h', ':', 'R'].every((key) => writes({ ...plain, key }))).toBe(true);
  expect(writes({ ...plain, key: 'Enter' })).toBe(false);
  expect(writes({ ...plain, key: 'k', ctrlKey: true })).toBe(false);
  expect(writes({ ...plain, key: 'r', repeat: true })).toBe(false);
});

test('a character that a shortcut took is no typing, one that nothing wanted is for two seconds', () => {
  vi.useFakeTimers();
  rememberUnanswered({ ...plain, key: 'j', defaultPrevented: true, timeStamp: 1_000 });
  vi.runAllTimers();
  expect(wasTyping(1_001)).toBe(false);
  rememberUnanswered({ ...plain, key: 'h', defaultPrevented: false, timeStamp: 2_000 });
  vi.runAllTimers();
  expect(wasTyping(2_001)).toBe(true);
  expect(wasTyping(4_000)).toBe(true);
  expect(wasTyping(4_001)).toBe(false);
});
