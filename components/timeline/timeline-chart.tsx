'use client';

import clsx from 'clsx';
import { memo, useId, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { brushEnds, brushOf, marksOf, movedBrush, type Brush, type Marks } from '#components/timeline/brush.ts';
import { spanWords, timeTicks } from '#components/timeline/prepare-axis.ts';
import {
  bucketAt,
  summariseSpan,
  type Bucket,
  type PreparedTimeline,
  type SpanSummary,
} from '#components/timeline/prepare-timeline.ts';
import { colourOf, otherColour, type ColourSlots } from '#components/timeline/series-colours.ts';
import { TimelineTooltip } from '#components/timeline/timeline-tooltip.tsx';
import { countOf, formatCount } from '#components/ui/numbers.ts';
import type { TimelineResponse } from '#lib/api/timeline.ts';

/** Of the line with the times, in pixels. */
export const axisHeight = 18;

/**
 * The bars. It is a slider to those who cannot see it: the arrow keys go from bucket to bucket and each one is read out; with Shift they
 * mark a stretch, Enter shows it, Escape lets go. Drawn with attributes only: the page's policy refuses styles in HTML.
 */
export function TimelineChart({
  timeline,
  prepared,
  slots,
  zone,
  height,
  selected,
  unread,
  onBrush,
}: {
  timeline: TimelineResponse;
  prepared: PreparedTimeline;
  slots: ColourSlots;
  zone: string;
  height: number;
  selected: string | null;
  /** Instead of "none", where nobody has looked. */
  unread: string | null;
  onBrush: (from: number, to: number) => void;
}) {
  const hintId = useId();
  const [marks, setMarks] = useState<Marks | null>(null);
  const [dragging, setDragging] = useState(false);
  const [hovered, setHovered] = useState<number | null>(null);
  const { buckets } = prepared;
  // Without anything to measure there is no scale.
  const levels = timeline.count === 0 ? [] : prepared.levels;
  const length = buckets.length;
  const brush = marks && brushOf(marks, buckets);
  const setBrush = (next: Brush | null) => setMarks(next && marksOf(next, buckets));
  const ends = brush && brushEnds(brush);
  const pointed = ends ?? (hovered === null || hovered >= length ? null : { first: hovered, last: hovered });
  const summary = pointed && summariseSpan(buckets, pointed.first, pointed.last);
  const marked = ends && summary;

  const apply = (brushed: Brush) => {
    const { first, last } = brushEnds(brushed);
    const span = summariseSpan(buckets, first, last);
    setBrush(null);
    setHovered(null);
    if (span && span.to > span.from) onBrush(span.from, span.to);
  };
  const press = (event: KeyboardEvent) => {
    const by = keySteps[event.key];
    if (by !== undefined && length > 0) setBrush(movedBrush(brush, by, event.shiftKey, length));
    else if (event.key === 'Enter' && brush) apply(brush);
    else if (event.key === 'Escape' && brush) {
      setBrush(null);
      setDragging(false);
    } else return;
    // Else the page's own keys would move in the table, too.
    event.preventDefault();
  };
  const under = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    return bucketAt(buckets, (event.clientX - box.left) / Math.max(1, box.width));
  };

  return (
    <div className="grid grid-cols-[34px_minmax(0,1fr)]">
      <Levels levels={levels} height={height} />
      <div className="relative">
        <div
          role="slider"
          tabIndex={0}
          aria-label="Timeline of failures"
          aria-describedby={hintId}
          aria-valuemin={0}
          aria-valuemax={Math.max(0, length - 1)}
          aria-valuenow={brush ? brush.head : Math.max(0, length - 1)}
          aria-valuetext={marked ? spanText(marked, zone, timeline.asOf) : 'Nothing is marked'}
          onKeyDown={press}
          onBlur={() => {
            if (!dragging) setBrush(null);
          }}
          onPointerDown={(event) => {
            if (event.button !== 0 || length === 0) return;
            event.currentTarget.setPointerCapture(event.pointerId);
            const at = under(event);
            setBrush({ anchor: at, head: at });
            setDragging(true);
          }}
          onPointerMove={(event) => {
            const at = under(event);
            if (dragging && brush) setBrush({ anchor: brush.anchor, head: at });
            else setHovered(at);
          }}
          onPointerUp={() => {
            if (dragging && brush) apply(brush);
            setDragging(false);
          }}
          onPointerCancel={() => {
            setBrush(null);
            setDragging(false);
          }}
          onPointerLeave={() => setHovered(null)}
          className="cursor-crosshair touch-pan-y rounded-sm select-none"
        >
          <svg aria-hidden width="100%" height={height + axisHeight} className="block overflow-visible">
            {levels.map(({ count, y }) => (
              <line key={count} x1="0" x2="100%" y1={y + 0.5} y2={y + 0.5} className="stroke-line" />
            ))}
            {pointed && <Mark buckets={buckets} {...pointed} height={height} strong={ends !== null} />}
            <Bars buckets={buckets} slots={slots} selected={selected} />
            <line x1="0" x2="100%" y1={height + 0.5} y2={height + 0.5} className="stroke-line-strong" />
            {timeTicks(timeline.from, prepared.end, zone).map((tick) => (
              <g key={tick.at}>
                <line x1={`${tick.x}%`} x2={`${tick.x}%`} y1={height} y2={height + 4} className="stroke-line-strong" />
                <text
                  x={`${tick.x}%`}
                  y={height + 15}
                  textAnchor={tick.x < 3 ? 'start' : tick.x > 97 ? 'end' : 'middle'}
                  className="fill-faint text-[10.5px]"
                >
                  {tick.label}
                </text>
              </g>
            ))}
          </svg>
        </div>
        <span id={hintId} className="sr-only">
          Arrow keys go from bar to bar, with Shift they mark a stretch, Enter shows it, Escape lets go.
        </span>
        {timeline.count === 0 && (
          <p className="pointer-events-none absolute inset-0 grid place-items-center text-xs text-faint">
            {unread ??
              (timeline.searchedTo === null ? 'No failures in this time match the filter' : 'None found so far')}
          </p>
        )}
        {summary && pointed && (
          <TimelineTooltip
            summary={summary}
            slots={slots}
            words={spanWords(summary.from, summary.to, zone, timeline.asOf)}
            share={(pointed.first + pointed.last + 1) / 2 / length}
            hint={ends === null ? 'Press or drag to show this time' : dragging ? null : 'Enter shows this time'}
          />
        )}
      </div>
    </div>
  );
}

