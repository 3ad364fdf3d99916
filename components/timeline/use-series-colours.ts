'use client';

import { useState } from 'react';
import { noColours, withColours, type ColourSlots } from '#components/timeline/series-colours.ts';

/** The colours of the groups that are shown. They hold as long as the page is open. */
export function useSeriesColours(
  fingerprints: readonly string[],
  /** Those that choose before the others; `null` while nobody knows them, because a colour that changes says something that is not so. */
  first: readonly string[] | null = [],
): ColourSlots {
  const [slots, setSlots] = useState<ColourSlots>(noColours);
  if (first === null) return noColours;
  const next = withColours(slots, fingerprints, first);
  if (next !== slots) setSlots(next);
  return next;
}
