import type { z } from 'zod';
import { customRange, rangeBounds } from '#components/filter-bar/time-ranges.ts';
import { messagesHref, queueHref } from '#components/shell/links.ts';
import type { SavedViewRow, viewBody } from '#lib/api/views.ts';

/** What stands in the address of a queue's page, or of the page of all queues. */
export interface ShownView {
  readonly queueId: string | null;
  readonly filter: string;
  readonly range: string;
}

/** The shown view as it is kept under a name. */
export function viewToSave({ queueId, filter, range }: ShownView, name: string): z.input<typeof viewBody> {
  const { from, to } = rangeBounds(range, 0);
  const isFixed = range.includes('..') && from !== null && to !== null;
  return { name, queueId, filter, range: range === 'all' ? null : isFixed ? { from, to } : range };
}

export function rangeOfView({ range }: Pick<SavedViewRow, 'range'>): string {
  if (range === null) return 'all';
  return typeof range === 'string' ? range : customRange(range);
}

/** A view is its address: whoever has the link has the view. */
export function viewHref(view: Pick<SavedViewRow, 'queueId' | 'filter' | 'range'>): string {
  const range = rangeOfView(view);
  return view.queueId === null
    ? messagesHref(view.filter, { range })
    : queueHref(view.queueId, { filter: view.filter, range });
}

export function isShown(view: Pick<SavedViewRow, 'queueId' | 'filter' | 'range'>, shown: ShownView): boolean {
  return view.queueId === shown.queueId && view.filter === shown.filter && rangeOfView(view) === shown.range;
}

/** Those of the page first, each part by name. */
export function arrangeViews(views: readonly SavedViewRow[], queueId: string | null): readonly SavedViewRow[] {
  const rank = (view: SavedViewRow) => (view.queueId === queueId ? 0 : view.queueId === null ? 1 : 2);
  return views.toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, 'en'));
}

/** The view that already has this name, whatever its case. */
export function namesake(views: readonly SavedViewRow[], name: string): SavedViewRow | null {
  const wanted = name.trim().toLowerCase();
  return views.find((view) => view.name.toLowerCase() === wanted) ?? null;
}