const far = Number.MAX_SAFE_INTEGER;
const keySteps: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  PageDown: -10,
  PageUp: 10,
  Home: -far,
  End: far,
};

function spanText(summary: SpanSummary, zone: string, now: number): string {
  const most = summary.parts
    .slice(0, 3)
    .map((part) => `${formatCount(part.count)} ${part.title}`)
    .join(', ');
  return `${spanWords(summary.from, summary.to, zone, now)}: ${countOf(summary.count, 'dead letter')}${most === '' ? '' : `, ${most}`}`;
}

function Levels({ levels, height }: { levels: PreparedTimeline['levels']; height: number }) {
  return (
    <svg aria-hidden width="34" height={height + axisHeight} className="block overflow-visible">
      {levels.map(({ count, y }) => (
        <text key={count} x="28" y={Math.max(8, y + 4)} textAnchor="end" className="fill-faint text-[10.5px]">
          {short.format(count)}
        </text>
      ))}
    </svg>
  );
}

const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

function Mark({
  buckets,
  first,
  last,
  height,
  strong,
}: {
  buckets: readonly Bucket[];
  first: number;
  last: number;
  height: number;
  strong: boolean;
}) {
  const start = buckets[first];
  const end = buckets[last];
  if (!start || !end) return null;
  return (
    <rect
      x={`${start.x}%`}
      width={`${end.x + end.width - start.x}%`}
      y="0"
      height={height}
      className={clsx(strong ? 'fill-accent-soft stroke-accent' : 'fill-hover')}
    />
  );
}

/** Redrawn only when the counts are others, not whenever the pointer moves. */
const Bars = memo(function Bars({
  buckets,
  slots,
  selected,
}: {
  buckets: readonly Bucket[];
  slots: ColourSlots;
  selected: string | null;
}) {
  return buckets.map((bucket) =>
    bucket.segments.map((segment) => (
      <rect
        key={`${bucket.from} ${segment.fingerprint}`}
        x={`${bucket.x + bucket.width * 0.1}%`}
        width={`${bucket.width * 0.8}%`}
        y={segment.y}
        // A hair of the ground between two groups, where there is room for it.
        height={segment.height > 3 ? segment.height - 1 : segment.height}
        fill="currentColor"
        opacity={selected === null || selected === segment.fingerprint ? 1 : 0.25}
        className={segment.fingerprint === null ? otherColour : colourOf(slots, segment.fingerprint)}
      />
    )),
  );
});
