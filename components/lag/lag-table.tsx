'use client';

import { useQuery } from '@tanstack/react-query';
import clsx from 'clsx';
import type { ReactNode, Ref } from 'react';
import { lagColumns, lagDomId, lagRowHeightPx, notSmallColumn, wideColumn } from '#components/lag/lag-columns.ts';
import { type DeadLetters, LagLine } from '#components/lag/lag-line.tsx';
import { type LagLine as Line, type LagSort, nameOf } from '#components/lag/prepare-lag.ts';
import { type LagRange, lagTrendQueryOptions } from '#components/queries/lag.ts';
import { columnHead, GridFrame } from '#components/ui/grid-frame.tsx';
import { SortButton } from '#components/ui/sort-button.tsx';
import { type RowsHandle, useVirtualRows } from '#components/ui/virtual-rows.ts';
import { trendSeriesMax } from '#lib/api/lag.ts';

/** Trends are asked for by so many rows at once, so that a small step while scrolling asks for nothing new. */
const trendStep = 25;

export const rangeWords: Record<LagRange, string> = {
  '1h': 'The last hour',
  '24h': 'The last 24 hours',
  '7d': 'The last 7 days',
};

export function LagTable({
  ref,
  lines,
  sort,
  rising,
  range,
  told,
  deadLettersOf,
  current,
  onSort,
  onCurrent,
  children,
}: {
  ref: Ref<RowsHandle>;
  lines: readonly Line[];
  sort: LagSort;
  rising: boolean;
  range: LagRange;
  /** The connections whose rows say whose they are. */
  told: ReadonlySet<string>;
  deadLettersOf: (line: Line) => DeadLetters | undefined;
  /** The series where the reader is. */
  current: number | null;
  onSort: (sort: LagSort) => void;
  onCurrent: (series: number) => void;
  /** What stands instead of rows. */
  children?: ReactNode;
}) {
  const { scroller, virtual } = useVirtualRows({ ref, count: lines.length, heightPx: lagRowHeightPx });
  const items = virtual.getVirtualItems();
  const firstShown = Math.floor((items[0]?.index ?? 0) / trendStep) * trendStep;
  const lastShown = Math.ceil(((items.at(-1)?.index ?? 0) + 1) / trendStep) * trendStep;
  const shown = lines.slice(firstShown, Math.min(lastShown, firstShown + trendSeriesMax));
  const asked = lagTrendQueryOptions(
    shown.map(({ series }) => series),
    range,
  );
  // What only flies past is not asked for.
  const trends = useQuery({ ...asked, enabled: shown.length > 0 && !virtual.isScrolling });
  const trendOf = new Map(trends.data?.trends.map((trend) => [trend.series, trend]));
  const head = (key: LagSort, words: string, className = '') => {
    const order = sort === key ? (rising ? 'ascending' : 'descending') : 'none';
    return (
      <div role="columnheader" aria-sort={order} className={clsx(columnHead, className)}>
        <SortButton order={order} onSort={() => onSort(key)}>
          {words}
        </SortButton>
      </div>
    );
  };
  return (
    <>
      <GridFrame
        scroller={scroller}
        label="Lag"
        rowCount={lines.length}
        activeId={current === null ? null : lagDomId(current)}
        className={lines.length > 0 ? 'min-h-0 flex-1' : 'shrink-0'}
        columns={lagColumns}
        isEmpty={lines.length === 0}
        heightPx={virtual.getTotalSize()}
        heads={
          <>
            {head('name', 'Group or queue')}
            {head('topic', 'Topic')}
            <div role="columnheader" className={clsx(columnHead, wideColumn)}>
              Kind
            </div>
            {head('state', 'State', notSmallColumn)}
            {head('members', 'Members', clsx('text-right', wideColumn))}
            {head('lag', 'Behind', 'text-right')}
            {head('held', 'In flight', clsx('text-right', wideColumn))}
            {head('change', 'In 1 h', 'text-right')}
            <div role="columnheader" title={rangeWords[range]} className={clsx(columnHead, notSmallColumn)}>
              Trend
            </div>
            <div role="columnheader" className={clsx(columnHead, notSmallColumn)}>
              Dead letters
            </div>
          </>
        }
        rows={items.map((item) => {
          const line = lines[item.index];
          if (!line) return null;
          return (
            <LagLine
              key={`${line.series} ${nameOf(line)}`}
              line={line}
              index={item.index}
              top={item.start}
              trend={trendOf.get(line.series)}
              rangeWords={rangeWords[range]}
              withConnection={told.has(line.connection)}
              deadLetters={deadLettersOf(line)}
              isCurrent={line.series === current}
              onCurrent={onCurrent}
            />
          );
        })}
      />
      {/* Beside the grid: only rows and cells may be in it. */}
      {lines.length === 0 && <div className="min-h-0 flex-1 overflow-auto bg-panel">{children}</div>}
    </>
  );
}
