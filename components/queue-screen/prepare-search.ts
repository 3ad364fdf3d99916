/** How many rows are looked for at a time. */
export const rowsAtOnce = 100;

export interface SearchOn {
  /** Everything up to this instant was looked at, in the order of the list. */
  readonly searchedTo: number;
  readonly examined: number;
  readonly going: boolean;
}

export interface SearchedPage {
  readonly incomplete: { readonly searchedTo: number; readonly examined: number } | null;
}

/** Whether a search that was answered in part asks for more by itself: until there are rows enough, all was looked at, or somebody stopped it. */
export function isGoingOn(
  pages: readonly SearchedPage[],
  {
    found,
    wanted,
    isStopped,
    hasMore,
    isError,
  }: {
    readonly found: number;
    readonly wanted: number;
    readonly isStopped: boolean;
    readonly hasMore: boolean;
    readonly isError: boolean;
  },
): boolean {
  const isPartial = (pages.at(-1)?.incomplete ?? null) !== null;
  return isPartial && hasMore && !isStopped && found < wanted && !isError;
}

/** How far it has looked; `null` where the last answer was whole. */
export function searchOf(pages: readonly SearchedPage[], going: boolean): SearchOn | null {
  const last = pages.at(-1)?.incomplete ?? null;
  const examined = pages.reduce((sum, page) => sum + (page.incomplete?.examined ?? 0), 0);
  return last && { searchedTo: last.searchedTo, examined, going };
}
