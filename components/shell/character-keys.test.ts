import { expect, test } from 'vitest';
import { characterKeysCookie, hasCharacterKeys, isCharacterKey } from '#components/shell/character-keys.ts';

test('only keys that write a character can be turned off', () => {
  expect(['j', 'J', '/', '?', '7'].every(isCharacterKey)).toBe(true);
  expect(['Enter', ' ', 'Escape', 'ArrowDown', 'Home'].some(isCharacterKey)).toBe(false);
});

test('they work until they are turned off, and again when they are turned on', () => {
  const said = (on: boolean) => `redeliver-theme=dark; ${characterKeysCookie(on).split(';')[0]}`;
  expect(hasCharacterKeys('')).toBe(true);
  expect(hasCharacterKeys(said(false))).toBe(false);
  expect(hasCharacterKeys(said(true))).toBe(true);
});
