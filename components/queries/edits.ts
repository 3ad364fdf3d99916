import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { post } from '#components/queries/api-client.ts';
import type { PlanSelection } from '#components/queries/replays.ts';
import { editPreview, editPreviews } from '#lib/api/edits.ts';
import type { MessageEdit } from '#lib/domain/message-edit.ts';

/** What an edit would make of one message; without one, the message as an editor needs it. `replay` is for looking at a replay's edit. */
export function editPreviewQueryOptions(messageId: string, edit: MessageEdit | null, replay: string | null = null) {
  return queryOptions({
    queryKey: ['edits', 'one', messageId, replay, edit] as const,
    queryFn: ({ signal }) =>
      post(
        editPreview,
        'edits/preview',
        { messageId, ...(replay === null ? { edit } : { replayId: replay }) },
        { signal },
      ),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    retry: false,
    refetchOnWindowFocus: false,
  });
}

/** What the edit of a plan makes of some of its messages. */
export function plannedPreviewsQueryOptions(replayId: string, messageIds: readonly string[]) {
  return queryOptions({
    queryKey: ['edits', 'planned', replayId, messageIds] as const,
    queryFn: ({ signal }) => post(editPreviews, 'edits/preview', { messageIds, replayId }, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    refetchOnWindowFocus: false,
  });
}

/** The first messages of a selection as they are, for whoever writes a patch for all of them. */
export function samplesQueryOptions(selection: PlanSelection) {
  return queryOptions({
    queryKey: ['edits', 'samples', selection] as const,
    queryFn: ({ signal }) => post(editPreviews, 'edits/preview', { ...selection, limit: samplesMax }, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    refetchOnWindowFocus: false,
  });
}

const samplesMax = 5;

/** The same of many, page by page. */
export function editPreviewsQueryOptions(selection: PlanSelection, edit: MessageEdit | null) {
  return infiniteQueryOptions({
    queryKey: ['edits', 'many', selection, edit] as const,
    queryFn: ({ pageParam, signal }) =>
      post(
        editPreviews,
        'edits/preview',
        { ...selection, edit, ...(pageParam !== null && { cursor: pageParam }) },
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    refetchOnWindowFocus: false,
  });
}
