'use client';

import clsx from 'clsx';
import { CalendarClock } from 'lucide-react';
import { useState } from 'react';
import {
  customRange,
  fieldOfInstant,
  instantOfField,
  presetRanges,
  rangeBounds,
  rangeLabel,
  shortRangeLabel,
} from '#components/filter-bar/time-ranges.ts';
import { buttonClass } from '#components/ui/button.tsx';
import { Popover, PopoverClose } from '#components/ui/popover.tsx';

export function RangePicker({ range, onRange }: { range: string; onRange: (range: string) => void }) {
  return (
    <Popover
      title="Time range"
      trigger={
        // As wide whatever it says: the filter beside it keeps its width.
        <button
          type="button"
          title={rangeLabel(range)}
          className={clsx(buttonClass(), 'h-8! w-42 justify-start! max-xl:w-36')}
        >
          <CalendarClock size={13} aria-hidden className="shrink-0" />
          <span className="truncate">{shortRangeLabel(range)}</span>
        </button>
      }
    >
      <div className="w-64 p-1.5">
        {presetRanges.map((preset) => (
          <PopoverClose
            key={preset.id}
            aria-pressed={preset.id === range}
            onClick={() => onRange(preset.id)}
            className={clsx(
              'flex h-7 w-full items-center rounded-md px-2 text-left hover:bg-hover',
              preset.id === range && 'bg-accent-soft text-accent',
            )}
          >
            {preset.label}
          </PopoverClose>
        ))}
        <CustomRange key={range} range={range} onRange={onRange} />
      </div>
    </Popover>
  );
}

function CustomRange({ range, onRange }: { range: string; onRange: (range: string) => void }) {
  const isPreset = presetRanges.some((preset) => preset.id === range);
  const bounds = isPreset ? { from: null, to: null } : rangeBounds(range, 0);
  const [from, setFrom] = useState(fieldOfInstant(bounds.from));
  const [to, setTo] = useState(fieldOfInstant(bounds.to));
  const next = { from: instantOfField(from), to: instantOfField(to) };
  const backwards = next.from !== null && next.to !== null && next.from >= next.to;
  const field = 'h-7 w-full rounded-md border border-control bg-panel px-2 text-xs';
  return (
    <div className="mt-1.5 grid gap-1.5 border-t border-line p-2">
      <p className="text-2xs font-semibold text-faint">Between, in UTC</p>
      <input
        type="datetime-local"
        aria-label="From, in UTC"
        value={from}
        onChange={(event) => setFrom(event.target.value)}
        className={field}
      />
      <input
        type="datetime-local"
        aria-label="Until, in UTC"
        value={to}
        onChange={(event) => setTo(event.target.value)}
        className={field}
      />
      {backwards && <p className="text-xs text-failing">The end must be after the beginning.</p>}
      <PopoverClose
        className={buttonClass('go')}
        onClick={() => {
          if (!backwards) onRange(next.from === null && next.to === null ? 'all' : customRange(next));
        }}
      >
        Show this range
      </PopoverClose>
    </div>
  );
}
