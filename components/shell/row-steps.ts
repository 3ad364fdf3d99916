'use client';

import { useHotkeys } from '#components/shell/hotkeys.ts';

/**
 * j and k move the focus itself from row to row of a list whose rows are links, so Enter opens one as it opens any link. With `arrows` the arrow keys do so,
 * too: not where there is more to scroll to than rows.
 */
export function useRowSteps(rows: () => readonly HTMLElement[], { arrows = false } = {}): void {
  const step = (by: 1 | -1) => {
    const links = rows();
    const at = links.findIndex((link) => link === document.activeElement);
    links[rowAfter(at, links.length, by)]?.focus();
  };
  useHotkeys({
    j: () => step(1),
    k: () => step(-1),
    ...(arrows && { ArrowDown: () => step(1), ArrowUp: () => step(-1) }),
  });
}

/** Where a step leads from the row at `index`; from none, -1, to the first or with a step back to the last. */
export function rowAfter(index: number, count: number, by: 1 | -1): number {
  if (index < 0) return by > 0 ? 0 : count - 1;
  return Math.max(0, Math.min(count - 1, index + by));
}

/** The links that a list marks with `data-row`, one a row. */
export function rowLinks(list: HTMLElement | null): readonly HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>('a[data-row]') ?? [])];
}
