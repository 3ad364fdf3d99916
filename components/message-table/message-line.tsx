import clsx from 'clsx';
import { Undo2 } from 'lucide-react';
import Link from 'next/link';
import { RowExpiry } from '#components/expiry/message-expiry.tsx';
import {
  keyColumn,
  originColumn,
  queueColumn,
  rowDomId,
  triesColumn,
  typeColumn,
  type ShownColumns,
} from '#components/message-table/columns.ts';
import { errorLine, originName, stateMark, tieMarks, type TieMark } from '#components/message-table/prepare-rows.ts';
import { messageHref, replayHref } from '#components/shell/links.ts';
import { CheckMark } from '#components/ui/checkbox.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { Pill } from '#components/ui/pill.tsx';
import type { ListedMessage } from '#lib/api/messages.ts';
import { splitQueueId } from '#lib/domain/queue.ts';

export function MessageLine({
  row,
  index,
  top,
  columns,
  shown,
  isCurrent,
  isOpen,
  isSelected,
  onCurrent,
  onOpen,
  onToggle,
  onToggleRange,
}: {
  row: ListedMessage;
  index: number;
  /** Pixels from the first row. */
  top: number;
  columns: string;
  shown: ShownColumns;
  isCurrent: boolean;
  isOpen: boolean;
  isSelected: boolean;
  onCurrent: (id: string) => void;
  onOpen: (id: string) => void;
  onToggle: (id: string) => void;
  onToggleRange: (id: string) => void;
}) {
  const error = errorLine(row);
  const origin = originName(row);
  const state = stateMark(row);
  const cell = 'truncate px-2.5';
  return (
    <div
      role="row"
      id={rowDomId(row.id)}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      aria-current={isOpen ? 'true' : undefined}
      style={{ transform: `translateY(${top}px)` }}
      onMouseDown={(event) => {
        // Else shift-click would mark text across the rows.
        if (event.shiftKey) event.preventDefault();
      }}
      onClick={(event) => {
        if (event.shiftKey) return onToggleRange(row.id);
        if (event.ctrlKey || event.metaKey) return onToggle(row.id);
        onCurrent(row.id);
        onOpen(row.id);
      }}
      className={clsx(
        columns,
        'absolute inset-x-0 top-0 h-8 cursor-default items-center border-b border-line',
        isSelected ? 'bg-accent-soft' : isOpen ? 'bg-sunk' : 'hover:bg-hover',
        isCurrent && 'shadow-[inset_0_1px_var(--accent),inset_0_-1px_var(--accent)]',
      )}
    >
      <div
        role="gridcell"
        className="grid h-8 place-items-center"
        onClick={(event) => {
          event.stopPropagation();
          if (event.shiftKey) onToggleRange(row.id);
          else onToggle(row.id);
        }}
      >
        <CheckMark state={isSelected ? 'on' : 'off'} />
      </div>
      <div role="gridcell" className={clsx(cell, 'text-soft')}>
        {row.atIs === 'first-seen' && (
          <span title="When it was first seen: neither message nor broker says when it failed">≤ </span>
        )}
        <Instant at={row.at} inRow />
      </div>
      <div role="gridcell" className="flex min-w-0 items-center gap-2 px-2.5">
        <span className="min-w-0 flex-1 truncate" title={error ?? undefined}>
          {error === null ? (
            <span className="text-faint">no error text</span>
          ) : (
            <HostileText text={error} charactersMax={240} />
          )}
        </span>
        <RowExpiry row={row} always={shown.withExpiry} className="shrink-0 text-2xs" />
        {tieMarks(row).map((tie) => (
          <ReplayTie key={tie.words} tie={tie} onOpen={onOpen} />
        ))}
      </div>
      {shown.withQueue && (
        <div role="gridcell" className={clsx(cell, 'text-soft', queueColumn)} title={row.queueId}>
          <HostileText text={splitQueueId(row.queueId)?.name ?? row.queueId} charactersMax={120} />
        </div>
      )}
      <div role="gridcell" className={clsx(cell, 'font-mono text-xs', keyColumn(shown))}>
        {row.key === null ? (
          <span className="text-faint">–</span>
        ) : (
          <HostileText text={row.key === '' ? '""' : row.key} charactersMax={80} />
        )}
      </div>
      <div role="gridcell" className={clsx(cell, 'text-soft', typeColumn)}>
        {row.eventType === null ? (
          <span className="text-faint">–</span>
        ) : (
          <HostileText text={row.eventType} charactersMax={80} />
        )}
      </div>
      {shown.withOrigin && (
        <div role="gridcell" className={clsx(cell, 'text-soft', originColumn(shown))}>
          {origin === null ? <span className="text-faint">–</span> : <HostileText text={origin} charactersMax={80} />}
        </div>
      )}
      <div role="gridcell" className={clsx(cell, 'text-right', triesColumn)}>
        {row.attempts ?? '–'}
      </div>
      <div role="gridcell" className="px-2.5" title={state.meaning}>
        <Pill tone={state.tone} className="max-w-none">
          {state.word}
        </Pill>
      </div>
    </div>
  );
}

/** The way to the other message of a replay, and to the replay. Rows are one stop of the Tab key; with it one opens the message, which has the same links. */
function ReplayTie({ tie, onOpen }: { tie: TieMark; onOpen: (id: string) => void }) {
  const link = 'rounded-sm underline-offset-2 hover:underline';
  return (
    <span className="inline-flex shrink-0 items-center gap-1 text-2xs text-attention">
      <Link
        href={messageHref(tie.messageId)}
        prefetch={false}
        tabIndex={-1}
        title={tie.title}
        onClick={(event) => {
          // Else the row would open its own message.
          event.stopPropagation();
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          onOpen(tie.messageId);
        }}
        className={clsx(link, 'inline-flex h-6 items-center gap-1')}
      >
        <Undo2 size={11} aria-hidden />
        <span className="@max-[560px]:sr-only">{tie.words}</span>
      </Link>
      <Link
        href={replayHref(tie.replayNumber)}
        prefetch={false}
        tabIndex={-1}
        onClick={(event) => event.stopPropagation()}
        className={clsx(link, 'text-faint @max-[760px]:hidden')}
      >
        replay {tie.replayNumber}
      </Link>
    </span>
  );
}
