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
import { SelectAll } from '#components/ui/checkbox.tsx';
import { FocusFrame } from '#components/ui/focus-frame.tsx';
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
  const head = 'row-title truncate px-2.5';
  return (
    <FocusFrame className="min-h-0 flex-1">
      <div
        ref={scroller}
        role="grid"
        aria-label={label}
        aria-rowcount={total === null ? -1 : total + 1}
        aria-multiselectable
        aria-activedescendant={currentId === null ? undefined : rowDomId(currentId)}
        tabIndex={0}
        className="@container peer relative min-h-0 flex-1 overflow-auto bg-panel outline-none"
      >
        <div
          role="row"
          aria-rowindex={1}
          className={clsx(columns, 'sticky top-0 z-10 h-7 items-center border-b border-line bg-panel')}
        >
          <div role="columnheader" className="grid place-items-center">
            <SelectAll
              state={coverage(selection, rows)}
              label="Select all that are loaded"
              disabled={rows.length === 0}
              onToggle={onToggleAll}
            />
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
          <div role="columnheader" className={clsx(head, typeColumn)}>
            Event type
          </div>
          {shown.withOrigin && (
            <div role="columnheader" className={clsx(head, originColumn(shown))}>
              Origin
            </div>
          )}
          <div role="columnheader" className={clsx(head, 'text-right', triesColumn)}>
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
    </FocusFrame>
  );
}
