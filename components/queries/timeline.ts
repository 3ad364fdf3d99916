import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { rangeBounds } from '#components/filter-bar/time-ranges.ts';
import { get } from '#components/queries/api-client.ts';
import type { MessagesView } from '#components/queries/messages.ts';
import { timelineResponse } from '#lib/api/timeline.ts';

export const timelineKey = ['timeline'] as const;

/** As many bars as a wide screen holds; so many groups have a colour of their own. */
export const timelineBuckets = 72;
export const timelineGroups = 8;

/** Failures over time within a view, stacked by error group. */
export function timelineQueryOptions({ filter, range }: Pick<MessagesView, 'filter' | 'range'>) {
  return queryOptions({
    queryKey: [...timelineKey, { filter, range }] as const,
    queryFn: ({ signal }) =>
      get(timelineResponse, 'timeline', {
        params: { filter, ...rangeBounds(range, Date.now()), buckets: timelineBuckets, groups: timelineGroups },
        signal,
      }),
    placeholderData: keepPreviousData,
  });
}
