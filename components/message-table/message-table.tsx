'use client';

import { useVirtualizer } from '@tanstack/react-virtual';
import clsx from 'clsx';
import { useImperativeHandle, useRef, type ReactNode, type Ref } from 'react';
import {
  columnsClass,
  keyColumn,
  queueColumn,
  rowDomId,
  triesColumn,
  wideOnly,
  type ShownColumns,
} from '#components/message-table/columns.ts';
import { MessageLine } from '#components/message-table/message-line.tsx';
import { coverage, type Selection } from '#components/message-table/selection.ts';
import { CheckMark } from '#components/ui/checkbox.tsx';
import type { MessageRow } from '#lib/api/messages.ts';

export const rowHeightPx = 32;

export interface TableHandle {
  focus(): void;
  scrollTo(index: number): void;
}

export function MessageTable({
  ref,
  label,
  rows,
  total,
  shown,
  currentId,
  openId,
  selection,
  canLoadMore,
  onLoadMore,
  onCurrent,
  onOpen,
  onToggle,
  onToggleRange,
  onToggleAll,
  children,
}: {
  ref: Ref<TableHandle>;
  label: string;
  rows: readonly MessageRow[];
  total: number | null;
  shown: ShownColumns;
  currentId: string | null;
  openId: string | null;
  selection: Selection;
  canLoadMore: boolean;
  onLoadMore: () => void;
  onCurrent: (id: string) => void;
  onOpen: (id: string) => void;
  onToggle: (id: string) => void;
  onToggleRange: (id: string) => void;
  onToggleAll: () => void;
  /** What stands instead of rows, or after them. */
  children?: ReactNode;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeightPx,
    overscan: 12,
    initialRect: { width: 800, height: 960 },
    // The head sticks to the top and would cover a row that was scrolled to.
    scrollPaddingStart: 28,
    onChange: (instance) => {
      const lastShown = instance.range?.endIndex ?? 0;
      if (canLoadMore && rows.length > 0 && lastShown >= rows.length - 30) onLoadMore();
    },
  });
  useImperativeHandle(ref, () => ({
    focus: () => scroller.current?.focus({ preventScroll: true }),
    scrollTo: (index) => virtual.scrollToIndex(index),
  }));
  const columns = columnsClass(shown);
  const head = 'row-title truncate px-2.5';
  return (
    <div
      ref={scroller}
      role="grid"
      aria-label={label}
      aria-rowcount={total === null ? -1 : total + 1}
      aria-multiselectable
      aria-activedescendant={currentId === null ? undefined : rowDomId(currentId)}
      tabIndex={0}
      className="@container relative min-h-0 flex-1 overflow-auto bg-panel outline-offset-[-2px]"
    >
      <div
        role="row"
        aria-rowindex={1}
        className={clsx(columns, 'sticky top-0 z-10 h-7 items-center border-b border-line bg-panel')}
      >
        <div role="columnheader" className="grid place-items-center">
          <button
            type="button"
            role="checkbox"
            aria-checked={coverage(selection, rows) === 'some' ? 'mixed' : coverage(selection, rows) === 'on'}
            aria-label="Select all that are loaded"
            disabled={rows.length === 0}
            onClick={onToggleAll}
            className="grid size-6 place-items-center"
          >
            <CheckMark state={coverage(selection, rows)} />
          </button>
        </div>
        <div role="columnheader" className={head}>
          Failed
        </div>
        <div role="columnheader" className={head}>
          Error
        </div>
        {shown.withQueue && (
          <div role="columnheader" className={clsx(head, queueColumn)}>
            Queue
          </div>
        )}
        <div role="columnheader" className={clsx(head, keyColumn(shown))}>
          Key
        </div>
        <div role="columnheader" className={clsx(head, wideOnly)}>
          Event type
        </div>
        {shown.withOrigin && (
          <div role="columnheader" className={clsx(head, wideOnly)}>
            Origin
          </div>
        )}
        <div role="columnheader" className={clsx(head, 'text-right', triesColumn(shown))}>
          Tries
        </div>
        <div role="columnheader" className={head}>
          State
        </div>
      </div>
      {rows.length > 0 && (
        <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            return (
              <MessageLine
                key={row.id}
                row={row}
                index={item.index}
                top={item.start}
                columns={columns}
                shown={shown}
                isCurrent={row.id === currentId}
                isOpen={row.id === openId}
                isSelected={selection.has(row.id)}
                onCurrent={onCurrent}
                onOpen={onOpen}
                onToggle={onToggle}
                onToggleRange={onToggleRange}
              />
            );
          })}
        </div>
      )}
      {children}
    </div>
  );
}
