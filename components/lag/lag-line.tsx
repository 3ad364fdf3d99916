import clsx from 'clsx';
import Link from 'next/link';
import { memo } from 'react';
import { lagColumns, lagDomId, lagRowHeight, notSmallColumn, wideColumn } from '#components/lag/lag-columns.ts';
import {
  amountOf,
  amountWords,
  changeWords,
  kindWords,
  type LagLine as Line,
  membersOf,
  nameOf,
  stateWords,
} from '#components/lag/prepare-lag.ts';
import type { Trend } from '#components/lag/prepare-trend.ts';
import { TrendLine } from '#components/lag/trend-line.tsx';
import { lagHref, queueHref } from '#components/shell/links.ts';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { countOf, formatCount } from '#components/ui/numbers.ts';
import { Pill, toneText } from '#components/ui/pill.tsx';
import { queueId, splitQueueId } from '#lib/domain/queue.ts';

/** A dead-letter queue that a topic or queue fails into. */
export interface DeadLetters {
  readonly queueId: string;
  readonly open: number;
}

/** Nobody is expected to read them but a replay. */
const deadLettersState = { word: 'dead letters', tone: 'plain' } as const;

/** One group on one topic, or one queue. Drawn once: while ten thousand are scrolled only those that come into sight are new. */
export const LagLine = memo(function LagLine({
  line,
  index,
  top,
  trend,
  rangeWords,
  withConnection,
  deadLetters,
  isCurrent,
  onCurrent,
}: {
  line: Line;
  index: number;
  /** Pixels from the first row. */
  top: number;
  trend: Trend | undefined;
  rangeWords: string;
  /** Not where the names tell it. */
  withConnection: boolean;
  deadLetters: DeadLetters | undefined;
  isCurrent: boolean;
  onCurrent: (series: number) => void;
}) {
  const name = nameOf(line);
  const isDeadLetters = line.kind === 'queue' && deadLetters?.queueId === queueId(line.connection, line.queue);
  const state = isDeadLetters ? deadLettersState : stateWords(line);
  const amount = amountWords(line);
  const change = changeWords(line);
  const members = membersOf(line);
  const cell = 'min-w-0 truncate px-2.5';
  const link = 'rounded-sm underline-offset-2 hover:underline';
  return (
    <div
      role="row"
      id={lagDomId(line.series)}
      aria-rowindex={index + 2}
      aria-selected={isCurrent}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onCurrent(line.series)}
      className={clsx(
        lagColumns,
        lagRowHeight,
        'absolute inset-x-0 top-0 cursor-default items-center border-b border-line hover:bg-hover',
        isCurrent && 'shadow-[inset_0_1px_var(--accent),inset_0_-1px_var(--accent)]',
      )}
    >
      <div
        role="gridcell"
        className={clsx(cell, withConnection && 'flex items-baseline gap-1.5')}
        title={`${name} on ${line.connection}`}
      >
        <Link
          href={lagHref({
            connection: line.connection,
            ...(line.kind === 'group' ? { group: line.group } : { topic: line.queue }),
          })}
          prefetch={false}
          tabIndex={-1}
          className={clsx(link, withConnection && 'min-w-0 truncate')}
        >
          <HostileText text={name} charactersMax={160} />
        </Link>{' '}
        {/* The name gives way first: the connection is what tells two rows apart. */}
        {withConnection && <span className="max-w-1/2 shrink-0 truncate text-xs text-faint">{line.connection}</span>}
      </div>
      <div role="gridcell" className={clsx(cell, 'text-soft')} title={line.kind === 'group' ? line.topic : undefined}>
        {line.kind === 'group' ? (
          <Link
            href={lagHref({ connection: line.connection, topic: line.topic })}
            prefetch={false}
            tabIndex={-1}
            className={link}
          >
            <HostileText text={line.topic} charactersMax={160} />
          </Link>
        ) : (
          <None />
        )}
      </div>
      <div role="gridcell" className={clsx(cell, 'text-faint', wideColumn)}>
        {kindWords(line)}
      </div>
      <div role="gridcell" className={clsx(cell, notSmallColumn)}>
        {state === null ? (
          <None />
        ) : state.tone === 'plain' ? (
          <span className="text-soft">{state.word}</span>
        ) : (
          <Pill tone={state.tone}>{state.word}</Pill>
        )}
      </div>
      <div role="gridcell" className={clsx(cell, 'text-right', wideColumn)}>
        {members === null ? <None /> : formatCount(members)}
      </div>
      <div role="gridcell" className={clsx(cell, 'text-right')} title={amount.why ?? undefined}>
        <span
          className={clsx(
            amountOf(line) === null || amountOf(line) === 0
              ? 'text-faint'
              : isDeadLetters
                ? 'text-soft'
                : 'font-semibold',
            amount.why !== null && 'underline decoration-dotted underline-offset-2',
          )}
        >
          {amount.text}
        </span>
        {amount.why !== null && <span className="sr-only"> {amount.why}</span>}
      </div>
      <div role="gridcell" className={clsx(cell, 'text-right text-soft', wideColumn)}>
        {line.kind === 'queue' && line.held !== null ? formatCount(line.held) : <None />}
      </div>
      <div role="gridcell" className={clsx(cell, 'text-right')}>
        {change === null ? (
          <None />
        ) : (
          <span className={change.tone === 'plain' ? 'text-faint' : toneText[change.tone]}>{change.text}</span>
        )}
      </div>
      <div role="gridcell" className={clsx('px-2.5', notSmallColumn)}>
        <TrendLine trend={trend} label={rangeWords} />
      </div>
      <div role="gridcell" className={clsx(cell, notSmallColumn)}>
        {deadLetters && <DeadLettersLink {...deadLetters} isNamed={!isDeadLetters} className={link} />}
      </div>
    </div>
  );
});

/** How many are open, and in which queue: its name without the connection, which is that of the line. */
function DeadLettersLink({
  queueId: id,
  open,
  isNamed,
  className,
}: DeadLetters & {
  /** Not on the line of the queue itself. */
  isNamed: boolean;
  className: string;
}) {
  const words = `${countOf(open, 'open dead letter')} in ${id}`;
  return (
    <Link
      href={queueHref(id)}
      prefetch={false}
      tabIndex={-1}
      title={words}
      aria-label={words}
      className={clsx(className, 'flex min-w-0 items-baseline gap-1.5 text-accent')}
    >
      <span>{formatCount(open)}</span>
      <span className="min-w-0 truncate text-xs text-soft">
        {isNamed ? <HostileText text={splitQueueId(id)?.name ?? id} charactersMax={80} /> : 'open'}
      </span>
    </Link>
  );
}

function None() {
  return (
    <span className="text-faint">
      <span aria-hidden>·</span>
      <span className="sr-only">none</span>
    </span>
  );
}
