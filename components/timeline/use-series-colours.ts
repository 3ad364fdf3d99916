'use client';

import { useState } from 'react';
import { noColours, withColours, type ColourSlots } from '#components/timeline/series-colours.ts';

/** The colours of the groups that are shown. They hold as long as the page is open. */
export function useSeriesColours(fingerprints: readonly string[]): ColourSlots {
  const [slots, setSlots] = useState<ColourSlots>(noColours);
  const next = withColours(slots, fingerprints);
  if (next !== slots) setSlots(next);
  return next;
}
