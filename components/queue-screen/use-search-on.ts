'use client';

import { useEffect, useEffectEvent, useState } from 'react';
import {
  isGoingOn,
  rowsAtOnce,
  type SearchedPage,
  searchOf,
  type SearchOn,
} from '#components/queue-screen/prepare-search.ts';

/**
 * A filter that cannot be quick is answered in slices, so that nobody else has to wait. This goes on by itself until there are rows enough to
 * look at, or the reader stops it; and it says how far it has looked, because until everything was looked at nobody can say "nothing".
 */
export function useSearchOn(
  view: string,
  found: number,
  pages: {
    readonly data: { readonly pages: readonly SearchedPage[] } | undefined;
    readonly hasNextPage: boolean;
    readonly isFetching: boolean;
    readonly isError: boolean;
    readonly fetchNextPage: () => Promise<unknown>;
  },
) {
  const [stoppedView, setStoppedView] = useState<string | null>(null);
  const [wanted, setWanted] = useState({ view, rows: rowsAtOnce });
  const wantedRows = wanted.view === view ? wanted.rows : rowsAtOnce;
  const read = pages.data?.pages ?? [];
  const isStopped = stoppedView === view;
  const going = isGoingOn(read, {
    found,
    wanted: wantedRows,
    isStopped,
    hasMore: pages.hasNextPage,
    isError: pages.isError,
  });
  const next = useEffectEvent(() => void pages.fetchNextPage());
  const mayAsk = going && !pages.isFetching;
  useEffect(() => {
    if (mayAsk) next();
  }, [mayAsk]);

  const search: SearchOn | null = searchOf(read, going);
  return {
    search,
    stop: () => setStoppedView(view),
    goOn: () => {
      setStoppedView(null);
      setWanted({ view, rows: found + rowsAtOnce });
    },
    /** More rows are wanted, because the reader came to the end of those that are there. */
    more: () => {
      if (isStopped && search !== null) return;
      setWanted({ view, rows: found + rowsAtOnce });
      void pages.fetchNextPage();
    },
  };
}
