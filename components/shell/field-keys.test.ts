import { expect, test } from 'vitest';
import { fieldStep } from '#components/shell/field-keys.ts';

test.each([
  ['Enter', 'orders', 'first'],
  ['ArrowDown', 'orders', 'first'],
  ['ArrowDown', '', 'first'],
  ['Escape', 'orders', 'clear'],
  ['Escape', '', 'leave'],
  ['ArrowUp', 'orders', null],
  ['j', '', null],
])('%s in the field with “%s”: %s', (key, text, step) => {
  expect(fieldStep({ key, isComposing: false }, text)).toBe(step);
});

test('keys that compose a character belong to the one who composes', () => {
  for (const key of ['Enter', 'ArrowDown', 'Escape']) expect(fieldStep({ key, isComposing: true }, 'お')).toBeNull();
});
