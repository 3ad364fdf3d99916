import { expect, test } from 'vitest';
import { diffSentence, diffText } from '#components/message-detail/prepare-diff.ts';
import type { DiffResponse } from '#lib/api/diff.ts';

const choice = { id: 'a', relation: 'original', identity: '0:1', at: 1 } as const;
const answer = (changes: Partial<DiffResponse>): DiffResponse => ({
  choices: [choice],
  with: choice,
  diff: { lines: [], added: 0, removed: 0, cut: false },
  isNewer: true,
  sameBytes: true,
  withheld: null,
  ...changes,
});

test('the sentence says what was compared, and never that masked values are the same', () => {
  expect(diffSentence(answer({}))).toBe('The payloads are the same, byte for byte.');
  expect(diffSentence(answer({ sameBytes: null }))).toContain('what is masked was not compared');
  expect(diffSentence(answer({ with: null }))).toContain('nothing to compare');
  const diff = { lines: [], added: 1, removed: 2, cut: true };
  expect(diffSentence(answer({ diff }))).toBe(
    '1 line added, 2 lines removed, from that one to this one. They have little in common: not all of it is shown.',
  );
});

test('the copy is a patch', () => {
  const lines = [
    { kind: 'gap', text: '3 lines are the same' },
    { kind: 'removed', text: 'a' },
    { kind: 'added', text: 'b' },
    { kind: 'same', text: 'c' },
  ] as const;
  expect(diffText(lines)).toBe('@@ 3 lines are the same @@\n-a\n+b\n c');
});
