import clsx from 'clsx';
import { ArrowDown, ArrowUp } from 'lucide-react';
import type { ReactNode } from 'react';
import { ConnectionLines } from '#components/overview/connection-lines.tsx';
import type { SortKey } from '#components/overview/prepare-overview.ts';
import { QueueLine } from '#components/overview/queue-line.tsx';
import { Button } from '#components/ui/button.tsx';
import type { OverviewResponse, QueueRow } from '#lib/api/queues.ts';

export function QueueTable({
  queues,
  connections,
  now,
  sort,
  rising,
  filtered,
  readingId,
  onSort,
  onRead,
  onClearFilter,
}: {
  queues: readonly QueueRow[];
  connections: OverviewResponse['connections'];
  now: number;
  sort: SortKey;
  rising: boolean;
  filtered: boolean;
  readingId: string | null;
  onSort: (key: SortKey) => void;
  onRead: (queueId: string, insist: boolean) => void;
  onClearFilter: () => void;
}) {
  const order = (key: SortKey) => (sort === key ? (rising ? 'ascending' : 'descending') : 'none');
  return (
    <div className="overflow-x-auto rounded-lg border border-line bg-panel">
      <table className="w-full min-w-[740px] table-fixed border-collapse" aria-label="Dead-letter queues">
        <thead>
          <tr className="h-7 border-b border-line">
            <SortHead className="w-[25%]" order={order('queue')} onSort={() => onSort('queue')}>
              Queue
            </SortHead>
            <SortHead className="w-[92px]" right order={order('depth')} onSort={() => onSort('depth')}>
              Depth
            </SortHead>
            <Head className="w-[140px] max-xl:hidden">24 h</Head>
            <SortHead className="w-[58px]" right order={order('new')} onSort={() => onSort('new')}>
              New
            </SortHead>
            <SortHead className="w-[68px] max-xl:hidden" order={order('oldest')} onSort={() => onSort('oldest')}>
              Oldest
            </SortHead>
            <Head>Top error</Head>
            <SortHead className="w-[164px]" order={order('replay')} onSort={() => onSort('replay')}>
              Last replay
            </SortHead>
            <Head className="w-[122px]">Reader</Head>
          </tr>
        </thead>
        <ConnectionLines connections={connections} now={now} />
        <tbody>
          {queues.map((queue) => (
            <QueueLine key={queue.id} queue={queue} now={now} reading={readingId === queue.id} onRead={onRead} />
          ))}
          {queues.length === 0 && (
            <tr>
              <td colSpan={6} className="px-2.5 py-8 text-center text-soft">
                {filtered ? (
                  <>
                    No queue’s name or top error holds this.{' '}
                    <Button size="small" onClick={onClearFilter}>
                      Show all
                    </Button>
                  </>
                ) : (
                  'No dead-letter queue was found yet. They are looked for by topology, by name (.dlq, .DLT, -dlq …) and by configuration.'
                )}
              </td>
            </tr>
          )}
        </tbody>
      </table>
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
  order: 'ascending' | 'descending' | 'none';
  onSort: () => void;
}) {
  return (
    <th
      scope="col"
      aria-sort={order}
      className={clsx('row-title px-2.5 whitespace-nowrap', right ? 'text-right' : 'text-left', className)}
    >
      <button
        type="button"
        onClick={onSort}
        className={clsx(
          'inline-flex h-6 items-center gap-1 rounded-sm hover:text-text',
          order !== 'none' && 'text-text',
        )}
      >
        {children}
        {order === 'ascending' && <ArrowUp size={11} aria-hidden />}
        {order === 'descending' && <ArrowDown size={11} aria-hidden />}
      </button>
    </th>
  );
}
