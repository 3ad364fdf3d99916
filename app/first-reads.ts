import 'server-only';

import type { QueryClient } from '@tanstack/react-query';
import {
  errorsQueryOptions,
  messageQueryOptions,
  messagesQueryOptions,
  type MessagesView,
} from '#components/queries/messages.ts';
import { overviewQueryOptions } from '#components/queries/overview.ts';
import { replayItemsQueryOptions, replayQueryOptions, replaysQueryOptions } from '#components/queries/replays.ts';
import { sandboxQueryOptions } from '#components/queries/sandbox.ts';
import { rangeBounds } from '#components/filter-bar/time-ranges.ts';
import { messagesQuery } from '#lib/api/messages.ts';
import { itemsQuery, itemsResponse, replaysQuery, replaysResponse } from '#lib/api/replays.ts';
import { runtime } from '#server/http/runtime.ts';
import { readMessage } from '#server/queries/message.ts';
import { readErrors, readMessages } from '#server/queries/messages.ts';
import { readOverview } from '#server/queries/overview.ts';
import { readReplay, readReplayItems, readReplays } from '#server/queries/replays.ts';

/** What pages read on the server, into the same places where the browser's own readings go. */

/** The sidebar, on every page. */
export async function readFrame(client: QueryClient): Promise<void> {
  await Promise.all([
    client.prefetchQuery({ ...overviewQueryOptions(), queryFn: () => readOverview(runtime()) }),
    client.prefetchQuery({
      ...replaysQueryOptions(),
      queryFn: async () => replaysResponse.parse(await readReplays(runtime(), replaysQuery.parse({}))),
    }),
    client.prefetchQuery({ ...sandboxQueryOptions(), queryFn: () => runtime().sandbox?.state() ?? null }),
  ]);
}

export async function readTable(client: QueryClient, view: MessagesView): Promise<void> {
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
    client.prefetchQuery({ ...errorsQueryOptions(view), queryFn: () => readErrors(runtime(), query) }),
  ]);
}

export async function readOneMessage(client: QueryClient, messageId: string): Promise<void> {
  await client.prefetchQuery({ ...messageQueryOptions(messageId), queryFn: () => readMessage(runtime(), messageId) });
}

export async function readOneReplay(client: QueryClient, replayId: string): Promise<void> {
  const all = { state: null, returned: false };
  await Promise.all([
    client.prefetchQuery({ ...replayQueryOptions(replayId), queryFn: () => readReplay(runtime(), replayId) }),
    client.prefetchInfiniteQuery({
      ...replayItemsQueryOptions(replayId, all),
      queryFn: async () => itemsResponse.parse(await readReplayItems(runtime(), replayId, itemsQuery.parse({}))),
    }),
  ]);
}
