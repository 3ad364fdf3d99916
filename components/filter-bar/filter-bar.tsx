'use client';

import clsx from 'clsx';
import { ListFilter, X } from 'lucide-react';
import { useId, useRef, useState, type ReactNode, type RefObject } from 'react';
import { FilterChips } from '#components/filter-bar/filter-chips.tsx';
import { FilterHint } from '#components/filter-bar/filter-hint.tsx';
import { filterProblem } from '#components/filter-bar/prepare-filter.ts';
import { useSuggestions } from '#components/filter-bar/use-suggestions.ts';
import { KeyHint } from '#components/ui/button.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { countOf, formatCount } from '#components/ui/numbers.ts';
import { completionAt } from '#lib/filter/complete.ts';

const settleMs = 350;

/**
 * The filter in one line. What is typed is its own until it can be read; then, a moment after the last key or at Enter, it becomes the filter.
 */
export function FilterBar({
  fieldRef,
  filter,
  total,
  values,
  within = '',
  range = 'all',
  onFilter,
  onTyped,
  onLeave,
  children,
}: {
  fieldRef: RefObject<HTMLInputElement | null>;
  filter: string;
  total: { readonly count: number; readonly capped: boolean } | null;
  /** Values that only the page knows, by field, for completion. */
  values: Readonly<Record<string, readonly string[]>>;
  /** What holds besides, in the filter language, and the range as the URL has it: completion counts within both. */
  within?: string;
  range?: string;
  onFilter: (filter: string) => void;
  /** With every change of the text: whether it cannot be read, so that what the page shows is the filter before it. */
  onTyped?: (isReadable: boolean) => void;
  onLeave: () => void;
  children: ReactNode;
}) {
  const listId = useId();
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const [typed, setTyped] = useState(filter);
  const [committed, setCommitted] = useState(filter);
  const completion = useSuggestions({ within, range, values });
  const [chosen, setChosen] = useState(-1);
  // The filter was changed from elsewhere: the list of errors, a link, the back button.
  if (filter !== committed) {
    setCommitted(filter);
    setTyped(filter);
  }
  const { suggestions, from, to, countedAmong } = completion.shown;
  const problem = filterProblem(typed);
  // What is being completed is not wrong yet.
  const shownProblem = suggestions.length > 0 ? null : problem;

  const commit = (next: string) => {
    clearTimeout(timer.current);
    if (filterProblem(next) !== null) return;
    setCommitted(next.trim());
    onFilter(next.trim());
  };
  const suggest = (text: string, caret: number | null) => {
    setChosen(-1);
    completion.show(text, caret);
  };
  const type = (text: string, caret: number | null) => {
    setTyped(text);
    onTyped?.(filterProblem(text) === null);
    suggest(text, caret);
    clearTimeout(timer.current);
    // A name that is being completed would be looked for as a word until its colon comes.
    const isName = caret !== null && completionAt(text, caret).kind === 'name';
    if (!isName) timer.current = setTimeout(() => commit(text), settleMs);
  };
  const rewrite = (text: string) => {
    setTyped(text);
    onTyped?.(filterProblem(text) === null);
    commit(text);
  };
  const take = (index: number) => {
    const suggestion = suggestions[index];
    if (!suggestion) return;
    const text = typed.slice(0, from) + suggestion.text + typed.slice(to);
    const caret = from + suggestion.text.length;
    type(text, caret);
    const field = fieldRef.current;
    field?.focus();
    // The caret can only be set once the field holds the new text.
    requestAnimationFrame(() => field?.setSelectionRange(caret, caret));
  };

  const problemLine = shownProblem && (
    <p
      id={`${listId}-problem`}
      role="alert"
      className={clsx(
        'text-xs text-failing',
        // While it is typed the table stays where it is.
        typed === filter
          ? 'basis-full py-[3px]'
          : 'absolute right-0 left-0 z-20 mt-1 rounded-md border border-failing bg-panel px-2 py-1 shadow-float',
      )}
    >
      <span aria-hidden className="font-mono text-faint">
        {shownProblem.before}
        <mark className="rounded-sm bg-failing-soft text-failing underline decoration-wavy underline-offset-2">
          {shownProblem.at === '' ? ' ' : shownProblem.at}
        </mark>
        {shownProblem.after}
      </span>{' '}
      {shownProblem.message}
    </p>
  );

  return (
    <div className="flex flex-wrap items-start gap-x-2 gap-y-1.5 border-b border-line bg-panel px-4 pt-2.5 pb-2 max-md:px-2">
      <div className="relative min-w-0 flex-1 basis-72">
        <div
          className={clsx(
            'flex h-8 items-center gap-2 rounded-md border bg-bg px-2 focus-within:outline-2 focus-within:outline-offset-1 focus-within:outline-accent',
            shownProblem ? 'border-failing' : 'border-control',
          )}
        >
          <ListFilter size={13} aria-hidden className="shrink-0 text-faint" />
          <input
            ref={fieldRef}
            value={typed}
            role="combobox"
            aria-label="Filter"
            aria-autocomplete="list"
            aria-haspopup="listbox"
            aria-expanded={suggestions.length > 0}
            aria-controls={listId}
            aria-activedescendant={chosen >= 0 ? `${listId}-${chosen}` : undefined}
            aria-invalid={shownProblem !== null}
            aria-errormessage={shownProblem ? `${listId}-problem` : undefined}
            autoComplete="off"
            spellCheck={false}
            placeholder={'error:"connection refused" -state:replayed, or any text'}
            onChange={(event) => type(event.target.value, event.target.selectionStart)}
            onFocus={(event) => suggest(typed, event.target.selectionStart)}
            onBlur={() => {
              suggest(typed, null);
              commit(typed);
            }}
            onKeyDown={(event) => {
              if (event.key === 'ArrowDown' && suggestions.length > 0) setChosen((chosen + 1) % suggestions.length);
              else if (event.key === 'ArrowUp' && suggestions.length > 0)
                setChosen((chosen <= 0 ? suggestions.length : chosen) - 1);
              else if (event.key === 'Tab' && !event.shiftKey && chosen >= 0) take(chosen);
              else if (event.key === 'Enter' && chosen >= 0) take(chosen);
              else if (event.key === 'Enter') {
                commit(typed);
                suggest(typed, null);
                if (problem === null) onLeave();
              } else if (event.key === 'Escape' && suggestions.length > 0) suggest(typed, null);
              else if (event.key === 'Escape') onLeave();
              else return;
              event.preventDefault();
              event.stopPropagation();
            }}
            className="h-full min-w-0 flex-1 bg-transparent font-mono text-xs outline-none placeholder:text-faint"
          />
          {total && !problem && (
            <span className="shrink-0 text-faint" role="status">
              {total.capped ? `at least ${formatCount(total.count)}` : formatCount(total.count)}
              <span className="max-md:hidden"> matching</span>
            </span>
          )}
          {typed === '' ? (
            <span className="text-faint">
              <KeyHint>/</KeyHint>
            </span>
          ) : (
            <button
              type="button"
              aria-label="Clear the filter"
              onClick={() => type('', null)}
              className="grid size-5 place-items-center rounded text-faint hover:text-text"
            >
              <X size={13} aria-hidden />
            </button>
          )}
        </div>
        {typed !== filter && problemLine}
        <div
          hidden={suggestions.length === 0}
          className="absolute top-9 right-0 left-0 z-30 rounded-md border border-line-strong bg-panel shadow-float"
        >
          <ul id={listId} role="listbox" aria-label="Suggestions" className="max-h-72 overflow-auto p-1">
            {suggestions.map((suggestion, index) => (
              <li
                key={suggestion.text}
                id={`${listId}-${index}`}
                role="option"
                aria-selected={index === chosen}
                ref={index === chosen ? intoView : undefined}
                // Before the field loses its focus, which would take the list away.
                onMouseDown={(event) => {
                  event.preventDefault();
                  take(index);
                }}
                onMouseMove={() => setChosen(index)}
                className={clsx(
                  'flex h-7 cursor-pointer items-center gap-3 rounded px-2',
                  index === chosen && 'bg-accent-soft',
                )}
              >
                <span className="max-w-96 shrink-0 truncate font-mono text-xs">
                  <HostileText text={suggestion.label} />
                </span>
                <span className="min-w-0 flex-1 truncate text-xs text-faint">{suggestion.detail}</span>
                {suggestion.count !== undefined && (
                  <span className="shrink-0 text-xs text-faint tabular-nums">{formatCount(suggestion.count)}</span>
                )}
              </li>
            ))}
          </ul>
          {countedAmong !== null && countedAmong > 0 && (
            <p className="border-t border-line px-3 py-1 text-xs text-faint">
              Counted among the newest {countOf(countedAmong, 'dead letter')} that the rest of the filter meets.
            </p>
          )}
        </div>
      </div>
      {children}
      {typed === filter && problemLine ? (
        problemLine
      ) : (
        <div className="flex min-w-0 basis-full gap-2">
          <FilterHint typed={typed} onRewrite={rewrite} />
          <FilterChips typed={typed} onRewrite={rewrite} onEmptied={onLeave} />
        </div>
      )}
    </div>
  );
}

function intoView(option: HTMLLIElement | null): void {
  option?.scrollIntoView({ block: 'nearest' });
}
