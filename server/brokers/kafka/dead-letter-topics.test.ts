import { describe, expect, test } from 'vitest';
import { findDeadLetterTopics } from '#server/brokers/kafka/dead-letter-topics.ts';

function namesIn(topics: readonly string[]): string[] {
  return findDeadLetterTopics(topics, {}).map((topic) => topic.name);
}

describe('names', () => {
  test.each([
    'orders.dlq',
    'orders.DLT',
    'orders-dlt',
    'orders-dlq',
    'orders_dlq',
    'ORDERS.DLQ',
    'dlq-orders',
    'dlq.errors.orders',
    'orders.dead',
    'orders_error',
    'error',
    'orders.dead-letter',
    'orders-dead_letters',
  ])('%s holds dead letters', (name) => {
    expect(namesIn([name])).toEqual([name]);
  });

  test.each([
    'orders',
    'errors',
    'orders-error-report',
    'orders-retry-0',
    'orders-retry-0.dlt',
    'orders.retry',
    'dlqorders',
    'my-dlq-copies',
    'undead',
  ])('%s does not', (name) => {
    expect(namesIn([name])).toEqual([]);
  });
});

describe('origins', () => {
  test('the topic without the suffix is the origin when it exists', () => {
    expect(findDeadLetterTopics(['orders', 'orders.dlq', 'dlq-billing', 'billing', 'lost.DLT'], {})).toEqual([
      { name: 'dlq-billing', origins: ['billing'], foundBy: 'pattern' },
      { name: 'lost.DLT', origins: [], foundBy: 'pattern' },
      { name: 'orders.dlq', origins: ['orders'], foundBy: 'pattern' },
    ]);
  });
});

describe('configuration', () => {
  test('patterns of one’s own replace the built-in ones, as globs or regular expressions', () => {
    const topics = ['orders.dlq', 'orders.failed', 'failed.x', 'x.failed.y'];
    const found = findDeadLetterTopics(topics, { patterns: ['*.failed', /^failed\./g] });
    expect(found.map((topic) => topic.name)).toEqual(['failed.x', 'orders.failed']);
    expect(new Set(found.map((topic) => topic.foundBy))).toEqual(new Set(['configuration']));
  });

  test('a dot in a glob is a dot', () => {
    expect(
      findDeadLetterTopics(['orders-dlq', 'orders.dlq'], { patterns: ['*.dlq'] }).map((topic) => topic.name),
    ).toEqual(['orders.dlq']);
  });

  test('a pinned topic is listed once, also while it does not exist', () => {
    const pinned = [{ name: 'bin', origin: 'orders' }, { name: 'orders.dlq' }];
    expect(findDeadLetterTopics(['orders', 'orders.dlq'], { pinned })).toEqual([
      { name: 'bin', origins: ['orders'], foundBy: 'configuration' },
      { name: 'orders.dlq', origins: ['orders'], foundBy: 'configuration' },
    ]);
  });
});
