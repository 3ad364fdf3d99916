import { describe, expect, it } from 'vitest';
import { builtInRules, usualRule } from '#lib/alerts/rule.ts';
import type { BrokerKind } from '#lib/domain/message.ts';
import type { TopologyQueue } from '#lib/domain/topology.ts';
import { findRisks, type RiskFacts } from '#lib/risks/find-risks.ts';
import { isWatched } from '#lib/risks/is-watched.ts';

const dayMs = 86_400_000;
const onCall = ['on-call'];

const queue = (name: string, changes: Partial<TopologyQueue> = {}): TopologyQueue => ({
  name,
  kind: 'classic queue',
  deadLetters: { kind: 'nowhere' },
  retention: { kind: 'unlimited' },
  deliveryLimit: null,
  consumers: 0,
  isShortLived: false,
  ...changes,
});
const exchange = { name: 'dlx', key: 'k', type: null };
const to = (...queues: readonly string[]) => ({
  kind: 'to' as const,
  queues,
  via: 'exchange "dlx"',
  exchange,
});
const keeps = (ms: number) => ({ kind: 'for' as const, ms, bound: 'exact' as const });

/** `orders` dead-letters to `orders.dlq`, and somebody is told of everything. */
function facts(queues: readonly TopologyQueue[], changes: Partial<RiskFacts> = {}): RiskFacts {
  return {
    connection: 'shop',
    kind: 'rabbitmq',
    topology: { queues, notes: [] },
    deadLetterQueues: [{ name: 'orders.dlq', origins: ['orders'] }],
    consumersOf: new Map(),
    rules: builtInRules,
    receivers: onCall,
    ...changes,
  };
}

const sound = [queue('orders', { deadLetters: to('orders.dlq') }), queue('orders.dlq')];
const ofKind = (kind: BrokerKind): Partial<RiskFacts> => ({ kind });

