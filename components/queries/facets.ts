import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { rangeBounds } from '#components/filter-bar/time-ranges.ts';
import { get } from '#components/queries/api-client.ts';
import type { MessagesView } from '#components/queries/messages.ts';
import { facetsResponse, type FacetsResponse } from '#lib/api/timeline.ts';

export type FacetField = FacetsResponse['facets'][number]['field'];

export const facetsKey = ['facets'] as const;

/** The most frequent values of these fields within a view. Only what is looked at is asked for: some of it has to be counted. */
export function facetsQueryOptions(
  { filter, range }: Pick<MessagesView, 'filter' | 'range'>,
  fields: readonly FacetField[],
) {
  return queryOptions({
    queryKey: [...facetsKey, { filter, range }, fields] as const,
    queryFn: ({ signal }) =>
      get(facetsResponse, 'facets', {
        params: { filter, ...rangeBounds(range, Date.now()), fields: fields.join(','), limit: 12 },
        signal,
      }),
    placeholderData: keepPreviousData,
  });
}
