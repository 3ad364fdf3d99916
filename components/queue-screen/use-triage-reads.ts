'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { facetsOfPage } from '#components/message-table/prepare-facets.ts';
import { withFresh } from '#components/message-table/prepare-rows.ts';
import { useAnswered } from '#components/queries/use-answered.ts';
import { facetsQueryOptions, type FacetField } from '#components/queries/facets.ts';
import { besideGroupsQueryOptions, colouredGroupsQueryOptions } from '#components/queries/groups.ts';
import {
  countQueryOptions,
  freshMessagesQueryOptions,
  freshRows,
  messagesQueryOptions,
  type MessagesView,
} from '#components/queries/messages.ts';
import type { MessagesResponse } from '#lib/api/messages.ts';
import { timelineQueryOptions } from '#components/queries/timeline.ts';
import { withoutField } from '#components/queue-screen/prepare-terms.ts';
import { useSearchOn } from '#components/queue-screen/use-search-on.ts';
import { pageFilter } from '#components/queue-screen/page-filter.ts';

type Total = MessagesResponse['total'];

/** A count that was given up is known all the same once the whole list is there; and "at least none" says nothing. */
function knownTotal(counted: Total, loaded: number, hasMore: boolean): Total {
  if (!counted?.capped) return counted;
  if (!hasMore) return { count: loaded, capped: false };
  return loaded === 0 && counted.count === 0 ? null : { count: Math.max(counted.count, loaded), capped: true };
}

/** What stands around the table: the newest rows that are not shown yet, the groups, the other facets, and the timeline. */
export function useTriageReads({
  queueId,
  typed,
  view,
  isValid,
}: {
  queueId: string | null;
  /** The filter as the reader has it, without the queue. */
  typed: string;
  view: MessagesView;
  isValid: boolean;
}) {
  const pages = useInfiniteQuery({ ...messagesQueryOptions(view), enabled: isValid });
  const loaded = pages.data?.pages.flatMap((page) => page.messages) ?? [];
  const fresh = useQuery({ ...freshMessagesQueryOptions(view, loaded.length), enabled: isValid && pages.isSuccess });
  // A total stands beside the filter: one of the filter before would be taken for this one's.
  const besidePage = pages.data ? (fresh.data?.total ?? pages.data.pages[0]?.total ?? null) : null;
  const counted = useQuery({
    ...countQueryOptions(view),
    enabled: isValid && besidePage?.capped === true && pages.hasNextPage,
  });
  const search = useSearchOn(JSON.stringify(view), loaded.length, pages);
  // While one group is chosen the others stay in the list, so that the reader goes from one to the next.
  const { rest, values: chosenGroups } = withoutField(typed, 'group');
  const groups = useQuery({
    ...besideGroupsQueryOptions(pageFilter(queueId, rest), view.range),
    enabled: isValid,
  });
  const coloured = useQuery(colouredGroupsQueryOptions(pageFilter(queueId, '')));
  const timeline = useQuery({ ...timelineQueryOptions(view), enabled: isValid });
  const [openedFacets, setOpenedFacets] = useState<readonly FacetField[]>(() => facetsOfPage(queueId).slice(0, 2));
  const facets = useQuery({ ...facetsQueryOptions(view, openedFacets), enabled: isValid && openedFacets.length > 0 });
  const asked = JSON.stringify(view);
  const isOfBefore = {
    groups: useAnswered(asked, groups.isPlaceholderData) !== asked,
    facets: useAnswered(asked, facets.isPlaceholderData) !== asked,
    timeline: useAnswered(asked, timeline.isPlaceholderData) !== asked,
  };
  return {
    pages,
    search,
    /** Answers to the filter, range or order before, while those to the present ones are on their way. */
    isOfBefore,
    ...withFresh(
      loaded,
      fresh.isPlaceholderData ? undefined : fresh.data?.messages,
      freshRows(loaded.length),
      !pages.hasNextPage,
      view.order,
    ),
    total: knownTotal(
      besidePage?.capped === true && counted.data && !counted.isPlaceholderData ? counted.data : besidePage,
      loaded.length,
      pages.hasNextPage,
    ),
    groups,
    chosenGroups,
    coloured,
    timeline,
    facets,
    openedFacets,
    openFacet: (field: FacetField) =>
      setOpenedFacets(
        openedFacets.includes(field) ? openedFacets.filter((each) => each !== field) : [...openedFacets, field],
      ),
  };
}
