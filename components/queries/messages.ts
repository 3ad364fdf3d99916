import { hashKey, infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { get } from '#components/queries/api-client.ts';
import { rangeBounds } from '#components/filter-bar/time-ranges.ts';
import {
  messageCountResponse,
  type MessageCountResponse,
  messageDetail,
  messagesResponse,
  type MessagesResponse,
} from '#lib/api/messages.ts';
import type { MessageOrder } from '#lib/domain/message-order.ts';
import type { Filter } from '#lib/filter/filter.ts';
import { serialise } from '#lib/filter/serialise.ts';

/** What a message table shows. */
export interface MessagesView {
  /** In the filter language, the queue included. */
  readonly filter: string;
  /** As it stands in the URL: `24h`, `all`, `<from>..<to>`. */
  readonly range: string;
  readonly order: MessageOrder;
}

export const messagesKey = ['messages'] as const;
const pageSize = 100;
const freshRowsMax = 1_000;

/** A page's cursor, with the bounds of its first page: "the last hour" must not move while someone scrolls. */
interface PageParam {
  readonly cursor: string | null;
  readonly bounds: { readonly from: number | null; readonly to: number | null } | null;
}

const firstPage: PageParam = { cursor: null, bounds: null };

/** The table's pages. They are read once and stay as they are until the reader asks: see `freshMessagesQueryOptions`. */
export function messagesQueryOptions(view: MessagesView) {
  return infiniteQueryOptions({
    queryKey: [...messagesKey, 'pages', view] as const,
    queryFn: async ({ pageParam, signal }): Promise<MessagesResponse & { bounds: PageParam['bounds'] }> => {
      const bounds = pageParam.bounds ?? rangeBounds(view.range, Date.now());
      const page = await get(messagesResponse, 'messages', {
        params: { filter: view.filter, ...bounds, order: view.order, cursor: pageParam.cursor, limit: pageSize },
        signal,
      });
      return { ...page, bounds };
    },
    initialPageParam: firstPage,
    getNextPageParam: (last): PageParam | null =>
      last.nextCursor === null ? null : { cursor: last.nextCursor, bounds: last.bounds },
    staleTime: Number.POSITIVE_INFINITY,
    // Nobody can be pointing at a row of an empty table: it fills by itself, as when a queue is read for the first time.
    refetchInterval: ({ state }) => {
      const last = state.data?.pages.at(-1);
      return last && last.nextCursor === null && state.data?.pages.every((page) => page.messages.length === 0)
        ? 2_000
        : false;
    },
  });
}

/** How many rows are read again for a table that shows so many. */
export function freshRows(shown: number): number {
  return Math.min(freshRowsMax, Math.max(pageSize, Math.ceil(shown / pageSize) * pageSize));
}

/** The same rows as they are now, in one request: new states for rows that are shown, and how many are new. */
export function freshMessagesQueryOptions(view: MessagesView, shown: number) {
  const limit = freshRows(shown);
  return queryOptions({
    queryKey: [...messagesKey, 'fresh', view, limit] as const,
    queryFn: ({ signal }) =>
      get(messagesResponse, 'messages', {
        params: { filter: view.filter, ...rangeBounds(view.range, Date.now()), order: view.order, limit },
        signal,
      }),
    // More rows of the same view; the total of another one would stand beside a filter that it is not of.
    placeholderData: (before, query) =>
      query && hashKey([query.queryKey[2]]) === hashKey([view]) ? before : undefined,
  });
}

/** So many others are listed beside a message. */
export const neighbourhoodMax = 5;

/** Dead letters of which this holds in any queue, newest first: one more than are listed, and the one that they are beside. */
export function relatedQueryOptions(condition: Filter) {
  const filter = serialise(condition);
  return queryOptions({
    queryKey: [...messagesKey, 'related', filter] as const,
    queryFn: ({ signal }) =>
      get(messagesResponse, 'messages', { params: { filter, limit: neighbourhoodMax + 2 }, signal }),
  });
}

export function messageQueryOptions(messageId: string) {
  return queryOptions({
    queryKey: ['message', messageId] as const,
    queryFn: ({ signal }) => get(messageDetail, `messages/${encodeURIComponent(messageId)}`, { signal }),
  });
}

/** What matches, apart from what was put back already: that is in the table because its broker keeps it. */
export interface MatchingIds {
  readonly ids: readonly string[];
  readonly replayed: readonly string[];
}

/** Ids of all that match, at most `max`, with the range as it is now. Read page by page: what arrives meanwhile at an older time may be among them. */
export async function readMatchingIds(view: MessagesView, max: number): Promise<MatchingIds> {
  const bounds = rangeBounds(view.range, Date.now());
  const found: { readonly id: string; readonly isReplayed: boolean }[] = [];
  let cursor: string | null = null;
  do {
    const page: MessagesResponse = await get(messagesResponse, 'messages', {
      params: { filter: view.filter, ...bounds, order: view.order, cursor, limit: 1_000 },
    });
    for (const { id, state } of page.messages) found.push({ id, isReplayed: state === 'replayed' });
    cursor = page.nextCursor;
  } while (cursor !== null && found.length < max);
  const idsOf = (isReplayed: boolean) =>
    found
      .slice(0, max)
      .filter((each) => each.isReplayed === isReplayed)
      .map((each) => each.id);
  return { ids: idsOf(false), replayed: idsOf(true) };
}

/** How many match, as of now, without reading them. */
export async function countMatching(filter: string, range: string): Promise<MessagesResponse['total']> {
  return await readCount(filter, range);
}

/** Beside a list whose own count was given up after a moment: this one has longer. */
export function countQueryOptions({ filter, range }: Pick<MessagesView, 'filter' | 'range'>) {
  return queryOptions({
    queryKey: [...messagesKey, 'count', filter, range] as const,
    queryFn: ({ signal }) => readCount(filter, range, signal),
    placeholderData: keepPreviousData,
  });
}

async function readCount(filter: string, range: string, signal?: AbortSignal): Promise<MessageCountResponse> {
  const params = { filter, ...rangeBounds(range, Date.now()) };
  return await get(messageCountResponse, 'messages/count', { params, ...(signal && { signal }) });
}
