import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { changedStates } from '#components/groups/prepare-groups.ts';
import { get, patch } from '#components/queries/api-client.ts';
import { rangeBounds } from '#components/filter-bar/time-ranges.ts';
import { seriesColours } from '#components/timeline/series-colours.ts';
import {
  groupDetail,
  groupsResponse,
  type GroupChange,
  type GroupDetail,
  type GroupsResponse,
  type groupsQuery,
} from '#lib/api/groups.ts';
import { groupStates, type GroupState } from '#lib/domain/error-group.ts';

export type GroupSort = z.output<typeof groupsQuery>['sort'];

/** What a table of groups shows. */
export interface GroupsView {
  /** In the filter language. */
  readonly filter: string;
  /** As it stands in the URL: `24h`, `all`, `<from>..<to>`. */
  readonly range: string;
  readonly states: readonly GroupState[];
  readonly sort: GroupSort;
}

export const groupsKey = ['groups'] as const;

/** As many as one reading can hold: nobody triages more problems than that by hand, and the answer says how many there are in all. */
export const groupsMax = 500;

export function groupsQueryOptions({ filter, range, states, sort }: GroupsView, limit = groupsMax) {
  return queryOptions({
    queryKey: [...groupsKey, 'list', { filter, range, states, sort }, limit] as const,
    queryFn: ({ signal }) =>
      get(groupsResponse, 'groups', {
        params: { filter, ...rangeBounds(range, Date.now()), states: states.join(','), sort, limit },
        signal,
      }),
    placeholderData: keepPreviousData,
  });
}

/** So many groups are listed beside a table of messages; who needs more goes to their page. */
export const besideGroupsMax = 50;

/** The groups of a view, whatever people decided about them, so that their counts add up to those of the table. */
export function besideGroupsQueryOptions(filter: string, range: string) {
  return groupsQueryOptions({ filter, range, states: groupStates, sort: 'count' }, besideGroupsMax);
}

/** The largest groups of a place, whatever the filter: they choose their colours first. Read once, so that no colour changes while somebody looks. */
export function colouredGroupsQueryOptions(place: string) {
  return queryOptions({
    queryKey: ['coloured-groups', place] as const,
    queryFn: async ({ signal }) =>
      fingerprintsOf(await get(groupsResponse, 'groups', { params: colouredGroups(place), signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function colouredGroups(place: string) {
  return { filter: place, states: groupStates.join(','), sort: 'count', limit: seriesColours.length } as const;
}

export function fingerprintsOf({ groups }: Pick<GroupsResponse, 'groups'>): readonly string[] {
  return groups.map((group) => group.fingerprint);
}

/** The groups that changed, newest first: for the sidebar of every page and the top of the overview. */
export const changedGroups = {
  filter: '',
  range: 'all',
  states: changedStates,
  sort: 'last',
} as const satisfies GroupsView;
export const changedGroupsMax = 20;

export function changedGroupsQueryOptions() {
  return groupsQueryOptions(changedGroups, changedGroupsMax);
}

/** Those of them that are worse than new. The newest twenty may all be new, and an old one that came back would not be among them. */
const worseGroups = { ...changedGroups, states: ['escalating', 'regressed'] } as const satisfies GroupsView;

export function worseGroupsQueryOptions() {
  return groupsQueryOptions(worseGroups, changedGroupsMax);
}

export function groupQueryOptions(fingerprint: string) {
  return queryOptions({
    queryKey: [...groupsKey, 'one', fingerprint] as const,
    queryFn: ({ signal }) => readGroup(fingerprint, signal),
  });
}

/** Everything about a group as it is now. */
export async function readGroup(fingerprint: string, signal?: AbortSignal): Promise<GroupDetail> {
  return await get(groupDetail, `groups/${encodeURIComponent(fingerprint)}`, signal ? { signal } : {});
}

/** What a person decides about a group; what is absent stays. */
export async function changeGroup(fingerprint: string, change: GroupChange): Promise<void> {
  await patch(z.unknown(), `groups/${encodeURIComponent(fingerprint)}`, change);
}
