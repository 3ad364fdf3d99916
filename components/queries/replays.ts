import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { get, post } from '#components/queries/api-client.ts';
import { itemsResponse, replay, replaysResponse, type ReplayView } from '#lib/api/replays.ts';
import type { ItemState } from '#lib/domain/replay.ts';

export type PlanOptions = ReplayView['options'];

/** What a plan is asked for: messages, or everything that a filter met at `asOf`, less some. */
export type PlanSelection =
  | { readonly messageIds: readonly string[] }
  | {
      readonly filter: string;
      readonly from?: number;
      readonly to?: number;
      readonly asOf: number;
      readonly excluded: readonly string[];
    };

export const replaysKey = ['replays'] as const;

export function replaysQueryOptions() {
  return queryOptions({
    queryKey: [...replaysKey, 'list'] as const,
    queryFn: ({ signal }) => get(replaysResponse, 'replays', { signal }),
  });
}

export function replayQueryOptions(replayId: string) {
  return queryOptions({
    queryKey: [...replaysKey, 'one', replayId] as const,
    queryFn: ({ signal }) => get(replay, `replays/${encodeURIComponent(replayId)}`, { signal }),
  });
}

export interface ItemsView {
  readonly state: ItemState | null;
  readonly returned: boolean;
}

export function replayItemsQueryOptions(replayId: string, view: ItemsView) {
  return infiniteQueryOptions({
    queryKey: [...replaysKey, 'items', replayId, view] as const,
    queryFn: ({ pageParam, signal }) =>
      get(itemsResponse, `replays/${encodeURIComponent(replayId)}/items`, {
        params: { cursor: pageParam, state: view.state, returned: view.returned ? 'true' : null },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
  });
}

/** Makes a plan: nothing moves, so it may be asked for whenever an option changes. `round` tells plans of the same options apart. */
export function planQueryOptions(selection: PlanSelection, options: PlanOptions, round: number) {
  return queryOptions({
    queryKey: ['plan', selection, options, round] as const,
    queryFn: ({ signal }) => post(replay, 'replays/plan', { ...selection, options }, { signal }),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  });
}

/**
 * Sends what the plan with this hash says; `stale_plan` when that is no longer what would happen. `confirm` is the count that was typed
 * for a dangerous plan.
 */
export async function confirmReplay(
  { id, plan }: Pick<ReplayView, 'id' | 'plan'>,
  confirm: number | null,
): Promise<ReplayView> {
  return await post(replay, 'replays', { replayId: id, hash: plan.hash, ...(confirm === null ? {} : { confirm }) });
}

/** Pauses, resumes or cancels; what was sent stays sent. */
export async function steerReplay(replayId: string, how: 'pause' | 'resume' | 'cancel'): Promise<void> {
  await post(z.unknown(), `replays/${encodeURIComponent(replayId)}/${how}`);
}

/** The messages of a replay, in its order, for planning the same selection again. */
export async function readReplayMessageIds(replayId: string, which: 'all' | 'returned'): Promise<readonly string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page: z.infer<typeof itemsResponse> = await get(
      itemsResponse,
      `replays/${encodeURIComponent(replayId)}/items`,
      {
        params: { cursor, returned: which === 'returned' ? 'true' : null },
      },
    );
    for (const item of page.items)
      ids.push(which === 'returned' && item.returned ? item.returned.messageId : item.messageId);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return ids;
}
