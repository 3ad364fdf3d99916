import { expect, it } from 'vitest';
import { unseenWords } from '#components/replay/prepare-unseen.ts';

const failing = { kind: 'failing', error: { code: 'timed_out', message: 'no answer' }, since: 0 } as const;
const live = { kind: 'live', product: 'Kafka', version: null, notes: [] } as const;
const readers = {
  connections: [
    { name: 'a', health: live },
    { name: 'b', health: failing },
  ],
  queues: [
    { id: 'a/one', reader: { kind: 'live' } },
    { id: 'a/two', reader: failing },
    { id: 'b/one', reader: { kind: 'live' } },
  ],
} as const;
const words = (...queueIds: string[]) => unseenWords({ state: 'watching', queueIds }, readers);

it('says that nobody sees what comes back while a queue or its connection fails', () => {
  expect(words('a/two')).toMatch(/^Its queue cannot be read now/);
  expect(words('b/one')).toMatch(/^Its queue cannot be read now/);
  expect(words('a/one', 'b/one')).toMatch(/^1 of its 2 queues cannot be read now/);
  expect(words('a/two', 'b/one')).toMatch(/^None of its queues can be read now/);
});

it('says nothing where all can be read, nothing is known, or nothing is looked for any more', () => {
  expect(words('a/one')).toBeNull();
  expect(unseenWords({ state: 'watching', queueIds: ['b/one'] }, undefined)).toBeNull();
  expect(unseenWords({ state: 'settled', queueIds: ['b/one'] }, readers)).toBeNull();
});
