import { fc } from '#lib/testing/properties.ts';
import { describe, expect, test } from 'vitest';
import type { Policy } from '#server/brokers/rabbitmq/management-api.ts';
import { createDeadLetterNames } from '#server/brokers/rabbitmq/dead-letter-names.ts';
import { traitsOf } from '#server/brokers/rabbitmq/queue-policy.ts';
import { topicMatches } from '#server/brokers/rabbitmq/routing.ts';

describe('topic patterns', () => {
  test.each([
    ['orders.*', 'orders.created', true],
    ['orders.*', 'orders', false],
    ['orders.*', 'orders.eu.created', false],
    ['orders.#', 'orders', true],
    ['#.failed', 'orders.eu.failed', true],
    ['#', '', true],
    ['*', '', true],
    ['a.#.b.#.c', 'a.b.c', true],
    ['a.#.b', 'a.b.c', false],
  ])('%s and %s: %s', (pattern, key, expected) => {
    expect(topicMatches(pattern.split('.'), key.split('.'))).toBe(expected);
  });

  test('a pattern of hashes does not take forever', () => {
    const pattern = Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? '#' : 'a'));
    expect(
      topicMatches(
        pattern,
        Array.from({ length: 200 }, () => 'b'),
      ),
    ).toBe(false);
  });

  test('every key matches itself and #', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{0,3}$/), { minLength: 1, maxLength: 6 });
    fc.assert(fc.property(words, (key) => topicMatches(key, key) && topicMatches(['#'], key)));
  });
});

test('dead letters stay until they arrive only in a quorum queue that refuses what it has no room for', () => {
  const queue = { name: 'q', arguments: {}, effective_policy_definition: {} };
  const keeps = (type: string, args: Record<string, unknown>): boolean =>
    traitsOf({ ...queue, type, arguments: args }, { user: [], operator: [] }, 4).keepsDeadLetters;
  const strategy = { 'x-dead-letter-strategy': 'at-least-once' };
  expect(keeps('quorum', { ...strategy, 'x-overflow': 'reject-publish' })).toBe(true);
  expect(keeps('quorum', strategy)).toBe(false);
  expect(keeps('quorum', { 'x-overflow': 'reject-publish' })).toBe(false);
  expect(keeps('classic', { ...strategy, 'x-overflow': 'reject-publish' })).toBe(false);
});

describe('the delivery limit', () => {
  const queue = { name: 'q', type: 'quorum', arguments: {}, effective_policy_definition: {} };
  const policy = (limit: number, more: Partial<Policy> = {}): Policy => ({
    name: 'p',
    pattern: '^q$',
    'apply-to': 'queues',
    priority: 0,
    definition: { 'delivery-limit': limit },
    ...more,
  });
  const limitOf = (args: Record<string, unknown>, user: Policy[], operator: Policy[], major: number): number | null =>
    traitsOf({ ...queue, arguments: args }, { user, operator }, major).deliveryLimit;

  test('is none before RabbitMQ 4 and 20 from then on', () => {
    expect(limitOf({}, [], [], 3)).toBeNull();
    expect(limitOf({}, [], [], 4)).toBe(20);
  });

  test('is the lowest of argument, policy and operator policy', () => {
    expect(limitOf({ 'x-delivery-limit': 9 }, [policy(7)], [policy(8)], 3)).toBe(7);
    expect(limitOf({ 'x-delivery-limit': 9 }, [policy(30)], [], 4)).toBe(9);
  });

  test('is none where all say -1, and the positive one where one does not', () => {
    expect(limitOf({}, [policy(-1)], [], 4)).toBeNull();
    expect(limitOf({ 'x-delivery-limit': 5 }, [policy(-1)], [], 4)).toBe(5);
  });

  test('comes from the policy with the highest priority that is for such queues', () => {
    const policies = [
      policy(3),
      policy(50, { priority: 9 }),
      policy(1, { priority: 10, 'apply-to': 'streams' }),
      policy(1, { priority: 10, pattern: '^other' }),
    ];
    expect(limitOf({}, policies, [], 4)).toBe(50);
  });
});

describe('names of dead-letter queues', () => {
  const names = createDeadLetterNames(new Set(['orders', 'email_queue', 'email_dlq']), undefined);

  test.each([
    'orders.dlq',
    'order-processing-dlq',
    'email_dlq',
    'orders.DLT',
    'orders_error',
    'error',
    'dlq.orders',
    'orders-parking-lot',
  ])('%s is one', (name) => {
    expect(names.isDeadLetter(name)).toBe(true);
  });

  test.each(['orders', 'orders.retry', 'orders-retry-dlq', 'errors-by-day', 'deadline'])('%s is none', (name) => {
    expect(names.isDeadLetter(name)).toBe(false);
  });

  test('their origin is the queue of the name before', () => {
    expect([names.originOf('orders.dlq'), names.originOf('email_dlq'), names.originOf('bills.dlq')]).toEqual([
      'orders',
      'email_queue',
      null,
    ]);
  });

  test('own patterns replace the built-in ones', () => {
    const own = createDeadLetterNames(new Set(), ['Failed.*']);
    expect(own.isDeadLetter('failed.orders')).toBe(true);
    expect(own.isDeadLetter('orders.dlq')).toBe(false);
  });
});
