import { expect, it } from 'vitest';
import { topologyOf } from '#server/brokers/sqs/topology.ts';

const queue = { fifo: false, target: null, retentionSeconds: 345_600 };

it('a dead-letter queue that was deleted leaves its sources with nowhere to send to', () => {
  const queues = topologyOf(
    new Map([
      ['orders', { ...queue, target: 'orders-dlq' }],
      ['billing', { ...queue, target: 'billing-dlq', retentionSeconds: null }],
      ['orders-dlq', { ...queue, fifo: true }],
    ]),
    new Set(['billing', 'orders', 'orders-dlq']),
  );
  expect(queues.map(({ name, deadLetters }) => [name, deadLetters])).toEqual([
    ['billing', { kind: 'to', queues: [], via: 'queue "billing-dlq"' }],
    ['orders', { kind: 'to', queues: ['orders-dlq'], via: 'queue "orders-dlq"' }],
    ['orders-dlq', { kind: 'nowhere' }],
  ]);
  expect(queues.map(({ kind, retention }) => [kind, retention.kind])).toEqual([
    ['standard queue', 'untold'],
    ['standard queue', 'for'],
    ['FIFO queue', 'for'],
  ]);
});

it('a dead-letter queue that may be listed and not looked at is there all the same', () => {
  const [orders] = topologyOf(
    new Map([['orders', { ...queue, target: 'orders-dlq' }]]),
    new Set(['orders', 'orders-dlq']),
  );
  expect(orders?.deadLetters).toEqual({ kind: 'to', queues: ['orders-dlq'], via: 'queue "orders-dlq"' });
});
