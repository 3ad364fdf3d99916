import 'server-only';

import type { QueryClient } from '@tanstack/react-query';
import { rangeBounds } from '#components/filter-bar/time-ranges.ts';
import { groupTerm } from '#components/groups/prepare-groups.ts';
import {
  changedGroups,
  changedGroupsMax,
  groupQueryOptions,
  groupsMax,
  groupsQueryOptions,
  type GroupsView,
} from '#components/queries/groups.ts';
import { messageQueryOptions } from '#components/queries/messages.ts';
import { timelineBuckets, timelineGroups, timelineQueryOptions } from '#components/queries/timeline.ts';
import { groupsQuery } from '#lib/api/groups.ts';
import { timelineQuery } from '#lib/api/timeline.ts';
import { runtime } from '#server/http/runtime.ts';
import { readGroup } from '#server/queries/group.ts';
import { readGroups } from '#server/queries/groups.ts';
import { readMessage } from '#server/queries/message.ts';
import { readTimeline } from '#server/queries/timeline.ts';

/** What pages read of groups on the server, into the same places where the browser's own readings go. */

export async function readGroupTable(client: QueryClient, view: GroupsView, limit = groupsMax): Promise<void> {
  await client.prefetchQuery({
    ...groupsQueryOptions(view, limit),
    queryFn: () => {
      const { filter, range, states, sort } = view;
      return readGroups(
        runtime(),
        groupsQuery.parse({ filter, ...bounds(range), states: states.join(','), sort, limit }),
      );
    },
  });
}

/** For the sidebar, on every page. */
export async function readChangedGroups(client: QueryClient): Promise<void> {
  await readGroupTable(client, changedGroups, changedGroupsMax);
}

export async function readOneGroup(client: QueryClient, fingerprint: string, range: string): Promise<void> {
  const view = { filter: groupTerm(fingerprint), range };
  const readDetail = async () => {
    const group = await client.fetchQuery({
      ...groupQueryOptions(fingerprint),
      queryFn: () => readGroup(runtime(), fingerprint),
    });
    const newest = group.newestMessageId;
    if (newest !== null)
      await client.prefetchQuery({ ...messageQueryOptions(newest), queryFn: () => readMessage(runtime(), newest) });
  };
  await Promise.all([
    readDetail(),
    client.prefetchQuery({
      ...timelineQueryOptions(view),
      queryFn: () =>
        readTimeline(
          runtime(),
          timelineQuery.parse({
            filter: view.filter,
            ...bounds(range),
            buckets: timelineBuckets,
            groups: timelineGroups,
          }),
        ),
    }),
  ]);
}

/** As the query has them: an open side is left out. */
function bounds(range: string): { from?: number; to?: number } {
  const { from, to } = rangeBounds(range, runtime().clock.now());
  return { ...(from === null ? {} : { from }), ...(to === null ? {} : { to }) };
}
