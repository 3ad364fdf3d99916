import { expect, test } from 'vitest';
import type { HeaderValue } from '#lib/domain/message.ts';
import { maskHeader } from '#lib/masking/mask-message.ts';
import { createMasking } from '#lib/masking/masking.ts';

test('what is nested too deeply to be taken apart is masked whole: a rule may be about a name within it', () => {
  const masking = createMasking({ fields: [], headers: ['token'], patterns: [], keys: false });
  const within = new TextEncoder().encode('\x05tokenS\0\0\0\x03abc');
  const shown = (value: HeaderValue) => maskHeader({ name: 'deep', value }, masking).value;
  expect(shown({ kind: 'bytes', bytes: within, type: 'table' })).toEqual({ kind: 'text', text: '•••' });
  expect(shown({ kind: 'bytes', bytes: within, type: 'longstr' })).toMatchObject({ bytes: within });
});
