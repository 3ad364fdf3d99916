'use client';

import clsx from 'clsx';
import type { ReactNode, Ref } from 'react';
import {
  groupColumns,
  groupDomId,
  groupRowHeightPx,
  middleColumn,
  wideColumn,
} from '#components/groups/group-columns.ts';
import { GroupLine } from '#components/groups/group-line.tsx';
import { sortHeads } from '#components/groups/prepare-groups.ts';
import { twinMarks } from '#components/groups/prepare-twins.ts';
import type { GroupSort } from '#components/queries/groups.ts';
import { columnHead, GridFrame } from '#components/ui/grid-frame.tsx';
import { type RowsHandle, useVirtualRows } from '#components/ui/virtual-rows.ts';
import type { GroupRow } from '#lib/api/groups.ts';

/** The bar of actions, and the air around it. */
const actionsHeightPx = 72;

export function GroupTable({
  ref,
  rows,
  sort,
  now,
  trendTitle,
  messagesOf,
  current,
  selection,
  onSort,
  onPointing,
  onCurrent,
  onToggle,
  onToggleRange,
  onToggleAll,
  children,
}: {
  ref: Ref<RowsHandle>;
  rows: readonly GroupRow[];
  sort: GroupSort;
  now: number;
  /** Which time the trend covers. */
  trendTitle: string;
  /** The address of the dead letters that a row counts. */
  messagesOf: (row: GroupRow) => string;
  current: string | null;
  selection: ReadonlySet<string>;
  onSort: (sort: GroupSort) => void;
  /** Whether the pointer is over the rows: they keep their places then. */
  onPointing: (pointing: boolean) => void;
  onCurrent: (fingerprint: string) => void;
  onToggle: (fingerprint: string) => void;
  onToggleRange: (fingerprint: string) => void;
  onToggleAll: () => void;
  /** What stands instead of rows. */
  children?: ReactNode;
}) {
  const { scroller, virtual } = useVirtualRows({
    ref,
    count: rows.length,
    heightPx: groupRowHeightPx,
    endPx: actionsHeightPx,
  });
  const marks = twinMarks(rows);
  const coverage = selection.size === 0 ? 'off' : selection.size === rows.length ? 'on' : 'some';
  const sortHead = (key: GroupSort, className: string) => (
    <div
      role="columnheader"
      aria-sort={sort === key ? 'descending' : 'none'}
      {...(key === 'trend' ? { title: trendTitle } : {})}
      className={clsx(columnHead, className)}
    >
      <button
        type="button"
        onClick={() => onSort(key)}
        className={clsx('rounded-sm hover:text-text', sort === key && 'text-text')}
      >
        {sortHeads[key]}
      </button>
    </div>
  );
  return (
    <>
      <GridFrame
        scroller={scroller}
        label="Groups"
        rowCount={rows.length}
        activeId={current === null ? null : groupDomId(current)}
        className={rows.length > 0 ? 'min-h-0 flex-1' : 'shrink-0'}
        columns={groupColumns}
        selectAll={{ state: coverage, label: 'Select all groups', onToggle: onToggleAll }}
        isEmpty={rows.length === 0}
        heightPx={virtual.getTotalSize()}
        onPointing={onPointing}
        heads={
          <>
            <div role="columnheader" className={columnHead}>
              State
            </div>
            <div role="columnheader" className={columnHead}>
              Problem
            </div>
            {sortHead('trend', middleColumn)}
            {sortHead('count', 'text-right')}
            {sortHead('first', wideColumn)}
            {sortHead('last', '')}
            <div role="columnheader" className={clsx(columnHead, wideColumn)}>
              Owner
            </div>
          </>
        }
        rows={virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            <GroupLine
              key={row.fingerprint}
              row={row}
              index={item.index}
              top={item.start}
              now={now}
              messages={messagesOf(row)}
              mark={marks.get(row.fingerprint) ?? null}
              isCurrent={row.fingerprint === current}
              isSelected={selection.has(row.fingerprint)}
              onCurrent={() => onCurrent(row.fingerprint)}
              onToggle={() => onToggle(row.fingerprint)}
              onToggleRange={() => onToggleRange(row.fingerprint)}
            />
          );
        })}
      />
      {/* Beside the grid: only rows and cells may be in it. */}
      {rows.length === 0 && <div className="min-h-0 flex-1 overflow-auto bg-panel">{children}</div>}
    </>
  );
}
