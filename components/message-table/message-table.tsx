'use client';

import clsx from 'clsx';
import type { ReactNode, Ref } from 'react';
import {
  columnsClass,
  keyColumn,
  originColumn,
  queueColumn,
  rowDomId,
  triesColumn,
  typeColumn,
  type ShownColumns,
} from '#components/message-table/columns.ts';
import { MessageLine } from '#components/message-table/message-line.tsx';
import { coverage, type Selection } from '#components/message-table/selection.ts';
import { columnHead, GridFrame } from '#components/ui/grid-frame.tsx';
import { type RowsHandle, useVirtualRows } from '#components/ui/virtual-rows.ts';
import type { ListedMessage } from '#lib/api/messages.ts';

export const rowHeightPx = 32;

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
  ref: Ref<RowsHandle>;
  label: string;
  rows: readonly ListedMessage[];
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
  const { scroller, virtual } = useVirtualRows({
    ref,
    count: rows.length,
    heightPx: rowHeightPx,
    onLastShown: (index) => {
      if (canLoadMore && rows.length > 0 && index >= rows.length - 30) onLoadMore();
    },
  });
  const columns = columnsClass(shown);
  return (
    <GridFrame
      scroller={scroller}
      label={label}
      rowCount={total}
      activeId={currentId === null ? null : rowDomId(currentId)}
      className="min-h-0 flex-1"
      columns={columns}
      selectAll={{ state: coverage(selection, rows), label: 'Select all that are loaded', onToggle: onToggleAll }}
      isEmpty={rows.length === 0}
      heightPx={virtual.getTotalSize()}
      heads={
        <>
          <div role="columnheader" className={columnHead}>
            Failed
          </div>
          <div role="columnheader" className={columnHead}>
            Error
          </div>
          {shown.withQueue && (
            <div role="columnheader" className={clsx(columnHead, queueColumn)}>
              Queue
            </div>
          )}
          <div role="columnheader" className={clsx(columnHead, keyColumn(shown))}>
            Key
          </div>
          <div role="columnheader" className={clsx(columnHead, typeColumn)}>
            Event type
          </div>
          {shown.withOrigin && (
            <div role="columnheader" className={clsx(columnHead, originColumn(shown))}>
              Origin
            </div>
          )}
          <div role="columnheader" className={clsx(columnHead, 'text-right', triesColumn)}>
            Tries
          </div>
          <div role="columnheader" className={columnHead}>
            State
          </div>
        </>
      }
      rows={virtual.getVirtualItems().map((item) => {
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
    >
      {children}
    </GridFrame>
  );
}