describe('risks', () => {
  it('where failures have a place, are kept for longer and told of, there are none', () => {
    expect(findRisks(facts(sound))).toEqual([]);
  });

  it('a queue without a dead-letter queue is one, with the policy to set; the dead-letter queue itself and what is short-lived are none', () => {
    const [risk, ...others] = findRisks(facts([...sound, queue("o'x.y"), queue('reply', { isShortLived: true })]));
    expect(others).toEqual([]);
    expect(risk).toMatchObject({ kind: 'no-dead-letter-queue', queue: "o'x.y", isDeadLetterQueue: false });
    expect(risk?.remedy.code).toBe(
      `rabbitmqadmin declare queue name='o'\\''x.y.dlq' durable=true\nrabbitmqctl set_policy 'dead-letters-of-o'\\''x.y' '^o'\\''x\\.y$' '{"dead-letter-exchange":"","dead-letter-routing-key":"o'\\''x.y.dlq"}' --apply-to queues`,
    );
  });

  it('commands name the virtual host, and keep what the present policy of the queue says', () => {
    const policy = {
      name: 'all',
      priority: 4,
      definition: { 'message-ttl': 60_000, 'dead-letter-routing-key': 'old' },
    };
    const bare = queue('orders', { policy });
    const limited = queue('orders.dlq', { kind: 'quorum queue', deliveryLimit: 20, policy });
    const risks = findRisks(facts([], { topology: { queues: [bare, limited], notes: [], vhost: "sh'op" } }));
    const remedies = new Map(
      risks.filter(({ queue: of }) => of === 'orders' || of === 'orders.dlq').map(({ kind, remedy }) => [kind, remedy]),
    );
    expect(remedies.get('no-dead-letter-queue')?.code).toBe(
      [
        `rabbitmqadmin --vhost='sh'\\''op' declare queue name=orders.dlq durable=true`,
        `rabbitmqctl set_policy -p 'sh'\\''op' dead-letters-of-orders '^orders$' '{"message-ttl":60000,"dead-letter-routing-key":"orders.dlq","dead-letter-exchange":""}' --priority 5 --apply-to queues`,
      ].join('\n'),
    );
    expect(remedies.get('delivery-limit')?.code).toContain(
      `'{"message-ttl":60000,"dead-letter-routing-key":"old","delivery-limit":-1}' --priority 5 --apply-to quorum_queues`,
    );
    for (const kind of ['no-dead-letter-queue', 'delivery-limit'] as const)
      expect(remedies.get(kind)?.text).toContain('takes over what its present policy "all" says');
    const [unsure] = findRisks(
      facts([queue('orders', { policy: { name: null, priority: null, definition: { expires: 1 } } })]),
    );
    expect(unsure?.remedy.text).toContain('give it a higher priority');
    expect(unsure?.remedy.code).toContain('{"expires":1,');
  });

  it('dead letters that come back to their own queue do not vanish', () => {
    expect(findRisks(facts([queue('orders', { deadLetters: to('orders') })]))).toEqual([]);
  });

  it('on SQS it says how long a message is tried, and names the attribute; a FIFO queue gets a FIFO one', () => {
    const source = queue('orders.fifo', { kind: 'FIFO queue', retention: keeps(4 * dayMs), consumers: null });
    const [risk] = findRisks(facts([source], ofKind('sqs')));
    expect(risk?.why).toContain('is deleted after 4 days');
    expect(risk?.remedy.code).toContain('create-queue --queue-name orders-dlq.fifo');
    expect(risk?.remedy.code).toContain('FifoQueue=true');
    expect(risk?.remedy.code).toContain('RedrivePolicy');
  });

  it('nobody can tell that of a topic', () => {
    const topics = [queue('orders', { kind: 'topic', deadLetters: { kind: 'untold' } })];
    expect(findRisks(facts(topics, ofKind('kafka')))).toEqual([]);
  });

  it('dead letters that reach no queue come first', () => {
    const risks = findRisks(facts([queue('a'), queue('z', { deadLetters: to() })]));
    expect(risks.map(({ kind, severity }) => [kind, severity])).toEqual([
      ['dead-letters-vanish', 'critical'],
      ['no-dead-letter-queue', 'warning'],
    ]);
    expect(risks[0]?.sentence).toBe('z dead-letters to exchange "dlx", and there is no such exchange.');
    // A policy would change nothing for a queue that was declared with its exchange.
    expect(risks[0]?.remedy.code).toBe(
      [
        'rabbitmqadmin declare exchange name=dlx type=fanout durable=true',
        'rabbitmqadmin declare queue name=z.dlq durable=true',
        'rabbitmqadmin declare binding source=dlx destination=z.dlq',
      ].join('\n'),
    );
  });

  it('dead letters that reach no queue and are kept until they do are not said to be deleted', () => {
    const [risk] = findRisks(facts([queue('z', { kind: 'quorum queue', deadLetters: { ...to(), stays: true } })]));
    expect(risk).toMatchObject({ kind: 'dead-letters-stay', severity: 'warning' });
    expect(risk?.sentence).toBe('z dead-letters to exchange "dlx", and there is no such exchange.');
    expect(risk?.why).toContain('is kept in the queue itself');
    expect(risk?.why).not.toContain('deleted');
  });

  it.each([
    ['sqs', 4, 4, 'warning', 'keeps messages for 4 days, no longer than its source orders'],
    ['sqs', 4, 14, 'warning', 'keeps messages for 4 days, and its source orders for 14 days'],
    ['kafka', 7, 7, 'info', 'keeps messages for 7 days, no longer than its source orders'],
    ['rabbitmq', 1, null, 'warning', 'keeps messages for 1 day, and its source orders for as long as they stay'],
  ] as const)(
    'on %s a dead-letter queue that keeps for %s days what its source keeps for %s is one',
    (kind, own, source, severity, words) => {
      const shape = ({ sqs: 'standard queue', kafka: 'topic', rabbitmq: 'classic queue' } as const)[kind];
      const retention = source === null ? { kind: 'unlimited' as const } : keeps(source * dayMs);
      const queues = [
        queue('orders', { kind: shape, retention, deadLetters: to('orders.dlq') }),
        queue('orders.dlq', { kind: shape, retention: keeps(own * dayMs) }),
      ];
      const [risk, ...others] = findRisks(facts(queues, ofKind(kind)));
      expect(others).toEqual([]);
      expect(risk).toMatchObject({ kind: 'retention-not-longer', severity, isDeadLetterQueue: true });
      expect(risk?.sentence).toContain(words);
    },
  );

  it('one that keeps for longer is none, nor one of which it is not told', () => {
    const queues = (own: TopologyQueue['retention'], source: TopologyQueue['retention']) => [
      queue('orders', { deadLetters: to('orders.dlq'), retention: source }),
      queue('orders.dlq', { retention: own }),
    ];
    expect(findRisks(facts(queues(keeps(5 * dayMs), keeps(4 * dayMs))))).toEqual([]);
    expect(findRisks(facts(queues({ kind: 'untold' }, keeps(dayMs))))).toEqual([]);
    expect(findRisks(facts(queues(keeps(dayMs), { kind: 'untold' })))).toEqual([]);
    expect(findRisks(facts(queues({ kind: 'unlimited' }, { kind: 'unlimited' })))).toEqual([]);
  });

  it('what SQS cannot keep for longer is not advised', () => {
    const kind = 'standard queue';
    const queues = [
      queue('orders', { kind, retention: keeps(14 * dayMs), deadLetters: to('orders.dlq') }),
      queue('orders.dlq', { kind, retention: keeps(14 * dayMs) }),
    ];
    const [risk] = findRisks(facts(queues, ofKind('sqs')));
    expect(risk?.remedy).toEqual({ text: expect.stringContaining('shorten the retention of the source'), code: null });
  });

  it('a quorum queue of dead letters with a delivery limit is one, a working queue with one is none', () => {
    const limited = { kind: 'quorum queue', deliveryLimit: 20 } as const;
    const queues = [
      queue('orders', { ...limited, deadLetters: to('orders.dlq') }),
      queue('orders.dlq', { ...limited }),
    ];
    const [risk, ...others] = findRisks(facts(queues));
    expect(others).toEqual([]);
    expect(risk).toMatchObject({ kind: 'delivery-limit', queue: 'orders.dlq' });
    expect(risk?.why).toContain('more than 20 times is deleted');
    expect(risk?.remedy.code).toContain(`'^orders\\.dlq$' '{"delivery-limit":-1}' --apply-to quorum_queues`);
  });

  it('one that no rule is about is one, unless somebody consumes it', () => {
    const rules = [{ ...usualRule('depth-above', 'deep'), queues: ['other.*'] }];
    const [risk] = findRisks(facts(sound, { rules }));
    expect(risk).toMatchObject({
      kind: 'unwatched',
      severity: 'warning',
      sentence: 'No alert rule is about what comes into orders.dlq, and nobody consumes it.',
    });
    expect(risk?.remedy.code).toContain(
      '{ name: arrivals-shop-orders.dlq, when: arrivals-above, above: 0, queues: [shop/orders.dlq] }',
    );
    expect(findRisks(facts([queue('orders.dlq', { consumers: 2 })], { rules }))).toEqual([]);
    const told = { rules, consumersOf: new Map([['orders.dlq', 1]]) };
    expect(findRisks(facts([queue('orders.dlq', { consumers: null })], told))).toEqual([]);
  });

  it('where alerts have no receiver that is said, and is no more than a hint', () => {
    const [risk] = findRisks(facts([queue('orders.dlq', { consumers: null })], { receivers: [] }));
    expect(risk).toMatchObject({ severity: 'info', sentence: 'Alerts about orders.dlq are told to no one.' });
  });
});

describe('a queue is watched', () => {
  it('by a rule about what comes into it, that tells somebody', () => {
    const deep = usualRule('depth-above', 'deep');
    expect(isWatched('shop/a', [deep], onCall)).toBe('watched');
    expect(isWatched('shop/a', [{ ...deep, queues: ['a'] }], onCall)).toBe('watched');
    expect(isWatched('shop/a', [{ ...deep, queues: ['shop/*'] }], onCall)).toBe('watched');
    expect(isWatched('shop/a', [{ ...deep, queues: ['b'] }], onCall)).toBe('no-rule');
    expect(isWatched('shop/a', [{ ...deep, receivers: [] }], onCall)).toBe('nobody-told');
    expect(isWatched('shop/a', [deep], [])).toBe('nobody-told');
  });

  it('not by rules about lag, replays, connections and what expires', () => {
    const others = builtInRules.filter(({ kind }) => kind !== 'new-group');
    expect(isWatched('shop/a', others, onCall)).toBe('no-rule');
    expect(isWatched('shop/a', builtInRules, onCall)).toBe('watched');
  });
});
