'use client';

import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { itemsPageSize, replayItemsQueryOptions } from '#components/queries/replays.ts';
import type { ItemOutcome, ReplayItemView } from '#lib/api/replays.ts';

/**
 * The items of a replay by their place in the list, of which a million may be: only the pages that are in sight are read, and kept fresh. All items lie at
 * their numbers; of some of them a page is known when the one before it was read.
 */
export function useItemPages({
  replayId,
  outcome,
  count,
  from: start,
  first,
  last,
}: {
  replayId: string;
  outcome: ItemOutcome | null;
  /** So many there are, as the account says. */
  count: number;
  /** The list begins with this place among all; 0 is the first. */
  from: number;
  /** Places that are in sight. */
  first: number;
  last: number;
}): {
  readonly rowCount: number;
  readonly at: (place: number) => ReplayItemView | undefined;
  readonly isPending: boolean;
  readonly error: Error | null;
} {
  const [cursors, setCursors] = useState<readonly (string | null)[]>([cursorBefore(start)]);
  const rowsMax = Math.min(rowsShownMax, outcome === null ? Math.max(0, count - start) : count);
  const pagesInAll = Math.max(1, Math.ceil(rowsMax / itemsPageSize));
  const known = outcome === null ? pagesInAll : Math.min(cursors.length, pagesInAll);
  const from = Math.min(Math.floor(first / itemsPageSize), known - 1);
  const to = Math.min(Math.floor(last / itemsPageSize), known - 1);
  const numbers = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const cursorOf = (page: number): string | null => {
    if (outcome !== null) return cursors[page] ?? null;
    return cursorBefore(start + page * itemsPageSize);
  };
  const pages = useQueries({
    queries: numbers.map((page) => replayItemsQueryOptions(replayId, outcome, cursorOf(page))),
  });

  if (outcome !== null) {
    for (const [index, page] of pages.entries()) {
      const next = page.data?.nextCursor ?? null;
      const place = from + index + 1;
      if (next === null || cursors[place] === next) continue;
      setCursors([...cursors.slice(0, place), next]);
      break;
    }
  }
  return {
    rowCount: outcome === null ? rowsMax : Math.min(rowsMax, known * itemsPageSize),
    at: (place) => {
      const page = Math.floor(place / itemsPageSize);
      return pages[page - from]?.data?.items[place - page * itemsPageSize];
    },
    isPending: pages.some((page) => page.isPending),
    error: pages.find((page) => page.error)?.error ?? null,
  };
}

/** Browsers draw no box higher than some millions of pixels: what is further down is reached by where the list begins. */
const rowsShownMax = 200_000;

/** What follows the item before this place. */
function cursorBefore(place: number): string | null {
  return place === 0 ? null : String(place - 1);
}
