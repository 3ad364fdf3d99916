import { describe, expect, it } from 'vitest';
import { retryTopicsOf } from '#lib/conventions/retry-topics.ts';

describe('names of retry topics', () => {
  it('are those that frameworks give them, of the topic and of the group that failed', () => {
    const names = retryTopicsOf('orders', 'billing');
    expect(names).toEqual(
      expect.arrayContaining(['orders-retry-0', 'orders-retry', 'orders-billing-retry', 'billing-retry']),
    );
    expect(names).not.toContain('orders');
  });

  it('begin anew for what failed in a retry topic, and take no sentence for a group', () => {
    expect(retryTopicsOf('orders-retry-2', null)[0]).toBe('orders-retry-0');
    expect(retryTopicsOf('orders-retry-0', null)).not.toContain('orders-retry-0');
    expect(retryTopicsOf('orders', 'retry.q, behind orders.q')).toEqual(retryTopicsOf('orders', null));
    expect(retryTopicsOf('t'.repeat(249), null)).toEqual([]);
  });
});
