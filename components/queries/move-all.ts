import { queryOptions } from '@tanstack/react-query';
import { get, post } from '#components/queries/api-client.ts';
import { moveAllView, type MoveAllView } from '#lib/api/move-all.ts';

const pollMs = 2_000;
/** While nothing moves, as far as is known: somebody else may begin, or the command line. */
const idlePollMs = 30_000;

/** What the broker itself could do with all of a queue, and what its newest move did. Asked of the broker: often only while something moves. */
export function moveAllQueryOptions(queueId: string) {
  return queryOptions({
    queryKey: ['move-all', queueId] as const,
    queryFn: ({ signal }) => get(moveAllView, moveAllPath(queueId), { signal }),
    staleTime: 30_000,
    retry: false,
    refetchOnWindowFocus: false,
    refetchInterval: ({ state: { data } }) => {
      if (data === undefined || !data.facts.available) return false;
      return isUnderWay(data) ? pollMs : idlePollMs;
    },
  });
}

export function isUnderWay({ progress }: Pick<MoveAllView, 'progress'>): boolean {
  return progress !== null && (progress.canCancel || progress.state === 'cancelling');
}

/** `confirm`: the queue's name, as it was typed. */
export async function startMoveAll(
  queueId: string,
  body: { readonly ratePerSecond: number | null; readonly to: string | null; readonly confirm: string },
): Promise<MoveAllView> {
  return await post(moveAllView, moveAllPath(queueId), body);
}

export async function cancelMoveAll(queueId: string): Promise<MoveAllView> {
  return await post(moveAllView, `${moveAllPath(queueId)}/cancel`);
}

function moveAllPath(queueId: string): string {
  return `queues/${encodeURIComponent(queueId)}/move-all`;
}
