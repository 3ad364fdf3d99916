import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { get } from '#components/queries/api-client.ts';
import { rangeBounds } from '#components/filter-bar/time-ranges.ts';
import { completionsResponse } from '#lib/api/completions.ts';

/** A filter with the caret in it. */
export interface CaretAt {
  readonly filter: string;
  readonly position: number;
}

/** What could stand at the caret, with counts from the index. */
export function completionsQueryOptions({ filter, position }: CaretAt, range: string) {
  return queryOptions({
    queryKey: ['completions', filter, position, range] as const,
    queryFn: ({ signal }) =>
      get(completionsResponse, 'completions', {
        params: { filter, position, ...rangeBounds(range, Date.now()) },
        signal,
      }),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    // A list that comes late is worth less than none.
    retry: false,
  });
}
