import { expect, test } from 'vitest';
import { unreadWords } from '#components/queue-screen/prepare-unread.ts';

const refusal = { code: 'delivery-limit', reason: 'It has a limit.', remedy: 'Lift it.', canInsist: true } as const;
const refused = { open: null, reader: { kind: 'refused', refusal } } as const;
const waiting = { open: null, reader: { kind: 'waiting' } } as const;
const read = { open: 0, reader: { kind: 'live' } } as const;

test('nobody says none of a queue that was not read', () => {
  expect(unreadWords(refused)).toBe('The queue was not read.');
  expect(unreadWords(waiting)).toBe('The queue is being read.');
  expect(unreadWords(read)).toBeNull();
  expect(unreadWords(null)).toBeNull();
});

test('nobody says none of a queue that is not known', () => {
  expect(unreadWords('unknown')).toBe('The queue is not known here.');
});

test('over all queues none is said of those that were read', () => {
  expect(unreadWords([refused, waiting])).toBe('No queue was read yet.');
  expect(unreadWords([refused, read])).toBe('None in the queues that were read.');
  expect(unreadWords([read])).toBeNull();
  expect(unreadWords([])).toBeNull();
});
