import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { get } from '#components/queries/api-client.ts';
import { diffResponse } from '#lib/api/diff.ts';

/** `withId: null` compares with the nearest relation. */
export function diffQueryOptions(messageId: string, withId: string | null) {
  return queryOptions({
    queryKey: ['message', messageId, 'diff', withId] as const,
    queryFn: ({ signal }) =>
      get(diffResponse, `messages/${encodeURIComponent(messageId)}/diff`, { params: { with: withId }, signal }),
    placeholderData: keepPreviousData,
  });
}
