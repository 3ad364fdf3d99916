import clsx from 'clsx';
import { colourOf, otherColour, type ColourSlots } from '#components/timeline/series-colours.ts';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { countOf } from '#components/ui/numbers.ts';
import type { TimelineResponse } from '#lib/api/timeline.ts';

/** Which colour is which group; a press on one makes it stand out. */
export function TimelineLegend({
  timeline,
  slots,
  selected,
  onSelect,
}: {
  timeline: TimelineResponse;
  slots: ColourSlots;
  selected: string | null;
  onSelect?: ((fingerprint: string) => void) | undefined;
}) {
  const entry = 'flex h-6 max-w-64 min-w-0 items-center gap-1.5 rounded px-1 text-xs';
  return (
    <ul aria-label="Error groups in the timeline" className="flex flex-wrap gap-x-2 pl-[34px]">
      {timeline.series.map(({ fingerprint, title }) => {
        const inside = (
          <>
            <Swatch colour={colourOf(slots, fingerprint)} />
            <span className="truncate">
              <HostileText text={title} charactersMax={100} />
            </span>
          </>
        );
        return (
          <li key={fingerprint} className="min-w-0">
            {onSelect ? (
              <button
                type="button"
                aria-pressed={selected === fingerprint}
                onClick={() => onSelect(fingerprint)}
                className={clsx(entry, selected === fingerprint ? 'bg-accent-soft' : 'hover:bg-hover')}
              >
                {inside}
              </button>
            ) : (
              <span className={entry}>{inside}</span>
            )}
          </li>
        );
      })}
      {timeline.other.groups > 0 && (
        <li className={clsx(entry, 'text-faint')}>
          <Swatch colour={otherColour} />
          {countOf(timeline.other.groups, 'other group')}
        </li>
      )}
    </ul>
  );
}

/** The mark of a group's colour, wherever the group is named. */
export function Swatch({ colour }: { colour: string }) {
  return <span aria-hidden className={clsx('size-2.5 shrink-0 rounded-[2px] bg-current', colour)} />;
}
