'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { moveWords } from '#components/discard/prepare-move-all.ts';
import { cancelMoveAll, moveAllQueryOptions } from '#components/queries/move-all.ts';
import { Button } from '#components/ui/button.tsx';
import { catchFocus } from '#components/ui/catch-focus.ts';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { Pill } from '#components/ui/pill.tsx';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';

/** How the newest move of the whole queue goes, also for those who did not start it. Nothing where there is none. */
export function MoveAllStrip({ queueId }: { queueId: string }) {
  const client = useQueryClient();
  const { data } = useQuery(moveAllQueryOptions(queueId));
  const cancel = useMutation({
    mutationFn: () => cancelMoveAll(queueId),
    onSuccess: (now) => client.setQueryData(moveAllQueryOptions(queueId).queryKey, now),
  });
  if (!data?.progress) return null;
  const { tone, words } = moveWords(data.progress);
  return (
    <div className="grid gap-1.5 border-b border-line px-4 py-1.5">
      <div
        key={String(data.progress.canCancel)}
        // The button that stopped it is gone when it is stopped.
        ref={!cancel.isIdle && !data.progress.canCancel ? catchFocus : null}
        tabIndex={-1}
        role="status"
        className="flex items-center gap-2"
      >
        <Pill tone={tone}>
          <HostileText text={words} charactersMax={300} />
        </Pill>
        {data.progress.startedAt !== null && (
          <span className="text-faint">
            begun <Instant at={data.progress.startedAt} suffix=" ago" />
          </span>
        )}
        {data.progress.canCancel && (
          <Button size="small" disabled={cancel.isPending} onClick={() => cancel.mutate()}>
            Cancel the rest
          </Button>
        )}
      </div>
      {cancel.error && <ProblemNotice error={cancel.error} />}
    </div>
  );
}
