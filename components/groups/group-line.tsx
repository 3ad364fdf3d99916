import clsx from 'clsx';
import { GitMerge, MessageSquareText } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import {
  groupColumns,
  groupDomId,
  groupRowHeight,
  middleColumn,
  wideColumn,
} from '#components/groups/group-columns.ts';
import { GroupStatePill } from '#components/groups/group-state-pill.tsx';
import { GroupTitle } from '#components/groups/group-title.tsx';
import { ignoredWords, shownQueues } from '#components/groups/prepare-groups.ts';
import { groupHref } from '#components/shell/links.ts';
import { CheckMark } from '#components/ui/checkbox.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { countOf, formatCount } from '#components/ui/numbers.ts';
import { Sparkline } from '#components/ui/sparkline.tsx';
import type { GroupRow } from '#lib/api/groups.ts';

/** One problem: what it is and where, then how much, since when and who looks after it. */
export function GroupLine({
  row,
  index,
  top,
  now,
  messages,
  mark,
  isCurrent,
  isSelected,
  onCurrent,
  onToggle,
  onToggleRange,
}: {
  row: GroupRow;
  index: number;
  /** Pixels from the first row. */
  top: number;
  now: number;
  /** The address of what `row.count` counts. */
  messages: string;
  /** What tells it from a group of the same title; `null` where there is none. */
  mark: string | null;
  isCurrent: boolean;
  isSelected: boolean;
  onCurrent: () => void;
  onToggle: () => void;
  onToggleRange: () => void;
}) {
  const { names, more } = shownQueues(row.queues);
  const cell = 'min-w-0 px-2.5';
  return (
    <div
      role="row"
      id={groupDomId(row.fingerprint)}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      style={{ transform: `translateY(${top}px)` }}
      onMouseDown={(event) => {
        // Else shift-click would mark text across the rows.
        if (event.shiftKey) event.preventDefault();
      }}
      onClick={(event) => {
        if (event.shiftKey) onToggleRange();
        else onCurrent();
      }}
      className={clsx(
        groupColumns,
        groupRowHeight,
        'absolute inset-x-0 top-0 cursor-default items-center border-b border-line',
        isSelected ? 'bg-accent-soft' : 'hover:bg-hover',
        isCurrent && 'shadow-[inset_0_1px_var(--accent),inset_0_-1px_var(--accent)]',
      )}
    >
      <div
        role="gridcell"
        className="relative z-10 grid h-full place-items-center"
        onClick={(event) => {
          event.stopPropagation();
          if (event.shiftKey) onToggleRange();
          else onToggle();
        }}
      >
        <CheckMark state={isSelected ? 'on' : 'off'} />
      </div>
      <div role="gridcell" className={cell}>
        <GroupStatePill state={row.state} shrinks />
      </div>
      <div role="gridcell" className={cell}>
        <Link
          href={groupHref(row.fingerprint)}
          prefetch={false}
          tabIndex={-1}
          title={row.title}
          className="block truncate after:absolute after:inset-0"
          onClick={(event) => {
            // With shift the row selects instead; Ctrl and ⌘ open a tab, as everywhere.
            if (event.shiftKey) event.preventDefault();
          }}
        >
          <GroupTitle title={row.title} />
        </Link>
        <div className="flex items-center gap-2 text-[11.5px] leading-4 text-faint">
          {mark !== null && (
            <span className="truncate font-mono text-soft" title={mark}>
              <HostileText text={mark} charactersMax={200} />
            </span>
          )}
          <span className="truncate" title={row.queues.map(({ queueId }) => queueId).join('\n')}>
            <HostileText text={names.join(', ')} charactersMax={160} />
            {more > 0 && ` and ${formatCount(more)} more`}
            {names.length === 0 && 'in no queue within this filter'}
          </span>
          {row.merged > 0 && (
            <Mark words={`${countOf(row.merged, 'group')} merged into it`}>
              <GitMerge size={11} aria-hidden />
              {row.merged}
            </Mark>
          )}
          {row.notes > 0 && (
            <Mark words={countOf(row.notes, 'note')}>
              <MessageSquareText size={11} aria-hidden />
              {row.notes}
            </Mark>
          )}
          {row.state === 'ignored' && <span className="shrink-0">{ignoredWords(row.ignoredUntil, now)}</span>}
          {row.owner !== null && (
            <span className="min-w-0 shrink-[3] truncate xl:hidden">
              · <HostileText text={row.owner} charactersMax={60} />
            </span>
          )}
        </div>
      </div>
      <div role="gridcell" className={clsx(cell, middleColumn)}>
        <Sparkline counts={row.trend} label={`Dead letters over time: ${row.trend.join(', ')}`} />
      </div>
      <div role="gridcell" className={clsx(cell, 'text-right whitespace-nowrap')}>
        <Link
          href={messages}
          prefetch={false}
          tabIndex={-1}
          title="Show these messages"
          aria-label={`${countOf(row.count, 'dead letter')}: show them`}
          onClick={(event) => event.stopPropagation()}
          className="relative z-10 rounded-sm font-semibold underline-offset-2 hover:underline"
        >
          {formatCount(row.count)}
        </Link>
        <div className="text-[11.5px] leading-4 text-faint">{formatCount(row.open)} open</div>
      </div>
      <div role="gridcell" className={clsx(cell, 'text-soft', wideColumn)}>
        <Instant at={row.firstAt} inRow className="relative z-10" />
      </div>
      <div role="gridcell" className={clsx(cell, 'text-soft')}>
        <Instant at={row.lastAt} inRow className="relative z-10" />
      </div>
      <div role="gridcell" className={clsx(cell, 'truncate', wideColumn)}>
        {row.owner === null ? (
          <span className="text-faint">nobody</span>
        ) : (
          <HostileText text={row.owner} charactersMax={60} />
        )}
      </div>
    </div>
  );
}

function Mark({ words, children }: { words: string; children: ReactNode }) {
  return (
    <span title={words} className="inline-flex shrink-0 items-center gap-0.5">
      {children}
      <span className="sr-only"> {words}</span>
    </span>
  );
}
