/** Text colours, because everything that takes a group's colour draws in `currentColor`. Tailwind finds them here as they stand. */
export const seriesColours = [
  'text-series-1',
  'text-series-2',
  'text-series-3',
  'text-series-4',
  'text-series-5',
  'text-series-6',
  'text-series-7',
  'text-series-8',
] as const;

/** Of groups that have no series of their own. */
export const otherColour = 'text-control';

/** Colour slots by fingerprint. */
export type ColourSlots = ReadonlyMap<string, number>;

export const noColours: ColourSlots = new Map();

/**
 * A colour for each group. Its fingerprint chooses, unless another one has that colour already: `first`, the largest of the place whatever the filter,
 * choose before the others, so that they look the same under every filter, tomorrow and after the page was loaded again. A group keeps the one that it
 * has while the reader narrows and widens a filter. Groups beyond the number of colours get none. The same map comes back where it already says
 * everything.
 */
export function withColours(
  slots: ColourSlots,
  fingerprints: readonly string[],
  first: readonly string[] = [],
): ColourSlots {
  const some = withFreeSlots(slots, first.slice(0, seriesColours.length));
  return withFreeSlots(some, fingerprints.slice(0, seriesColours.length));
}

function withFreeSlots(slots: ColourSlots, shown: readonly string[]): ColourSlots {
  const missing = shown.filter((fingerprint) => !slots.has(fingerprint));
  if (missing.length === 0) return slots;
  const next = new Map(slots);
  // In an order of their own: which group is the more frequent one must not decide about colours.
  for (const fingerprint of missing.toSorted()) {
    const taken = new Set(shown.flatMap((each) => next.get(each) ?? []));
    next.set(fingerprint, freeSlot(preferredSlot(fingerprint), taken));
  }
  return next;
}

export function colourOf(slots: ColourSlots, fingerprint: string): string {
  const slot = slots.get(fingerprint);
  return (slot === undefined ? undefined : seriesColours[slot]) ?? otherColour;
}

function freeSlot(preferred: number, taken: ReadonlySet<number>): number {
  for (let step = 0; step < seriesColours.length; step += 1) {
    const slot = (preferred + step) % seriesColours.length;
    if (!taken.has(slot)) return slot;
  }
  return preferred;
}

function preferredSlot(fingerprint: string): number {
  let hash = 0;
  for (const character of fingerprint) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash % seriesColours.length;
}
