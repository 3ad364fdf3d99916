'use client';

import { useQuery } from '@tanstack/react-query';
import { useContext } from 'react';
import { FilterBy, isFilterableValue } from '#components/message-detail/message-actions.ts';
import { MessageLines } from '#components/message-detail/message-lines.tsx';
import { neighbourhoodMax, relatedQueryOptions } from '#components/queries/messages.ts';
import { formatCount } from '#components/ui/numbers.ts';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import type { MessageDetail } from '#lib/api/messages.ts';

/** Whether the other dead letters with the key of this one can be asked for. */
export function hasNeighbours(message: Pick<MessageDetail, 'key'>): boolean {
  return message.key !== null && isFilterableValue(message.key);
}

/** What else failed under the same key, in whichever queue: what it would be replayed before or after. */
export function NeighboursSection({ message, keyText }: { message: MessageDetail; keyText: string }) {
  const filterBy = useContext(FilterBy);
  const sameKey = { kind: 'equals', field: 'key', value: keyText } as const;
  const { data, error } = useQuery(relatedQueryOptions(sameKey));
  const others = data?.messages.filter((row) => row.id !== message.id).slice(0, neighbourhoodMax) ?? [];
  return (
    <div>
      <h2 className="mb-2 flex items-center gap-2 text-2xs font-semibold text-faint">
        Same key
        {data?.total && (
          <span className="font-medium">
            {data.total.capped ? 'at least ' : ''}
            {formatCount(data.total.count)} with this one
          </span>
        )}
        {filterBy && others.length > 0 && (
          <button
            type="button"
            onClick={() => filterBy.onCondition(sameKey)}
            className="ml-auto rounded-sm font-[550] text-accent underline-offset-2 hover:underline"
          >
            Show them in the table
          </button>
        )}
      </h2>
      {error && !data && <ProblemNotice error={error} compact />}
      {!data && !error && <SkeletonRows count={2} rowClass="h-7" label="Looking for the same key" />}
      {data && others.length === 0 && <p className="text-soft">No other dead letter has this key.</p>}
      <MessageLines messages={others} queueId={message.queueId} />
    </div>
  );
}
