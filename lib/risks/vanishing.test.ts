import { expect, test } from 'vitest';
import { remedyOfVanishing, sentenceOfVanishing } from '#lib/risks/vanishing.ts';

const queue = { name: 'orders' };
const to = (type: string | null, key: string | null = 'k', via = 'X', name = 'dlx') => ({
  kind: 'to' as const,
  queues: [],
  via,
  exchange: { name, key, type },
});
const binding = (by: string) => `rabbitmqadmin declare binding source=dlx destination=orders.dlq${by}`;
const declared = 'rabbitmqadmin declare queue name=orders.dlq durable=true';

test.each([
  [to(null), 'X, and there is no such exchange.'],
  [to('direct'), 'X, where no queue is bound by that key.'],
  [to('direct', null), 'X, where no queue is bound by one of them.'],
  [to('topic'), 'X, where no binding of a queue fits it.'],
  [to('topic', null), 'X, where no binding of a queue fits one of them.'],
  [to('fanout'), 'X, to which no queue is bound.'],
  [to('headers'), 'X, to which no queue is bound.'],
  [to('x-delayed-message'), 'X, to which no queue is bound.'],
  [to('direct', 'k', 'X', ''), 'X, and no queue has that name.'],
  [to('direct', null, 'X', ''), 'X, and no queue is called by one of them.'],
  [{ kind: 'to' as const, queues: [], via: 'queue "orders-dlq"' }, 'queue "orders-dlq", which is not there.'],
])('why nothing arrives is said by the type of the exchange: %j', (deadLetters, words) => {
  expect(sentenceOfVanishing(queue, deadLetters)).toBe(`orders dead-letters to ${words}`);
});

test.each([
  ['direct', 'k', [declared, binding(' routing_key=k')]],
  ['direct', null, [declared, binding(' routing_key=KEY')]],
  ['topic', 'a.b', [declared, binding(' routing_key=a.b')]],
  ['topic', null, [declared, binding(" routing_key='#'")]],
  ['fanout', 'k', [declared, binding('')]],
  ['headers', 'k', [declared, binding(` arguments='{"x-match":"all"}'`)]],
  [null, 'k', ['rabbitmqadmin declare exchange name=dlx type=fanout durable=true', declared, binding('')]],
] as const)('an exchange that is there is not declared again with another type: %s with key %s', (type, key, lines) => {
  expect(remedyOfVanishing('rabbitmq', queue, to(type, key)).code?.split('\n')).toEqual(lines);
});

test('the default exchange wants a queue by the name of the key, and a type of a plugin its own way', () => {
  expect(remedyOfVanishing('rabbitmq', queue, to('direct', 'k', 'X', ''), 'v').code).toBe(
    'rabbitmqadmin --vhost=v declare queue name=k durable=true',
  );
  expect(remedyOfVanishing('rabbitmq', queue, to('x-random')).code).toBeNull();
});
