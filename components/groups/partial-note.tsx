import { KnownBackTo } from '#components/groups/known-back-to.tsx';
import { Instant } from '#components/ui/instant.tsx';
import type { GroupsResponse } from '#lib/api/groups.ts';

/** Counts that are not the whole truth say so, and why. */
export function PartialNote({
  answer,
}: {
  answer: Pick<GroupsResponse, 'reading' | 'knownBackTo' | 'searchedTo' | 'queueCounts'>;
}) {
  const { reading, knownBackTo, searchedTo, queueCounts } = answer;
  const isWhole = reading.length === 0 && knownBackTo === null;
  if (isWhole && searchedTo === null && queueCounts === 'matching') return null;
  return (
    <span role="status" className="flex min-w-0 flex-wrap justify-end gap-x-3 text-xs">
      {searchedTo !== null && (
        <span className="text-attention">
          counted back to <Instant at={searchedTo} suffix=" ago" />: narrow the filter or the range for all
        </span>
      )}
      {queueCounts === 'all-time' && (
        <span className="text-faint" title="Too many match to be counted queue by queue">
          queues as of all time
        </span>
      )}
      <KnownBackTo answer={answer} />
    </span>
  );
}
