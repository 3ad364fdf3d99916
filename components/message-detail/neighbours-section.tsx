'use client';

import { useQuery } from '@tanstack/react-query';
import { useContext } from 'react';
import { FilterBy, isFilterableValue } from '#components/message-detail/message-actions.ts';
import { MessageLink } from '#components/message-detail/message-link.tsx';
import { errorLine, stateTones } from '#components/message-table/prepare-rows.ts';
import { neighbourhoodMax, neighboursQueryOptions } from '#components/queries/messages.ts';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { formatCount } from '#components/ui/numbers.ts';
import { Pill } from '#components/ui/pill.tsx';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import type { MessageDetail } from '#lib/api/messages.ts';
import { splitQueueId } from '#lib/domain/queue.ts';

/** Whether the other dead letters with the key of this one can be asked for. */
export function hasNeighbours(message: Pick<MessageDetail, 'key'>): boolean {
  return message.key !== null && isFilterableValue(message.key);
}

/** What else failed under the same key, in whichever queue: what it would be replayed before or after. */
export function NeighboursSection({ message, keyText }: { message: MessageDetail; keyText: string }) {
  const filterBy = useContext(FilterBy);
  const { data, error } = useQuery(neighboursQueryOptions(keyText));
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
            onClick={() => filterBy.onCondition({ kind: 'equals', field: 'key', value: keyText })}
            className="ml-auto rounded-sm font-[550] text-accent underline-offset-2 hover:underline"
          >
            Show them in the table
          </button>
        )}
      </h2>
      {error && !data && <ProblemNotice error={error} compact />}
      {!data && !error && <SkeletonRows count={2} rowClass="h-7" label="Looking for the same key" />}
      {data && others.length === 0 && <p className="text-soft">No other dead letter has this key.</p>}
      <ul>
        {others.map((row) => {
          const says = errorLine(row);
          return (
            <li key={row.id} className="flex h-7 items-center gap-2.5 rounded-sm hover:bg-hover">
              <span className="w-14 shrink-0 text-faint">
                <Instant at={row.at} inRow />
              </span>
              <span className="min-w-0 flex-1 truncate">
                <MessageLink messageId={row.id}>
                  {says === null ? 'no error text' : <HostileText text={says} charactersMax={160} />}
                </MessageLink>
              </span>
              {row.queueId !== message.queueId && (
                <span className="max-w-32 truncate text-xs text-faint" title={row.queueId}>
                  <HostileText text={splitQueueId(row.queueId)?.name ?? row.queueId} charactersMax={80} />
                </span>
              )}
              <Pill tone={stateTones[row.state]}>{row.state}</Pill>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
