import { queueFilter } from '#components/filter-bar/prepare-filter.ts';
import { customRange, rangeBounds } from '#components/filter-bar/time-ranges.ts';
import { groupsHref, messagesHref, queueHref } from '#components/shell/links.ts';
import { freezeTimes } from '#lib/filter/freeze.ts';
import type { SavedViewRow } from '#lib/api/views.ts';
import type { ViewPage } from '#lib/domain/error-group.ts';
import type { MessageOrder } from '#lib/domain/message-order.ts';

/** What stands in the address of a queue's page, of the page of all queues, or of the groups'. */
export interface ShownView {
  readonly queueId: string | null;
  readonly page: ViewPage;
  readonly filter: string;
  readonly range: string;
}

type KeptView = Pick<SavedViewRow, 'queueId' | 'page' | 'filter' | 'range'>;

/** The shown view as it is kept under a name. */
export function viewToSave(
  { queueId, page, filter, range }: ShownView,
  name: string,
): KeptView & { readonly name: string } {
  const { from, to } = rangeBounds(range, 0);
  const isFixed = range.includes('..') && from !== null && to !== null;
  return { name, queueId, page, filter, range: range === 'all' ? null : isFixed ? { from, to } : range };
}

export function rangeOfView({ range }: Pick<SavedViewRow, 'range'>): string {
  if (range === null) return 'all';
  return typeof range === 'string' ? range : customRange(range);
}

/** A view is its address: whoever has the link has the view. */
export function viewHref(view: KeptView): string {
  const { queueId, page, filter } = view;
  const range = rangeOfView(view);
  if (page.kind === 'groups') {
    const { sort, states } = page;
    return groupsHref(queueId === null ? filter : queueFilter(queueId, filter), { range, states: states.join(), sort });
  }
  // The usual order goes without saying.
  const search = { range, ...(page.order !== 'newest' && { order: page.order }) };
  return queueId === null ? messagesHref(filter, search) : queueHref(queueId, { filter, ...search });
}

export function isShown(view: KeptView, shown: ShownView): boolean {
  return (
    view.queueId === shown.queueId &&
    pageIdentity(view.page) === pageIdentity(shown.page) &&
    view.filter === shown.filter &&
    rangeOfView(view) === shown.range
  );
}

function pageIdentity(page: ViewPage): string {
  return page.kind === 'messages' ? page.order : [page.sort, ...page.states.toSorted()].join(' ');
}

/** The address of what is shown for whoever opens it later: what is a time ago stands as the instant that it is now. */
export function frozenHref(shown: ShownView, now: number): string {
  const { from, to } = rangeBounds(shown.range, now);
  const filter = freezeTimes(shown.filter, now);
  return viewHref(
    viewToSave({ ...shown, filter, range: shown.range === 'all' ? 'all' : customRange({ from, to }) }, ''),
  );
}

const orderWords: Readonly<Record<MessageOrder, string>> = {
  newest: '',
  oldest: 'oldest first',
  expiring: 'soonest expiry first',
};

/** What of a view is not told by its queue, range and filter; empty for the usual page and order. */
export function pageWords(page: ViewPage): string {
  if (page.kind === 'groups') return 'groups';
  return orderWords[page.order];
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
