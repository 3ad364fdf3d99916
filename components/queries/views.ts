import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import { get, patch, post, remove } from '#components/queries/api-client.ts';
import { savedView, viewsResponse, type SavedViewRow, type viewBody, type viewChange } from '#lib/api/views.ts';

export const viewsKey = ['views'] as const;

/** Everybody's saved views, by name. */
export function viewsQueryOptions() {
  return queryOptions({
    queryKey: viewsKey,
    queryFn: async ({ signal }) => (await get(viewsResponse, 'views', { signal })).views,
    staleTime: 60_000,
  });
}

/** `conflict` where the name is taken. */
export async function saveView(view: z.input<typeof viewBody>): Promise<SavedViewRow> {
  return await post(savedView, 'views', view);
}

export async function changeView(viewId: string, change: z.input<typeof viewChange>): Promise<SavedViewRow> {
  return await patch(savedView, `views/${encodeURIComponent(viewId)}`, change);
}

export async function deleteView(viewId: string): Promise<void> {
  await remove(viewsResponse, `views/${encodeURIComponent(viewId)}`);
}
