import { Instant } from '#components/ui/instant.tsx';
import { countOf } from '#components/ui/numbers.ts';
import type { GroupsResponse } from '#lib/api/groups.ts';

/** Counts that are not the whole truth say so, and why. */
export function PartialNote({ answer }: { answer: Pick<GroupsResponse, 'reading' | 'searchedTo' | 'queueCounts'> }) {
  const { reading, searchedTo, queueCounts } = answer;
  if (reading.length === 0 && searchedTo === null && queueCounts === 'matching') return null;
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
      {reading.length > 0 && (
        <span title={reading.join('\n')} className="text-motion">
          {countOf(reading.length, 'queue')} still being read: counts rise
        </span>
      )}
    </span>
  );
}
