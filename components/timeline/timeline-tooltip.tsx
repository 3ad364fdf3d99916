import clsx from 'clsx';
import type { SpanSummary } from '#components/timeline/prepare-timeline.ts';
import { colourOf, otherColour, type ColourSlots } from '#components/timeline/series-colours.ts';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { countOf, formatCount } from '#components/ui/numbers.ts';

/** What stands where the pointer or the keys are. It appears in the browser alone, so it may be placed by a style. */
export function TimelineTooltip({
  summary,
  slots,
  words,
  share,
  hint,
}: {
  summary: SpanSummary;
  slots: ColourSlots;
  words: string;
  /** How far right it belongs, from 0 to 1. */
  share: number;
  hint: string | null;
}) {
  const percent = `${(share <= 0.5 ? share : 1 - share) * 100}%`;
  return (
    <div
      aria-hidden
      style={share <= 0.5 ? { left: percent } : { right: percent }}
      className="pointer-events-none absolute top-1 z-30 mx-3 grid w-max max-w-80 gap-1 rounded-md border border-line-strong bg-panel px-2.5 py-1.5 text-xs shadow-float"
    >
      <p className="text-2xs text-faint">{words}</p>
      <p className="font-semibold">{countOf(summary.count, 'dead letter')}</p>
      {summary.parts.length > 0 && (
        <ul className="grid gap-px">
          {summary.parts.map((part) => (
            <li key={part.fingerprint ?? ''} className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-1.5">
              <span
                className={clsx(
                  'size-2 rounded-[2px] bg-current',
                  part.fingerprint === null ? otherColour : colourOf(slots, part.fingerprint),
                )}
              />
              <span className="truncate">
                <HostileText text={part.title} charactersMax={100} />
              </span>
              <span className="pl-2 text-right font-[550]">{formatCount(part.count)}</span>
            </li>
          ))}
        </ul>
      )}
      {hint && <p className="text-2xs text-faint">{hint}</p>}
    </div>
  );
}
