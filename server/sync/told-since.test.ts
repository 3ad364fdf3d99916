import { expect, test } from 'vitest';
import { builtInChain } from '#lib/conventions/chain.ts';
import { normalise } from '#lib/conventions/normalise.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import { aDeadLetter } from '#lib/testing/a-dead-letter.ts';
import { isToldSince } from '#server/sync/told-since.ts';

const queue = { kind: 'sqs', queueName: 'billing-dlq', origins: [] } as const;
const told = (back: RawDeadLetter, original: RawDeadLetter) =>
  isToldSince({ kind: queue.kind, ...normalise(back, queue) }, back, original, builtInChain);

const failed = aDeadLetter().withHeader('dlq-error', 'Timeout: no answer').withHeader('dlq-timestamp', '1000');

test('a failure whose headers are all those that the replay has kept was not told since', () => {
  expect(told(failed.withHeader('replay-id', 'r').raw(), failed.raw())).toBe(false);
  expect(told(failed.withHeader('tenant', 'acme').raw(), failed.raw())).toBe(false);
});

test('one with a new time, a new text or one header more was', () => {
  const later = aDeadLetter().withHeader('dlq-error', 'Timeout: no answer').withHeader('dlq-timestamp', '2000');
  expect(told(later.raw(), failed.raw())).toBe(true);
  expect(told(failed.withHeader('dlq-error', 'Timeout: no answer').raw(), failed.raw())).toBe(true);
  expect(told(failed.withHeader('dlq-stack', 'at f (a.js:1:1)').raw(), failed.raw())).toBe(true);
});

test('what no header tells is told by the broker or the body, and so anew each time', () => {
  expect(told(aDeadLetter().raw(), failed.raw())).toBe(true);
});
