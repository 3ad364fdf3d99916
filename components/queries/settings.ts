import { queryOptions } from '@tanstack/react-query';
import { get } from '#components/queries/api-client.ts';
import { settingsResponse } from '#lib/api/settings.ts';

/** What is in force, and how each connection is: looked at again by itself, because a broker that fails makes no change in the index. */
export function settingsQueryOptions() {
  return queryOptions({
    queryKey: ['settings'],
    queryFn: ({ signal }) => get(settingsResponse, 'settings', { signal }),
    refetchInterval: 5_000,
  });
}
