import type { SearchOn } from '#components/queue-screen/prepare-search.ts';
import { instantWords } from '#components/timeline/prepare-axis.ts';
import { useTimeZone } from '#components/timeline/use-time-zone.ts';
import type { MessageOrder } from '#lib/domain/message-order.ts';
import { Button } from '#components/ui/button.tsx';
import { countOf, formatCount } from '#components/ui/numbers.ts';

const towards: Readonly<Record<MessageOrder, string>> = {
  newest: 'back to',
  oldest: 'forward to',
  expiring: 'by expiry, up to',
};

/** How far a slow filter has looked, under the table, where it is seen wherever the table stands. */
export function SearchProgress({
  search,
  found,
  order,
  onStop,
  onGoOn,
}: {
  search: SearchOn;
  found: number;
  order: MessageOrder;
  onStop: () => void;
  onGoOn: () => void;
}) {
  const zone = useTimeZone();
  return (
    <div className="flex min-h-9 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-t border-line bg-motion-soft px-3 py-1 text-xs text-motion">
      <span role="status">{search.going ? 'Still looking' : 'Not everything was looked at'}</span>
      <span>
        {towards[order]} {instantWords(search.searchedTo, zone)} · {countOf(search.examined, 'message')} looked at ·{' '}
        {formatCount(found)} found so far
      </span>
      <Button size="small" className="ml-auto" onClick={search.going ? onStop : onGoOn}>
        {search.going ? 'Stop' : 'Go on'}
      </Button>
    </div>
  );
}
