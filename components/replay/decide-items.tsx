'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { decideItems, replaysKey } from '#components/queries/replays.ts';
import { decisionWords, evidenceWords } from '#components/replay/prepare-items.ts';
import { Button } from '#components/ui/button.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { countOf } from '#components/ui/numbers.ts';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { toast } from '#components/ui/toast.tsx';
import type { ReplayItemView } from '#lib/api/replays.ts';
import type { ReplayAction } from '#lib/domain/replay.ts';

const reasonMax = 1_000;

/** Where nobody knows whether a message was sent, a person may find out, and says so here: of one item, or of all that are unknown. */
export function DecideItems({
  replayId,
  action,
  item,
  unknownCount,
  onDone,
}: {
  replayId: string;
  action: ReplayAction;
  /** `null` for all of them. */
  item: ReplayItemView | null;
  unknownCount: number;
  onDone: () => void;
}) {
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const decide = useMutation({
    mutationFn: (outcome: 'sent' | 'not-sent') =>
      decideItems(replayId, { ...(item ? { items: [item.id] } : { all: true }), outcome, reason }),
    onSuccess: async ({ decided }) => {
      toast(decided === 0 ? 'Nothing was unknown any more.' : `${countOf(decided, 'message')} decided.`);
      await client.invalidateQueries({ queryKey: replaysKey });
      onDone();
    },
  });
  const words = decisionWords(action, item === null);
  const isReady = reason.trim() !== '' && !decide.isPending;
  return (
    <section aria-label="Decide what is unknown" className="grid gap-2 border-b border-line bg-sunk px-3.5 py-3">
      <h3 className="font-semibold">
        {item ? (
          <>
            Did <HostileText text={item.identity} charactersMax={60} /> arrive?
          </>
        ) : (
          `Did these ${countOf(unknownCount, 'message')} arrive?`
        )}
      </h3>
      {item ? (
        <ItemEvidence item={item} />
      ) : (
        <p className="text-soft">
          One answer for all that are unknown now. What is known of each stands in its row; decide them one by one where
          they may differ.
        </p>
      )}
      <label className="grid gap-1">
        <span className="font-[550]">How do you know?</span>
        <textarea
          value={reason}
          maxLength={reasonMax}
          rows={2}
          onChange={(event) => setReason(event.target.value)}
          placeholder="Kept in the audit, for example: order 4711 was booked at 03:12"
          className="block w-full resize-none rounded-md border border-control bg-panel px-2 py-1 placeholder:text-faint"
        />
      </label>
      <div className="flex flex-wrap items-center gap-2">
        <Button disabled={!isReady} onClick={() => decide.mutate('sent')}>
          {words.arrived}
        </Button>
        <span className="text-soft">{words.then}</span>
        <span className="w-4" />
        <Button disabled={!isReady} onClick={() => decide.mutate('not-sent')}>
          {words.absent}
        </Button>
        <span className="text-soft">{words.otherwise}</span>
        <Button look="quiet" className="ml-auto" onClick={onDone}>
          Close
        </Button>
      </div>
      {decide.error && <ProblemNotice error={decide.error} />}
    </section>
  );
}

function ItemEvidence({ item }: { item: ReplayItemView }) {
  return (
    <dl className="grid grid-cols-[120px_minmax(0,1fr)] gap-x-3 gap-y-0.5">
      <dt className="text-soft">about to be sent</dt>
      <dd>{item.intendedAt === null ? 'not known' : <Instant at={item.intendedAt} suffix=" ago" />}</dd>
      <dt className="text-soft">to</dt>
      <dd className="break-words">
        {item.destinationLabel === null ? (
          'not known'
        ) : (
          <HostileText text={item.destinationLabel} charactersMax={240} />
        )}
      </dd>
      <dt className="text-soft">what happened</dt>
      <dd className="break-words">
        <HostileText text={item.reason?.message ?? 'No answer came.'} charactersMax={600} />
      </dd>
      <dt className="text-soft">destination</dt>
      <dd className="break-words">{evidenceWords(item)}</dd>
    </dl>
  );
}
