'use client';

import clsx from 'clsx';
import type { ReactNode, RefObject } from 'react';
import { sectionsOf, type SortKey } from '#components/overview/arrange-queues.ts';
import { ConnectionLine, ConnectionLines } from '#components/overview/connection-lines.tsx';
import { QueueLine } from '#components/overview/queue-line.tsx';
import { noQueueWords } from '#components/overview/prepare-overview.ts';
import { rowLinks, useRowSteps } from '#components/shell/row-steps.ts';
import { Button } from '#components/ui/button.tsx';
import { SortButton, type SortOrder } from '#components/ui/sort-button.tsx';
import type { OverviewResponse, QueueRow } from '#lib/api/queues.ts';

/** Nothing where none is shown. */
export function focusFirstQueue(table: HTMLTableElement | null): void {
  rowLinks(table)[0]?.focus();
}

export function QueueTable({
  ref: table,
  queues,
  connections,
  now,
  sort,
  rising,
  grouped,
  filtered,
  readingId,
  onSort,
  onRead,
  onClearFilter,
}: {
  ref: RefObject<HTMLTableElement | null>;
  queues: readonly QueueRow[];
  connections: OverviewResponse['connections'];
  now: number;
  sort: SortKey;
  rising: boolean;
  /** By connection. */
  grouped: boolean;
  filtered: boolean;
  readingId: string | null;
  onSort: (key: SortKey) => void;
  onRead: (queueId: string, insist: boolean) => void;
  onClearFilter: () => void;
}) {
  useRowSteps(() => rowLinks(table.current), { arrows: true });
  const down = new Set(connections.filter(({ health }) => health.kind === 'failing').map(({ name }) => name));
  const order = (key: SortKey) => (sort === key ? (rising ? 'ascending' : 'descending') : 'none');
  return (
    <div className="overflow-x-auto rounded-lg border border-line bg-panel">
      <table ref={table} className="w-full min-w-[740px] table-fixed border-collapse" aria-label="Dead-letter queues">
        <thead>
          <tr className="h-7 border-b border-line">
            <SortHead className="w-[22%] max-xl:w-[29%]" order={order('queue')} onSort={() => onSort('queue')}>
              Queue
            </SortHead>
            <SortHead className="w-[96px]" right order={order('depth')} onSort={() => onSort('depth')}>
              Depth
            </SortHead>
            <Head className="w-[140px] max-xl:hidden">24 h</Head>
            <SortHead className="w-[58px]" right order={order('new')} onSort={() => onSort('new')}>
              New
            </SortHead>
            <SortHead className="w-[68px] max-xl:hidden" order={order('oldest')} onSort={() => onSort('oldest')}>
              Oldest
            </SortHead>
            <SortHead className="w-[82px] max-xl:hidden" order={order('expires')} onSort={() => onSort('expires')}>
              Expires
            </SortHead>
            <SortHead className="" order={order('error')} onSort={() => onSort('error')}>
              Top error
            </SortHead>
            <SortHead className="w-[150px] max-xl:w-[132px]" order={order('replay')} onSort={() => onSort('replay')}>
              Last replay
            </SortHead>
            <SortHead className="w-[118px]" order={order('reader')} onSort={() => onSort('reader')}>
              Reader
            </SortHead>
          </tr>
        </thead>
        {!grouped && <ConnectionLines connections={connections} now={now} />}
        {sectionsOf(queues, connections, grouped).map(({ connection, queues: rows }) => (
          <tbody key={connection?.name ?? ''} className="border-t border-line first-of-type:border-t-0">
            {connection && <ConnectionLine connection={connection} now={now} />}
            {rows.map((queue) => (
              <QueueLine
                key={queue.id}
                queue={queue}
                now={now}
                withConnection={!grouped}
                // Its own reason would only say that of its connection again.
                isConnectionDown={down.has(queue.connection)}
                reading={readingId === queue.id}
                onRead={onRead}
              />
            ))}
          </tbody>
        ))}
      </table>
      {queues.length === 0 && (
        <p className="px-2.5 py-8 text-center text-soft">
          {filtered ? (
            <>
              No queue’s name or top error holds this.{' '}
              <Button size="small" onClick={onClearFilter}>
                Show all
              </Button>
            </>
          ) : (
            noQueueWords(connections)
          )}
        </p>
      )}
    </div>
  );
}

function Head({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <th scope="col" className={clsx('row-title px-2.5 text-left whitespace-nowrap', className)}>
      {children}
    </th>
  );
}

function SortHead({
  children,
  className,
  right = false,
  order,
  onSort,
}: {
  children: ReactNode;
  className: string;
  right?: boolean;
  order: SortOrder;
  onSort: () => void;
}) {
  return (
    <th
      scope="col"
      aria-sort={order}
      className={clsx('row-title px-2.5 whitespace-nowrap', right ? 'text-right' : 'text-left', className)}
    >
      <SortButton order={order} onSort={onSort}>
        {children}
      </SortButton>
    </th>
  );
}
