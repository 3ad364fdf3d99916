import type { TimelineResponse } from '#lib/api/timeline.ts';

/** A part of a bar: how many of one group, and where it stands, in pixels from the top of the chart. */
export interface Segment {
  /** `null` for the groups that have no series of their own. */
  readonly fingerprint: string | null;
  readonly title: string;
  readonly count: number;
  readonly y: number;
  readonly height: number;
}

export interface Bucket {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Of the width, in percent. */
  readonly x: number;
  readonly width: number;
  /** The most frequent group first, which is drawn lowest. Groups without a dead letter here are left out. */
  readonly segments: readonly Segment[];
}

export interface PreparedTimeline {
  readonly buckets: readonly Bucket[];
  /** Lines across the chart with what they stand for. */
  readonly levels: readonly { readonly count: number; readonly y: number }[];
  /** Where the last bucket ends: the right edge of the chart. */
  readonly end: number;
}

/** A bar that is there at all can be seen. */
const barHeightMin = 2;

/** Decides everything that the chart draws: where each bar and each part of it stands. */
export function prepareTimeline(timeline: TimelineResponse, heightPx: number): PreparedTimeline {
  const series = [
    ...timeline.series.map(({ fingerprint, title, counts }) => ({ fingerprint, title, counts })),
    { fingerprint: null, title: otherTitle(timeline.other.groups), counts: timeline.other.counts },
  ];
  const length = Math.max(0, ...series.map(({ counts }) => counts.length));
  const totals = Array.from({ length }, (_, index) =>
    series.reduce((sum, { counts }) => sum + (counts[index] ?? 0), 0),
  );
  const top = niceTop(Math.max(1, ...totals));
  const width = 100 / Math.max(1, length);
  const buckets = totals.map((count, index): Bucket => {
    const barHeight = count === 0 ? 0 : Math.max(barHeightMin, (count / top) * heightPx);
    let below = 0;
    const segments: Segment[] = [];
    for (const { fingerprint, title, counts } of series) {
      const own = counts[index] ?? 0;
      if (own === 0) continue;
      const height = (own / count) * barHeight;
      below += height;
      segments.push({ fingerprint, title, count: own, y: heightPx - below, height });
    }
    return {
      from: Math.round(timeline.from + index * timeline.bucketMs),
      to: Math.round(timeline.from + (index + 1) * timeline.bucketMs),
      count,
      x: index * width,
      width,
      segments,
    };
  });
  return {
    buckets,
    levels: (top % 2 === 0 ? [top / 2, top] : [top]).map((count) => ({ count, y: heightPx * (1 - count / top) })),
    end: timeline.from + length * timeline.bucketMs,
  };
}

/** The bucket under a point, `share` being how far right it is, from 0 to 1. */
export function bucketAt(buckets: readonly Bucket[], share: number): number {
  return Math.max(0, Math.min(buckets.length - 1, Math.floor(share * buckets.length)));
}

/** What stands in a run of buckets, together. */
export interface SpanSummary {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Most frequent first. */
  readonly parts: readonly Pick<Segment, 'fingerprint' | 'title' | 'count'>[];
}

export function summariseSpan(buckets: readonly Bucket[], first: number, last: number): SpanSummary | null {
  const within = buckets.slice(first, last + 1);
  const start = within[0];
  const end = within.at(-1);
  if (!start || !end) return null;
  const parts = new Map<string | null, Pick<Segment, 'fingerprint' | 'title' | 'count'>>();
  for (const { fingerprint, title, count } of within.flatMap((bucket) => bucket.segments))
    parts.set(fingerprint, { fingerprint, title, count: count + (parts.get(fingerprint)?.count ?? 0) });
  return {
    from: start.from,
    to: end.to,
    count: within.reduce((sum, bucket) => sum + bucket.count, 0),
    parts: [...parts.values()].toSorted((a, b) => b.count - a.count),
  };
}

function otherTitle(groups: number): string {
  return groups === 1 ? '1 other group' : `${groups} other groups`;
}

/** A round number at or above the count, for the top of the scale. */
function niceTop(count: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(count));
  const round = [1, 2, 3, 4, 5, 6, 8, 10].find((step) => step * magnitude >= count) ?? 10;
  return round * magnitude;
}
