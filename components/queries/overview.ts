import { queryOptions } from '@tanstack/react-query';
import { get, post } from '#components/queries/api-client.ts';
import { overviewResponse, syncResponse } from '#lib/api/queues.ts';

export const overviewKey = ['overview'] as const;

/** Connections and queues with what the index knows of them. */
export function overviewQueryOptions() {
  return queryOptions({
    queryKey: overviewKey,
    queryFn: ({ signal }) => get(overviewResponse, 'queues', { signal }),
  });
}

/** Asks for a read now. `insist` reads in spite of a refusal that allows it. */
export async function syncQueue(queueId: string, insist: boolean): Promise<void> {
  await post(syncResponse, `queues/${encodeURIComponent(queueId)}/sync`, { insist });
}
