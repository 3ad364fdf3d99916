'use client';

import clsx from 'clsx';
import { ZoomOut } from 'lucide-react';
import { Timeline } from '#components/timeline/timeline.tsx';
import { ofBefore } from '#components/queries/use-answered.ts';
import type { ColourSlots } from '#components/timeline/series-colours.ts';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import type { TimelineResponse } from '#lib/api/timeline.ts';

const barsPx = 64;

/** The timeline above the table; a stretch that is marked becomes the range of the page. */
export function TimelineStrip({
  timeline,
  problem,
  slots,
  pointed,
  isNarrowed,
  isDimmed,
  isOfBefore,
  isIdle,
  unread,
  onRange,
  onAllTime,
}: {
  timeline: TimelineResponse | null;
  problem: unknown;
  slots: ColourSlots;
  /** The group that stands out. */
  pointed: string | null;
  isNarrowed: boolean;
  /** It is of the filter that still holds, and not of the one that is typed. */
  isDimmed: boolean;
  /** It answers the filter before; the new one is on its way. */
  isOfBefore: boolean;
  /** Nothing is counted, because the filter cannot be read. */
  isIdle: boolean;
  /** What is said where nothing is there because nobody has looked; `null` where all was read. */
  unread: string | null;
  onRange: (from: number, to: number) => void;
  onAllTime: () => void;
}) {
  return (
    <div
      aria-busy={isOfBefore}
      className={clsx(
        'shrink-0 border-b border-line bg-panel px-4 pt-1 pb-1.5 max-md:px-2',
        (isDimmed || isOfBefore) && ofBefore,
      )}
    >
      {isIdle && timeline === null ? (
        <p className="py-1 text-xs text-faint">Failures are counted again once the filter can be read.</p>
      ) : problem !== null && problem !== undefined && timeline === null ? (
        <ProblemNotice error={problem} compact />
      ) : (
        <Timeline
          timeline={timeline}
          height={barsPx}
          unread={unread}
          colours={slots}
          selected={pointed}
          onBrush={onRange}
          actions={
            isNarrowed && (
              <button
                type="button"
                onClick={onAllTime}
                className="flex h-6 items-center gap-1 rounded px-1.5 text-2xs font-[550] text-accent hover:bg-hover"
              >
                <ZoomOut size={12} aria-hidden />
                All time
              </button>
            )
          }
        />
      )}
    </div>
  );
}
