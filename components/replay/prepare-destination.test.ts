import { describe, expect, it } from 'vitest';
import {
  connectionOfPlan,
  deleteQuestion,
  fieldsOf,
  isUnplanned,
  knownPlaces,
  placeOf,
  redirectWords,
  ruleFor,
  wayOf,
} from '#components/replay/prepare-destination.ts';
import type { Destination } from '#lib/domain/message.ts';

const queues = [
  { connection: 'kafka', kind: 'kafka', name: 'orders.dlq', origins: ['orders'] },
  { connection: 'kafka', kind: 'kafka', name: 'payments.dlq', origins: ['payments'] },
  { connection: 'sqs', kind: 'sqs', name: 'billing-dlq', origins: ['billing'] },
] as const;
const plan = {
  destinations: [{ destination: { kind: 'kafka', topic: 'orders', partition: null }, label: 'orders' }],
  suggestions: [
    { destination: { kind: 'kafka', topic: 'orders-retry-0', partition: null }, why: 'retry topic of orders' },
  ],
} as const;

describe('another place', () => {
  it('is offered where all messages are on one connection', () => {
    expect(connectionOfPlan({ queueIds: ['kafka/orders.dlq', 'kafka/payments.dlq'] }, { queues })).toEqual({
      name: 'kafka',
      kind: 'kafka',
    });
    expect(connectionOfPlan({ queueIds: ['kafka/orders.dlq', 'sqs/billing-dlq'] }, { queues })).toBeNull();
    expect(connectionOfPlan({ queueIds: [] }, { queues })).toBeNull();
  });

  it('is completed from what the plan suggests, then from where dead letters of the connection came from', () => {
    expect(knownPlaces({ plan }, { queues }, 'kafka')).toEqual([
      { name: 'orders-retry-0', why: 'retry topic of orders' },
      { name: 'orders', why: null },
      { name: 'payments', why: 'its failures go to payments.dlq' },
    ]);
  });

  it('is the same after it was written into its form and read again', () => {
    const places: readonly Destination[] = [
      { kind: 'kafka', topic: 'orders', partition: null },
      { kind: 'sqs', queue: 'billing' },
      { kind: 'rabbitmq', exchange: 'shop', routingKey: 'orders.paid' },
      { kind: 'rabbitmq', exchange: '', routingKey: 'orders' },
    ];
    for (const place of places) expect(placeOf(place.kind, fieldsOf(place))).toEqual(place);
  });

  it('is none where nothing is named, or a name is longer than its broker allows', () => {
    expect(placeOf('kafka', { name: '  ', exchange: '' })).toBeNull();
    expect(placeOf('sqs', { name: 'q'.repeat(81), exchange: '' })).toBeNull();
    expect(placeOf('rabbitmq', { name: '', exchange: 'broadcast' })).toEqual({
      kind: 'rabbitmq',
      exchange: 'broadcast',
      routingKey: '',
    });
  });

  it('becomes a rule for the queue that they are in, else for the place that they came from', () => {
    expect(ruleFor({ plan, queueIds: ['kafka/orders.dlq'] })).toEqual({ matches: 'queue', pattern: 'orders.dlq' });
    expect(ruleFor({ plan, queueIds: ['kafka/a', 'kafka/b'] })).toEqual({ matches: 'origin', pattern: 'orders' });
    expect(ruleFor({ plan: { ...plan, destinations: [] }, queueIds: ['kafka/a', 'kafka/b'] })).toBeNull();
  });
});

describe('what stands in the form', () => {
  const planned: Destination = { kind: 'kafka', topic: 'orders', partition: 2 };

  it('is planned when it names the place of the plan, and else nothing may be sent by that plan', () => {
    expect(isUnplanned('kafka', fieldsOf(planned), planned)).toBe(false);
    expect(isUnplanned('kafka', { name: ' orders ', exchange: '' }, planned)).toBe(false);
    expect(isUnplanned('kafka', { name: 'orders-2', exchange: '' }, planned)).toBe(true);
    expect(isUnplanned('kafka', { name: '', exchange: '' }, planned)).toBe(true);
    expect(isUnplanned('kafka', fieldsOf(planned), null)).toBe(true);
  });
});

describe('a redirect rule', () => {
  const aside = { rule: 'Orders again', count: 2 };

  it('that applies is not called the place that they came from', () => {
    expect(wayOf({ redirected: [aside] }, { destination: null })).toBe('rules');
    expect(wayOf({ redirected: [] }, { destination: null })).toBe('back');
    expect(wayOf({ redirected: [] }, { destination: { kind: 'sqs', queue: 'billing' } })).toBe('elsewhere');
  });

  it('is said with how many of all go by it', () => {
    expect(redirectWords({ redirected: [aside], total: 5 })).toBe(
      '2 of 5 messages do not go back where they came from: a redirect rule applies.',
    );
    expect(redirectWords({ redirected: [{ ...aside, count: 1 }], total: 1 })).toBe(
      '1 message does not go back where it came from: a redirect rule applies.',
    );
    expect(redirectWords({ redirected: [aside, { rule: 'Billing', count: 3 }], total: 5 })).toBe(
      '5 messages do not go back where they came from: redirect rules apply.',
    );
    expect(redirectWords({ redirected: [], total: 5 })).toBeNull();
  });

  it('is deleted for every plan, and how much of this one that is about is asked with it', () => {
    expect(deleteQuestion({ name: 'Orders again' }, { redirected: [aside] })).toBe(
      'Delete the rule “Orders again” for every plan from now on? 2 messages of this plan would go elsewhere.',
    );
    expect(deleteQuestion({ name: 'Billing' }, { redirected: [aside] })).not.toContain('this plan');
  });
});
