import 'server-only';

import type { QueryClient } from '@tanstack/react-query';
import { alertsQueryOptions } from '#components/queries/alerts.ts';
import { messageQueryOptions, messagesQueryOptions, type MessagesView } from '#components/queries/messages.ts';
import {
  besideGroupsMax,
  besideGroupsQueryOptions,
  colouredGroups,
  colouredGroupsQueryOptions,
  fingerprintsOf,
} from '#components/queries/groups.ts';
import { overviewQueryOptions } from '#components/queries/overview.ts';
import {
  itemsPageSize,
  replayItemsQueryOptions,
  replayQueryOptions,
  replaysQueryOptions,
} from '#components/queries/replays.ts';
import { sandboxQueryOptions } from '#components/queries/sandbox.ts';
import { timelineBuckets, timelineGroups, timelineQueryOptions } from '#components/queries/timeline.ts';
import { rangeBounds } from '#components/filter-bar/time-ranges.ts';
import { groupsQuery } from '#lib/api/groups.ts';
import { messagesQuery } from '#lib/api/messages.ts';
import { itemsQuery, itemsResponse, replaysQuery, replaysResponse } from '#lib/api/replays.ts';
import { timelineQuery } from '#lib/api/timeline.ts';
import { groupStates } from '#lib/domain/error-group.ts';
import { runtime } from '#server/http/runtime.ts';
import { readAlerts } from '#server/queries/alerts.ts';
import { readGroups } from '#server/queries/groups.ts';
import { readMessage } from '#server/queries/message.ts';
import { readMessages } from '#server/queries/messages.ts';
import { readOverview } from '#server/queries/overview.ts';
import { readReplay, readReplayItems, readReplays } from '#server/queries/replays.ts';
import { readTimeline } from '#server/queries/timeline.ts';

/** What pages read on the server, into the same places where the browser's own readings go. */

/** The sidebar, on every page. */
export async function readFrame(client: QueryClient): Promise<void> {
  await Promise.all([
    client.prefetchQuery({ ...overviewQueryOptions(), queryFn: () => readOverview(runtime()) }),
    client.prefetchQuery({
      ...replaysQueryOptions(),
      queryFn: async () => replaysResponse.parse(await readReplays(runtime(), replaysQuery.parse({}))),
    }),
    client.prefetchQuery({ ...alertsQueryOptions(), queryFn: () => readAlerts(runtime()) }),
    client.prefetchQuery({ ...sandboxQueryOptions(), queryFn: () => runtime().sandbox?.state() ?? null }),
  ]);
}

/** `groupsFilter` is what the groups beside the table are asked for: the same without the groups that are chosen. `place` is the queue alone, or all. */
export async function readTable(
  client: QueryClient,
  view: MessagesView,
  groupsFilter: string,
  place: string,
): Promise<void> {
  const bounds = rangeBounds(view.range, runtime().clock.now());
  const query = messagesQuery.parse({
    filter: view.filter,
    order: view.order,
    ...(bounds.from === null ? {} : { from: bounds.from }),
    ...(bounds.to === null ? {} : { to: bounds.to }),
  });
  await Promise.all([
    client.prefetchInfiniteQuery({
      ...messagesQueryOptions(view),
      queryFn: async () => ({ ...(await readMessages(runtime(), query)), bounds }),
    }),
    ifQuick([
      client.prefetchQuery({
        ...colouredGroupsQueryOptions(place),
        queryFn: async () => fingerprintsOf(await readGroups(runtime(), groupsQuery.parse(colouredGroups(place)))),
      }),
      client.prefetchQuery({
        ...timelineQueryOptions(view),
        queryFn: () =>
          readTimeline(runtime(), timelineQuery.parse({ ...query, buckets: timelineBuckets, groups: timelineGroups })),
      }),
      client.prefetchQuery({
        ...besideGroupsQueryOptions(groupsFilter, view.range),
        queryFn: () =>
          readGroups(
            runtime(),
            groupsQuery.parse({
              ...query,
              filter: groupsFilter,
              states: groupStates.join(','),
              sort: 'count',
              limit: besideGroupsMax,
            }),
          ),
      }),
    ]),
  ]);
}

const quickMs = 150;

/** What is counted comes along where it is quick. Else the page goes without it, and the browser asks again. */
async function ifQuick(readings: readonly Promise<void>[]): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, quickMs);
  });
  await Promise.race([Promise.all(readings), late]);
  clearTimeout(timer);
}

export async function readOneMessage(client: QueryClient, messageId: string): Promise<void> {
  await client.prefetchQuery({ ...messageQueryOptions(messageId), queryFn: () => readMessage(runtime(), messageId) });
}

export async function readOneReplay(client: QueryClient, replayId: string): Promise<void> {
  await Promise.all([
    client.prefetchQuery({ ...replayQueryOptions(replayId), queryFn: () => readReplay(runtime(), replayId) }),
    client.prefetchQuery({
      ...replayItemsQueryOptions(replayId, null, null),
      queryFn: async () => {
        const query = itemsQuery.parse({ limit: itemsPageSize });
        return itemsResponse.parse(await readReplayItems(runtime(), replayId, query));
      },
    }),
  ]);
}
