import { expect, test } from 'vitest';
import { ownLines } from '#components/message-detail/prepare-frames.ts';

const frame = (kind: 'yours' | 'library' | 'cause' | 'other', text: string) => ({ kind, text });

test('own frames stay, libraries are counted where they were left out', () => {
  const lines = ownLines([
    frame('other', 'TypeError: no city'),
    frame('yours', 'at a'),
    frame('library', 'at x'),
    frame('library', 'at y'),
    frame('cause', 'Caused by: z'),
    frame('library', 'at w'),
  ]);
  expect(lines.map((line) => line.text)).toEqual([
    'TypeError: no city',
    'at a',
    '+ 2 of libraries',
    'Caused by: z',
    '+ 1 of libraries',
  ]);
});

test('without own frames the first ten stand for all', () => {
  const lines = ownLines(Array.from({ length: 13 }, (_, index) => frame('library', `at ${index}`)));
  expect(lines).toHaveLength(11);
  expect(lines.at(-1)?.text).toBe('+ 3 more');
});

test("a frame's source line goes where the frame goes", () => {
  const lines = ownLines([
    frame('yours', 'File "worker.py", line 61, in on_message'),
    frame('other', 'issue(order)'),
    frame('library', 'File "site-packages/pika/channel.py", line 9, in on_deliver'),
    frame('other', 'callback()'),
    frame('yours', 'File "issue.py", line 34, in issue'),
    frame('other', "KeyError: 'vat_id'"),
  ]);
  expect(lines.map((line) => line.text)).toEqual([
    'File "worker.py", line 61, in on_message',
    'issue(order)',
    '+ 1 of libraries',
    'File "issue.py", line 34, in issue',
    "KeyError: 'vat_id'",
  ]);
});
