'use client';

import { ChartColumnStacked, Table2 } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { olderWords } from '#components/groups/known-back-to.tsx';
import { instantWords, spanWords } from '#components/timeline/prepare-axis.ts';
import { prepareTimeline } from '#components/timeline/prepare-timeline.ts';
import type { ColourSlots } from '#components/timeline/series-colours.ts';
import { axisHeight, TimelineChart } from '#components/timeline/timeline-chart.tsx';
import { TimelineLegend } from '#components/timeline/timeline-legend.tsx';
import { TimelineTable } from '#components/timeline/timeline-table.tsx';
import { useSeriesColours } from '#components/timeline/use-series-colours.ts';
import { useTimeZone } from '#components/timeline/use-time-zone.ts';
import { countOf } from '#components/ui/numbers.ts';
import { Skeleton } from '#components/ui/skeleton.tsx';
import type { TimelineResponse } from '#lib/api/timeline.ts';

/**
 * Failures over time, stacked by error group; a stretch of it can be marked with the pointer or the keys. It keeps its height whatever it
 * shows, and can be read as a table.
 */
export function Timeline({
  timeline,
  height,
  selected = null,
  colours,
  legend = false,
  unread = null,
  actions,
  onBrush,
  onSelect,
}: {
  /** `null` while it is read. */
  timeline: TimelineResponse | null;
  /** Of the bars, in pixels; title and time axis come on top. */
  height: number;
  /** The fingerprint of the group that stands out. */
  selected?: string | null | undefined;
  /** Where something else on the page shows the same groups; without it the chart chooses. */
  colours?: ColourSlots | undefined;
  legend?: boolean;
  /** What is said where nothing is there because nobody has looked. */
  unread?: string | null;
  /** At the right of the title. */
  actions?: ReactNode;
  /** From one instant to before the other. */
  onBrush: (from: number, to: number) => void;
  onSelect?: ((fingerprint: string) => void) | undefined;
}) {
  const zone = useTimeZone();
  const [asTable, setAsTable] = useState(false);
  const own = useSeriesColours(timeline?.series.map((series) => series.fingerprint) ?? []);
  const slots = colours ?? own;
  const prepared = timeline && prepareTimeline(timeline, height);
  return (
    <section aria-label="Failures over time" className="min-w-0">
      <div className="flex h-6 items-center gap-2 text-2xs text-faint">
        <h2 className="font-semibold">Failures</h2>
        <span className="min-w-0 truncate">
          {timeline ? spanWords(timeline.from, timeline.to, zone, timeline.asOf) : <Skeleton className="h-2.5 w-52" />}
        </span>
        {timeline && timeline.outside > 0 && (
          <span className="truncate text-attention" title="Their clocks say a time far from all others.">
            {countOf(timeline.outside, 'dead letter')} outside this span
          </span>
        )}
        {timeline && timeline.searchedTo !== null && (
          <span
            className="truncate text-attention"
            title="This filter takes long: older dead letters were not looked at."
          >
            counted back to {instantWords(timeline.searchedTo, zone)}
          </span>
        )}
        {timeline && (timeline.knownBackTo !== null || timeline.reading.length > 0) && (
          <span className="truncate text-motion" title={timeline.reading.join('\n')}>
            {timeline.knownBackTo === null
              ? `${countOf(timeline.reading.length, 'queue')} still being read: counts rise`
              : `known back to ${instantWords(timeline.knownBackTo, zone)}; ${olderWords(timeline.reading)}`}
          </span>
        )}
        <span className="ml-auto flex shrink-0 items-center gap-1">
          {actions}
          <button
            type="button"
            aria-pressed={asTable}
            aria-label="Show the timeline as a table"
            title={asTable ? 'Show it as a chart' : 'Show it as a table'}
            disabled={!timeline}
            onClick={() => setAsTable(!asTable)}
            className="grid size-6 place-items-center rounded text-faint hover:bg-hover hover:text-text"
          >
            {asTable ? <ChartColumnStacked size={13} aria-hidden /> : <Table2 size={13} aria-hidden />}
          </button>
        </span>
      </div>
      {prepared === null || timeline === null ? (
        <TimelineSkeleton height={height} />
      ) : asTable ? (
        <TimelineTable timeline={timeline} prepared={prepared} zone={zone} height={height} onBrush={onBrush} />
      ) : (
        <TimelineChart
          timeline={timeline}
          prepared={prepared}
          slots={slots}
          zone={zone}
          height={height}
          selected={selected}
          unread={unread}
          onBrush={onBrush}
        />
      )}
      {legend && timeline && (
        <TimelineLegend timeline={timeline} slots={slots} selected={selected} onSelect={onSelect} />
      )}
    </section>
  );
}

const skeletonHeights = [3, 5, 4, 7, 9, 6, 4, 3, 5, 8, 6, 4, 3, 2, 4, 6, 5, 3, 4, 6, 8, 5, 4, 3] as const;

function TimelineSkeleton({ height }: { height: number }) {
  return (
    <div role="status" aria-label="Counting failures over time">
      <svg aria-hidden width="100%" height={height + axisHeight} className="block animate-breathe text-line">
        {skeletonHeights.map((share, index) => {
          const tall = (share / 12) * height;
          const step = 100 / skeletonHeights.length;
          return (
            <rect
              key={index}
              x={`${index * step + step * 0.1}%`}
              width={`${step * 0.8}%`}
              y={height - tall}
              height={tall}
              fill="currentColor"
            />
          );
        })}
      </svg>
    </div>
  );
}
