'use client';

import { useEffect, useEffectEvent, useState } from 'react';

/** How many rows are looked for at a time. */
const rowsAtOnce = 100;

export interface SearchOn {
  /** Everything up to this instant was looked at, in the order of the list. */
  readonly searchedTo: number;
  readonly examined: number;
  readonly going: boolean;
}

interface Page {
  readonly incomplete: { readonly searchedTo: number; readonly examined: number } | null;
}

/**
 * A filter that cannot be quick is answered in slices, so that nobody else has to wait. This goes on by itself until there are rows enough to
 * look at, or the reader stops it; and it says how far it has looked, because until everything was looked at nobody can say "nothing".
 */
export function useSearchOn(
  view: string,
  found: number,
  pages: {
    readonly data: { readonly pages: readonly Page[] } | undefined;
    readonly hasNextPage: boolean;
    readonly isFetching: boolean;
    readonly isError: boolean;
    readonly fetchNextPage: () => Promise<unknown>;
  },
) {
  const [stoppedView, setStoppedView] = useState<string | null>(null);
  const [wanted, setWanted] = useState({ view, rows: rowsAtOnce });
  const wantedRows = wanted.view === view ? wanted.rows : rowsAtOnce;
  const incomplete = pages.data?.pages.at(-1)?.incomplete ?? null;
  const going =
    incomplete !== null && pages.hasNextPage && stoppedView !== view && found < wantedRows && !pages.isError;
  const next = useEffectEvent(() => void pages.fetchNextPage());
  const mayAsk = going && !pages.isFetching;
  useEffect(() => {
    if (mayAsk) next();
  }, [mayAsk]);

  const search: SearchOn | null = incomplete && {
    searchedTo: incomplete.searchedTo,
    examined: pages.data?.pages.reduce((sum, page) => sum + (page.incomplete?.examined ?? 0), 0) ?? 0,
    going,
  };
  return {
    search,
    stop: () => setStoppedView(view),
    goOn: () => {
      setStoppedView(null);
      setWanted({ view, rows: found + rowsAtOnce });
    },
    /** More rows are wanted, because the reader came to the end of those that are there. */
    more: () => {
      if (stoppedView === view && incomplete !== null) return;
      setWanted({ view, rows: found + rowsAtOnce });
      void pages.fetchNextPage();
    },
  };
}
