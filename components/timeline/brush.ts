/** Buckets that are marked in the chart: from the first that was touched to where the pointer or the keys are now. */
export interface Brush {
  readonly anchor: number;
  readonly head: number;
}

/** The brush after an arrow key. Without one it starts at the newest bucket, which is the one that people ask for. */
export function movedBrush(brush: Brush | null, by: number, extend: boolean, length: number): Brush {
  if (brush === null) return { anchor: length - 1, head: length - 1 };
  const head = Math.max(0, Math.min(length - 1, brush.head + by));
  return { anchor: extend ? brush.anchor : head, head };
}

/** First and last bucket, whichever way the brush was drawn. */
export function brushEnds({ anchor, head }: Brush): { readonly first: number; readonly last: number } {
  return { first: Math.min(anchor, head), last: Math.max(anchor, head) };
}
