import { NoDeadLetters } from '#components/overview/no-dead-letters.tsx';
import type { SearchOn } from '#components/queue-screen/prepare-search.ts';
import { Button } from '#components/ui/button.tsx';
import { Empty } from '#components/ui/empty.tsx';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import type { QueueRow } from '#lib/api/queues.ts';

export type TableState = 'rows' | 'more' | 'first' | 'empty' | 'broken' | 'invalid' | 'looking' | 'stopped';

export function tableEndState(
  rows: number,
  isValid: boolean,
  search: SearchOn | null,
  pages: { readonly isFetchingNextPage: boolean; readonly isPending: boolean; readonly error: Error | null },
): TableState {
  if (!isValid) return 'invalid';
  if (pages.error && rows === 0) return 'broken';
  // Until everything was looked at nobody can say that nothing matches.
  if (search) return rows > 0 ? 'rows' : search.going ? 'looking' : 'stopped';
  if (rows > 0) return pages.isFetchingNextPage ? 'more' : 'rows';
  return pages.isPending ? 'first' : 'empty';
}

/** What stands where rows are not, with the next thing to do. */
export function TableEnd({
  place,
  state,
  error,
  isNarrowed,
  onShowAll,
  onRetry,
  onRead,
}: {
  /** The queue whose page it is, `null` where it is not known, or all of them. */
  place: QueueRow | null | 'all';
  state: TableState;
  error: unknown;
  isNarrowed: boolean;
  onShowAll: () => void;
  onRetry: () => void;
  onRead: () => void;
}) {
  switch (state) {
    case 'rows':
      return null;
    case 'more':
      return <SkeletonRows count={3} rowClass="h-8" label="Reading more" />;
    case 'first':
      return <SkeletonRows count={20} rowClass="h-8" label="Reading the dead letters" />;
    case 'looking':
      return (
        <Empty title="Nothing found so far">
          This filter has to look at each message. It goes on by itself, and what it finds appears here.
        </Empty>
      );
    case 'stopped':
      return (
        <Empty title="Nothing found so far">
          The search was stopped before everything was looked at: there may be matches further on.
        </Empty>
      );
    case 'invalid':
      return (
        <Empty title="The filter cannot be read">
          It says above where it goes wrong; rows come back when it is mended.
        </Empty>
      );
    case 'broken':
      return (
        <div className="p-4">
          <ProblemNotice error={error} onRetry={onRetry} />
        </div>
      );
    case 'empty':
      // Of a queue that nobody has read it is not known what would match.
      if (isNarrowed && (place === 'all' || place?.open !== null)) {
        return (
          <Empty
            title="Nothing matches"
            action={
              <Button onClick={onShowAll}>{place === 'all' ? 'Show everything' : 'Show all of this queue'}</Button>
            }
          >
            {place === 'all' ? 'No dead letter' : 'No dead letter of this queue'} meets the filter within this time
            range.
          </Empty>
        );
      }
      if (place === 'all') return <NoDeadLetters />;
      return <EmptyQueue queue={place} onRead={onRead} />;
  }
}

function EmptyQueue({ queue, onRead }: { queue: QueueRow | null; onRead: () => void }) {
  const reader = queue?.reader.kind;
  const again = <Button onClick={onRead}>Read it now</Button>;
  if (reader === 'syncing' || reader === 'waiting')
    return <Empty title="Reading the queue for the first time">What is found appears here by itself.</Empty>;
  if (reader === 'refused' || reader === 'failing') {
    return (
      <Empty title="This queue has not been read" action={reader === 'failing' ? again : null}>
        The line at the top says why, and what to do about it.
      </Empty>
    );
  }
  if (reader === 'missing')
    return <Empty title="The broker no longer has this queue">Nothing was indexed from it while it was there.</Empty>;
  if (!queue) {
    return (
      <Empty title="This queue is not known here">
        It is not among those that were found: it may have been removed, or its broker is not connected.
      </Empty>
    );
  }
  return (
    <Empty title="No dead letters" action={again}>
      Nothing failed here as far as this queue tells. New ones appear by themselves.
    </Empty>
  );
}
