import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { post } from '#components/queries/api-client.ts';
import { plansKey, type PlanSelection } from '#components/queries/replays.ts';
import { replay } from '#lib/api/replays.ts';

/** What is discarded, or which discarded messages are restored. */
export type DiscardSelection =
  | ({ readonly action: 'discard' } & PlanSelection)
  | ({ readonly action: 'restore' } & PlanSelection)
  | { readonly action: 'restore'; readonly discardId: string };

/** Makes the plan: nothing moves. `round` tells plans of the same selection apart. */
export function discardPlanQueryOptions({ action, ...selection }: DiscardSelection, insist: boolean, round: number) {
  return queryOptions({
    queryKey: [...plansKey, action, selection, insist, round] as const,
    queryFn: ({ signal }) => post(replay, `${action}s`, { ...selection, options: { insist } }, { signal }),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  });
}
