import { describe, expect, test } from 'vitest';
import {
  arrangeViews,
  frozenHref,
  isShown,
  namesake,
  pageWords,
  rangeOfView,
  viewHref,
  viewToSave,
} from '#components/views/prepare-views.ts';
import type { SavedViewRow } from '#lib/api/views.ts';
import { viewBody } from '#lib/api/views.ts';
import { messageOrders } from '#lib/domain/message-order.ts';

const page = { kind: 'messages', order: 'newest' } as const;

function aView(name: string, queueId: string | null = null): SavedViewRow {
  return { id: name, name, owner: 'ann', createdAt: 0, changedAt: 0, queueId, filter: 'state:new', range: '24h', page };
}

describe('saved views', () => {
  test('what is saved is what is shown again, running ranges and fixed ones', () => {
    for (const range of ['all', '24h', '1763785600000..1763789200000', '1763785600000..', '..1763789200000']) {
      const shown = { queueId: 'kafka/orders.dlq', page, filter: 'error:"a b"', range };
      const kept = viewBody.parse(viewToSave(shown, 'Mine'));
      expect(rangeOfView(kept)).toBe(range);
      expect(isShown(kept, shown)).toBe(true);
      expect(isShown(kept, { ...shown, queueId: null })).toBe(false);
      expect(isShown(kept, { ...shown, page: { kind: 'messages', order: 'oldest' } })).toBe(false);
    }
  });

  test('a view keeps its order, and may be of the groups', () => {
    const oldest = { ...aView('a', 'kafka/x'), page: { kind: 'messages', order: 'oldest' } as const };
    expect(viewHref(oldest)).toBe('/queues/kafka%2Fx?filter=state%3Anew&range=24h&order=oldest');
    for (const order of messageOrders) {
      const kept = { ...aView('a'), page: { kind: 'messages', order } as const };
      const shown = { queueId: 'kafka/x', page: kept.page, filter: '', range: '24h' };
      const isUsual = order === 'newest';
      for (const address of [viewHref(kept), frozenHref(shown, 0)])
        expect(new URL(address, 'http://console').searchParams.get('order')).toBe(isUsual ? null : order);
      expect(pageWords(kept.page) === '').toBe(isUsual);
    }
    expect(pageWords({ kind: 'messages', order: 'expiring' })).toBe('soonest expiry first');
    const groups = { kind: 'groups', sort: 'trend', states: ['new', 'regressed'] } as const;
    expect(viewHref({ ...aView('a'), page: groups })).toBe(
      '/groups?filter=state%3Anew&range=24h&states=new%2Cregressed&sort=trend',
    );
    const shown = { queueId: null, page: groups, filter: '', range: '7d' };
    const kept = viewBody.parse(viewToSave(shown, 'Mine'));
    expect(isShown(kept, shown)).toBe(true);
    expect(isShown(kept, { ...shown, page: { ...groups, states: ['regressed', 'new'] } })).toBe(true);
    expect(isShown(kept, { ...shown, page: { ...groups, states: ['new'] } })).toBe(false);
  });

  test('a view is its address', () => {
    expect(viewHref(aView('a', 'kafka/x'))).toBe('/queues/kafka%2Fx?filter=state%3Anew&range=24h');
    expect(viewHref(aView('a'))).toBe('/messages?filter=state%3Anew&range=24h');
  });

  test('a link to what is shown means the same moment for whoever opens it later', () => {
    const now = Date.UTC(2026, 0, 31, 12);
    const shown = { queueId: null, page, filter: 'since:2h error:x', range: '24h' };
    const from = now - 86_400_000;
    const link = new URL(frozenHref(shown, now), 'http://console');
    expect(Object.fromEntries(link.searchParams)).toEqual({
      filter: 'since:2026-01-31T10:00:00.000Z error:x',
      range: `${from}..`,
    });
    expect(frozenHref({ ...shown, filter: '', range: 'all' }, now)).toBe('/messages?filter=&range=all');
    expect(frozenHref({ ...shown, filter: '', range: '5..7' }, now)).toBe('/messages?filter=&range=5..7');
  });

  test('those of the page come first, then those of all queues', () => {
    const views = [aView('b', 'kafka/other'), aView('d'), aView('c', 'kafka/x'), aView('a', 'kafka/x')];
    expect(arrangeViews(views, 'kafka/x').map((view) => view.name)).toEqual(['a', 'c', 'd', 'b']);
  });

  test('a name is taken whatever its case', () => {
    expect(namesake([aView('Night shift')], ' night SHIFT ')?.id).toBe('Night shift');
    expect(namesake([aView('Night shift')], 'night')).toBeNull();
  });
});
