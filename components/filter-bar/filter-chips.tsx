'use client';

import clsx from 'clsx';
import { CircleSlash2, X } from 'lucide-react';
import { useState, type KeyboardEvent } from 'react';
import { type Chip, chipsOf, chipWords, withNegated, withoutChip } from '#components/filter-bar/prepare-chips.ts';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { bounded } from '#components/ui/prepare-text.ts';

const wordsMax = 120;

/**
 * The filter's conditions, each to be removed or turned round by a press. They are read from the text of the field, and a press writes that
 * text anew: it stays the one truth. The row has its place even when it is empty, and is one line however many there are, so the table
 * below never moves.
 */
export function FilterChips({
  typed,
  onRewrite,
  onEmptied,
}: {
  typed: string;
  onRewrite: (text: string) => void;
  /** The last one was removed: the focus needs another place. */
  onEmptied: () => void;
}) {
  const chips = chipsOf(typed);
  const [visited, setVisited] = useState('');
  const stops = chips.flatMap((chip, index) => [...(chip.canNegate ? [`negate ${index}`] : []), `remove ${index}`]);
  // The row is one stop of Tab, where it was left.
  const stop = stops.includes(visited) ? visited : stops[0];

  const remove = (chip: Chip, index: number, row: HTMLElement | null) => {
    // The chip after it takes its place, and the focus with it; only the last leaves nobody there.
    if (chips.length === 1) onEmptied();
    else if (index === chips.length - 1) focusStop(row, `remove ${index - 1}`);
    else focusStop(row, `remove ${index}`);
    onRewrite(withoutChip(typed, chip));
  };
  const press = (event: KeyboardEvent<HTMLElement>, chip: Chip, index: number) => {
    const row = rowOf(event.currentTarget);
    const at = stops.indexOf(stop ?? '');
    if (event.key === 'Delete' || event.key === 'Backspace') remove(chip, index, row);
    else if (event.key === 'ArrowRight') focusStop(row, stops[at + 1]);
    else if (event.key === 'ArrowLeft') focusStop(row, stops[at - 1]);
    else if (event.key === 'Home') focusStop(row, stops[0]);
    else if (event.key === 'End') focusStop(row, stops.at(-1));
    else return;
    // Else the page's own keys would move in the table, too.
    event.preventDefault();
  };
  const stopProps = (id: string, chip: Chip, index: number) => ({
    type: 'button' as const,
    'data-stop': id,
    tabIndex: id === stop ? 0 : -1,
    onFocus: () => setVisited(id),
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => press(event, chip, index),
  });

  if (chips.length === 0)
    return <p className="h-6 basis-full text-xs leading-6 text-faint">{typed.trim() === '' && 'No conditions'}</p>;
  return (
    <div
      role="toolbar"
      aria-label="Conditions of the filter"
      // A mouse has no sideways wheel.
      onWheel={(event) => event.currentTarget.scrollBy({ left: event.deltaX === 0 ? event.deltaY : 0 })}
      className="flex h-6 min-w-0 basis-full [scrollbar-width:none] gap-1.5 overflow-x-auto overflow-y-hidden [mask-image:linear-gradient(to_right,#000_calc(100%-24px),transparent)] pr-6"
    >
      {chips.map((chip, index) => {
        const words = bounded(chipWords(chip), wordsMax);
        const name = words.cut ? `${words.text}…` : words.text;
        return (
          <span
            key={index}
            role="group"
            aria-label={name}
            className="flex h-6 max-w-full min-w-0 shrink-0 items-center rounded-md border border-line-strong bg-sunk pl-2"
          >
            {chip.negated && <b className="mr-1.5 text-2xs font-semibold">not</b>}
            <span title={chip.text} className="max-w-80 truncate font-mono text-[11.5px]">
              <HostileText text={chip.text} charactersMax={wordsMax} />
            </span>
            <span className="ml-1 flex">
              {chip.canNegate && (
                <button
                  {...stopProps(`negate ${index}`, chip, index)}
                  aria-label={`Negate ${bounded(chip.text, wordsMax).text}`}
                  aria-pressed={chip.negated}
                  title={chip.negated ? 'Show what meets it' : 'Leave out what meets it'}
                  onClick={() => onRewrite(withNegated(typed, chip))}
                  className={clsx(buttonClass, chip.negated ? 'text-text' : 'text-faint hover:text-text')}
                >
                  <CircleSlash2 size={12} aria-hidden />
                </button>
              )}
              <button
                {...stopProps(`remove ${index}`, chip, index)}
                aria-label={`Remove ${name}`}
                title="Remove (Delete)"
                onClick={(event) => remove(chip, index, rowOf(event.currentTarget))}
                className={clsx(buttonClass, 'text-faint hover:text-text')}
              >
                <X size={12} aria-hidden />
              </button>
            </span>
          </span>
        );
      })}
    </div>
  );
}

// The outline stands inside: the row cuts off what is outside of it.
const buttonClass = 'grid size-6 place-items-center rounded-md hover:bg-hover focus-visible:-outline-offset-2';

function rowOf(within: HTMLElement): HTMLElement | null {
  return within.closest<HTMLElement>('[role=toolbar]');
}

function focusStop(row: HTMLElement | null, id: string | undefined): void {
  if (id !== undefined) row?.querySelector<HTMLElement>(`[data-stop="${id}"]`)?.focus();
}
