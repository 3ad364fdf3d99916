import { queryOptions } from '@tanstack/react-query';
import { get } from '#components/queries/api-client.ts';
import { risksResponse } from '#lib/api/risks.ts';

const pollMs = 30_000;
/** Until the first look at everything. */
const pollFirstMs = 3_000;

/** What was found risky at the last look, by connection. */
export function risksQueryOptions() {
  return queryOptions({
    queryKey: ['risks'] as const,
    queryFn: ({ signal }) => get(risksResponse, 'risks', { signal }),
    refetchInterval: ({ state: { data } }) =>
      data?.connections.some(({ at, failing }) => at === null && failing === null) === true ? pollFirstMs : pollMs,
  });
}
