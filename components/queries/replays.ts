import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { apiPath, get, post } from '#components/queries/api-client.ts';
import {
  type decisionsBody,
  decisionsResponse,
  type ItemOutcome,
  itemsResponse,
  replay,
  replaysResponse,
  type ReplayView,
} from '#lib/api/replays.ts';

export type PlanOptions = ReplayView['options'];

/** What a plan is asked for: messages, or everything that a filter met at `asOf`, less some. */
export type PlanSelection =
  | { readonly messageIds: readonly string[] }
  | {
      readonly filter: string;
      readonly from?: number;
      readonly to?: number;
      /** Now, where absent. */
      readonly asOf?: number;
      readonly excluded: readonly string[];
    };

export const replaysKey = ['replays'] as const;

/** Plans that are looked at, none of them confirmed. */
export const plansKey = ['plan'] as const;

/** As the server pages them where nothing is asked. */
export const replaysPageSize = 50;

/** Newest first, those below the number `before`; `null` is the first page. */
export function replaysQueryOptions(before: number | null = null) {
  return queryOptions({
    queryKey: [...replaysKey, 'list', before] as const,
    queryFn: ({ signal }) => get(replaysResponse, 'replays', { params: { before }, signal }),
  });
}

export function replayQueryOptions(replayId: string) {
  return queryOptions({
    queryKey: [...replaysKey, 'one', replayId] as const,
    queryFn: ({ signal }) => get(replay, `replays/${encodeURIComponent(replayId)}`, { signal }),
  });
}

/** So many items are read at a time; only those pages that are in sight are kept fresh. */
export const itemsPageSize = 200;

export function replayItemsQueryOptions(replayId: string, outcome: ItemOutcome | null, cursor: string | null) {
  return queryOptions({
    queryKey: [...replaysKey, 'items', replayId, outcome, cursor] as const,
    queryFn: ({ signal }) =>
      get(itemsResponse, `replays/${encodeURIComponent(replayId)}/items`, {
        params: { cursor, outcome, limit: String(itemsPageSize) },
        signal,
      }),
  });
}

export type Decision = z.input<typeof decisionsBody>;

/** What a person found out about items whose outcome nobody knew. */
export async function decideItems(replayId: string, decision: Decision): Promise<z.infer<typeof decisionsResponse>> {
  return await post(decisionsResponse, `replays/${encodeURIComponent(replayId)}/decisions`, decision);
}

export function itemsExportHref(replayId: string, outcome: ItemOutcome | null, format: 'ndjson' | 'csv'): string {
  return apiPath(`replays/${encodeURIComponent(replayId)}/items/export`, { format, outcome });
}

/** Makes a plan: nothing moves, so it may be asked for whenever an option changes. `round` tells plans of the same options apart. */
export function planQueryOptions(selection: PlanSelection, options: PlanOptions, round: number) {
  return queryOptions({
    queryKey: [...plansKey, selection, options, round] as const,
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
export async function readReplayMessageIds(replayId: string): Promise<readonly string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page: z.infer<typeof itemsResponse> = await get(
      itemsResponse,
      `replays/${encodeURIComponent(replayId)}/items`,
      { params: { cursor } },
    );
    ids.push(...page.items.map((item) => item.messageId));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return ids;
}
