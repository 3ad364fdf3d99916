'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { moveTitle, moveWords, placeOf, readRate, wrongField } from '#components/discard/prepare-move-all.ts';
import { isUnderWay, moveAllQueryOptions, startMoveAll } from '#components/queries/move-all.ts';
import { BesidePane, PaneSection } from '#components/ui/beside-pane.tsx';
import { Button } from '#components/ui/button.tsx';
import { catchFocus, takeFocus } from '#components/ui/catch-focus.ts';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { TypedConfirmation } from '#components/ui/typed-confirmation.tsx';
import { splitQueueId } from '#lib/domain/queue.ts';

/** What the broker itself would do with all of the queue, what that cannot do, and the button that has it begin. */
export function MoveAllPanel({ queueId, onClose }: { queueId: string; onClose: () => void }) {
  const client = useQueryClient();
  const name = splitQueueId(queueId)?.name ?? queueId;
  const [typed, setTyped] = useState('');
  const [rate, setRate] = useState('');
  const [place, setPlace] = useState<string | null>(null);
  const move = useQuery(moveAllQueryOptions(queueId));
  const start = useMutation({
    mutationFn: (body: { ratePerSecond: number | null; to: string | null }) =>
      startMoveAll(queueId, { ...body, confirm: typed.trim() }),
    onSuccess: (begun) => client.setQueryData(moveAllQueryOptions(queueId).queryKey, begun),
  });
  const facts = move.data?.facts;
  const most = facts?.ratePerSecondMax ?? null;
  const wanted = most === null ? null : readRate(rate, most);
  const to = facts ? placeOf(facts, place) : null;
  const wrong = wrongField(wanted, most, to);
  const wrongId = useId();
  const runs = move.data !== undefined && isUnderWay(move.data);
  const canStart = facts?.available === true && !runs && !start.isPending && typed.trim() === name && wrong === null;
  const begin = () => {
    if (canStart && wanted !== 'wrong') start.mutate({ ratePerSecond: wanted, to });
  };
  const shown = start.data ?? (runs ? move.data : undefined);
  return (
    <BesidePane
      label="Move everything"
      headingRef={takeFocus}
      title={facts ? moveTitle(facts) : 'Move everything'}
      closeLabel="Close"
      onClose={onClose}
    >
      <div className="min-h-0 flex-1 overflow-y-auto">
        {move.isPending && <SkeletonRows count={5} rowClass="h-12" label="Asking the broker" />}
        {move.error && (
          <div className="p-4">
            <ProblemNotice error={move.error} />
          </div>
        )}
        {facts && !facts.available && (
          <PaneSection title="Not here">
            <HostileText text={facts.why ?? ''} charactersMax={600} />
          </PaneSection>
        )}
        {facts?.available && (
          <>
            <PaneSection title="What happens">
              <p>
                The broker itself moves everything from <b className="font-semibold">{name}</b> to{' '}
                <b className="font-semibold">
                  <HostileText text={(to ?? facts.destination) || 'a queue of your choice'} charactersMax={400} />
                </b>
                , by its own means: {facts.means}.
              </p>
              {facts.destinations !== null && (
                <label className="mt-2 grid gap-1">
                  <span>
                    {facts.destinations.length > 1 ? 'To one of these, or to any other queue' : 'To the queue'}
                  </span>
                  <input
                    value={to ?? ''}
                    onChange={(event) => setPlace(event.target.value)}
                    list="move-all-places"
                    autoComplete="off"
                    className="h-8 rounded-md border border-control bg-panel px-2"
                  />
                  <datalist id="move-all-places">
                    {facts.destinations.map((each) => (
                      <option key={each} value={each}>
                        {each}
                      </option>
                    ))}
                  </datalist>
                </label>
              )}
            </PaneSection>
            <PaneSection title="What it cannot do, and a replay can">
              <ul className="grid list-disc gap-1.5 pl-4">
                {facts.cannot.map((sentence) => (
                  <li key={sentence}>{sentence}</li>
                ))}
              </ul>
            </PaneSection>
            {most !== null && (
              <PaneSection title="How fast">
                <label className="flex items-center gap-2">
                  <input
                    value={rate}
                    onChange={(event) => setRate(event.target.value)}
                    inputMode="numeric"
                    autoComplete="off"
                    {...(wanted === 'wrong' && { 'aria-invalid': true, 'aria-describedby': wrongId })}
                    className="h-8 w-24 rounded-md border border-control bg-panel px-2"
                  />
                  <span>messages a second, {most} at most; empty as fast as the broker likes</span>
                </label>
              </PaneSection>
            )}
          </>
        )}
      </div>
      {facts?.available && (
        <div className="grid gap-2 border-t border-line px-4 py-3">
          {start.error && <ProblemNotice error={start.error} catchesFocus />}
          {shown?.progress ? (
            <p role="status">{moveWords(shown.progress).words}. The queue’s page shows how it goes on.</p>
          ) : (
            <TypedConfirmation value={typed} onChange={setTyped} onEnter={begin}>
              This cannot be taken back. Type <b className="font-semibold break-all">{name}</b> to move everything.
            </TypedConfirmation>
          )}
          {wrong !== null && !shown?.progress && (
            <p id={wrongId} role="status" className="text-xs text-attention">
              {wrong}
            </p>
          )}
          <div className="flex items-center gap-2">
            {!shown?.progress && (
              <Button
                look="danger"
                className="h-8! flex-1"
                disabled={!canStart}
                {...(wrong !== null && { 'aria-describedby': wrongId })}
                onClick={begin}
              >
                {start.isPending ? 'Starting…' : 'Move everything'}
              </Button>
            )}
            {/* What had the focus is gone when it has begun. */}
            <Button
              key={shown?.progress ? 'back' : 'cancel'}
              ref={shown?.progress ? catchFocus : null}
              className="h-8!"
              onClick={onClose}
            >
              {shown?.progress ? 'Back to the messages' : 'Cancel'}
            </Button>
          </div>
        </div>
      )}
    </BesidePane>
  );
}
