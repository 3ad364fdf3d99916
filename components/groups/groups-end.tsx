import { groupRowHeight } from '#components/groups/group-columns.ts';
import { NoDeadLetters } from '#components/overview/no-dead-letters.tsx';
import { Button } from '#components/ui/button.tsx';
import { Empty } from '#components/ui/empty.tsx';
import { countOf } from '#components/ui/numbers.ts';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { AppError } from '#lib/domain/errors.ts';

/** What stands where rows are not, with the next thing to do. */
export function GroupsEnd({
  state,
  error,
  hidden,
  needsSomeone,
  isNarrowed,
  isReading,
  onShowHidden,
  onShowAll,
  onRetry,
}: {
  state: 'rows' | 'first' | 'empty' | 'broken' | 'invalid';
  error: unknown;
  /** Groups that the filter meets, in states that the table does not show. */
  hidden: number;
  /** Whether some of these are open. */
  needsSomeone: boolean;
  isNarrowed: boolean;
  isReading: boolean;
  onShowHidden: () => void;
  onShowAll: () => void;
  onRetry: () => void;
}) {
  switch (state) {
    case 'rows':
      return null;
    case 'first':
      return <SkeletonRows count={14} rowClass={groupRowHeight} label="Reading the groups" />;
    case 'invalid':
      return (
        <Empty title="The filter cannot be read">
          It says above where it goes wrong; groups come back when it is mended.
        </Empty>
      );
    case 'broken':
      if (error instanceof AppError && error.code === 'forbidden') {
        return (
          <Empty title="Your account may not see groups">
            {error.message} Whoever runs this console can change what you may see.
          </Empty>
        );
      }
      return (
        <div className="p-4">
          <ProblemNotice error={error} onRetry={onRetry} />
        </div>
      );
    case 'empty':
      if (hidden > 0) {
        return (
          <Empty
            title={needsSomeone ? 'No group is in this state' : 'Nothing needs anyone'}
            action={<Button onClick={onShowHidden}>Show {hidden === 1 ? 'it' : 'them'}</Button>}
          >
            {countOf(hidden, 'group')} {hidden === 1 ? 'is' : 'are'} in states that are not shown.
          </Empty>
        );
      }
      if (isNarrowed) {
        return (
          <Empty title="Nothing matches" action={<Button onClick={onShowAll}>Show all groups</Button>}>
            No dead letter meets the filter within this time range.
          </Empty>
        );
      }
      if (isReading)
        return <Empty title="Reading the queues for the first time">What is found appears here by itself.</Empty>;
      return <NoDeadLetters />;
  }
}
