import { describe, expect, test } from 'vitest';
import { arrangeViews, isShown, namesake, rangeOfView, viewHref, viewToSave } from '#components/views/prepare-views.ts';
import type { SavedViewRow } from '#lib/api/views.ts';
import { viewBody } from '#lib/api/views.ts';

function aView(name: string, queueId: string | null = null): SavedViewRow {
  return { id: name, name, owner: 'ann', createdAt: 0, changedAt: 0, queueId, filter: 'state:new', range: '24h' };
}

describe('saved views', () => {
  test('what is saved is what is shown again, running ranges and fixed ones', () => {
    for (const range of ['all', '24h', '1763785600000..1763789200000', '1763785600000..', '..1763789200000']) {
      const shown = { queueId: 'kafka/orders.dlq', filter: 'error:"a b"', range };
      const kept = viewBody.parse(viewToSave(shown, 'Mine'));
      expect(rangeOfView(kept)).toBe(range);
      expect(isShown(kept, shown)).toBe(true);
      expect(isShown(kept, { ...shown, queueId: null })).toBe(false);
    }
  });

  test('a view is its address', () => {
    expect(viewHref(aView('a', 'kafka/x'))).toBe('/queues/kafka%2Fx?filter=state%3Anew&range=24h');
    expect(viewHref(aView('a'))).toBe('/messages?filter=state%3Anew&range=24h');
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
