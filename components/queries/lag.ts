import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { get } from '#components/queries/api-client.ts';
import { lagResponse, lagTrendResponse } from '#lib/api/lag.ts';

export const lagRanges = ['1h', '24h', '7d'] as const;
export type LagRange = (typeof lagRanges)[number];

const rangeMs: Record<LagRange, number> = { '1h': 3_600_000, '24h': 86_400_000, '7d': 7 * 86_400_000 };

/** As often as something new can be there: connections are asked every 30 s. */
const readEveryMs = 15_000;

/** Everything that was last read, or the groups on one topic and the queue of that name. */
export function lagQueryOptions(narrow: { readonly connection?: string; readonly topic?: string } = {}) {
  return queryOptions({
    queryKey: ['lag', narrow] as const,
    queryFn: ({ signal }) => get(lagResponse, 'lag', { params: narrow, signal }),
    refetchInterval: readEveryMs,
  });
}

/** How these series came to where they are. What is drawn stays while others are asked for. */
export function lagTrendQueryOptions(series: readonly number[], range: LagRange) {
  return queryOptions({
    queryKey: ['lag', 'trend', range, series] as const,
    queryFn: ({ signal }) =>
      get(lagTrendResponse, 'lag/trend', {
        params: { series: series.join(','), from: Date.now() - rangeMs[range], parts: 60 },
        signal,
      }),
    refetchInterval: readEveryMs * 2,
    placeholderData: keepPreviousData,
  });
}
