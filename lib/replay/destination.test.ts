import { describe, expect, it } from 'vitest';
import type { Destination } from '#lib/domain/message.ts';
import { usualOptions } from '#lib/domain/replay.ts';
import { placeName, type RedirectRule, routeOf } from '#lib/replay/destination.ts';

const origin = (destination: Destination | null) => ({ destination, failedIn: null, position: null });
const orders: Destination = { kind: 'kafka', topic: 'orders', partition: 3 };
const retry: Destination = { kind: 'kafka', topic: 'orders-retry-0', partition: null };
const letter = { queueId: 'kafka/orders.dlq', origin: origin(orders) };
const rule = (changes: Partial<RedirectRule> = {}): RedirectRule => ({
  id: 'r',
  name: 'to the retry topic',
  connection: 'kafka',
  matches: 'origin',
  pattern: 'ord*',
  destination: retry,
  createdAt: 1,
  createdBy: 'ada',
  ...changes,
});

describe('a message goes', () => {
  it('where it came from, into its partition or by its key', () => {
    expect(routeOf(letter, usualOptions, [])).toEqual({ destination: orders, rule: null });
    const byKey = { ...usualOptions, partition: 'by-key' as const };
    expect(routeOf(letter, byKey, []).destination).toEqual({ ...orders, partition: null });
    expect(routeOf({ ...letter, origin: origin(null) }, byKey, []).destination).toBeNull();
  });

  it('by the first rule that fits its place or its queue, whatever the partition', () => {
    const byQueue = rule({ id: 'q', matches: 'queue', pattern: 'ORDERS.*' });
    expect(routeOf(letter, usualOptions, [rule({ pattern: 'order' }), rule(), byQueue]).rule?.id).toBe('r');
    expect(routeOf(letter, usualOptions, [byQueue, rule()])).toEqual({ destination: retry, rule: byQueue });
    // What does not say where it came from fits by its queue alone.
    const unknown = { ...letter, origin: origin(null) };
    expect(routeOf(unknown, usualOptions, [rule({ pattern: '*' })]).destination).toBeNull();
    expect(routeOf(unknown, usualOptions, [byQueue]).destination).toEqual(retry);
  });

  it('by no rule of another connection, nor by any where rules are not to count', () => {
    expect(routeOf(letter, usualOptions, [rule({ connection: 'other' })]).rule).toBeNull();
    expect(routeOf(letter, { ...usualOptions, redirects: 'ignore' }, [rule()]).destination).toEqual(orders);
  });

  it('where the operator says, before any rule', () => {
    const chosen: Destination = { kind: 'kafka', topic: 'elsewhere', partition: null };
    expect(routeOf(letter, { ...usualOptions, destination: chosen }, [rule()])).toEqual({
      destination: chosen,
      rule: null,
    });
  });

  it('by an exchange and key as they are said', () => {
    const place: Destination = { kind: 'rabbitmq', exchange: 'shop', routingKey: 'order.paid' };
    const rabbit = { queueId: 'rabbitmq/failed', origin: origin(place) };
    const to: Destination = { kind: 'rabbitmq', exchange: '', routingKey: 'parked' };
    const fits = rule({ connection: 'rabbitmq', pattern: 'shop → order.*', destination: to });
    expect(routeOf(rabbit, usualOptions, [fits]).destination).toEqual(to);
    expect([placeName(place), placeName(to)]).toEqual([null, 'parked']);
  });
});
