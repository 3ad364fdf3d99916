import type { Bucket } from '#components/timeline/prepare-timeline.ts';

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

/** A brush as instants. A live page is counted again while somebody marks, and a mark means a time: it stays there when the buckets move. */
export interface Marks {
  readonly anchorAt: number;
  readonly headAt: number;
}

export function marksOf({ anchor, head }: Brush, buckets: readonly Bucket[]): Marks | null {
  const [first, last] = [buckets[anchor], buckets[head]];
  return first && last ? { anchorAt: middleOf(first), headAt: middleOf(last) } : null;
}

/** The buckets that hold the marks now; `null` where the chart no longer shows that time. */
export function brushOf({ anchorAt, headAt }: Marks, buckets: readonly Bucket[]): Brush | null {
  const [anchor, head] = [indexAt(anchorAt, buckets), indexAt(headAt, buckets)];
  return anchor === null || head === null ? null : { anchor, head };
}

function middleOf({ from, to }: Bucket): number {
  return (from + to) / 2;
}

function indexAt(at: number, buckets: readonly Bucket[]): number | null {
  const index = buckets.findLastIndex((bucket) => bucket.from <= at);
  const bucket = buckets[index];
  return bucket && at <= bucket.to ? index : null;
}
