'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useState } from 'react';
import { DiscardPlan } from '#components/discard/discard-plan.tsx';
import { nameOf, verbs } from '#components/discard/prepare-discard.ts';
import { discardPlanQueryOptions, type DiscardSelection } from '#components/queries/discards.ts';
import { confirmReplay, replayQueryOptions, replaysKey } from '#components/queries/replays.ts';
import { LiveReplay } from '#components/replay/live-replay.tsx';
import { Button, buttonClass } from '#components/ui/button.tsx';
import { countOf } from '#components/ui/numbers.ts';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { AppError } from '#lib/domain/errors.ts';
import type { ReplayView } from '#lib/api/replays.ts';

function titleOf(selection: DiscardSelection, planned: ReplayView | undefined): string {
  const count = 'messageIds' in selection ? selection.messageIds.length : planned?.plan.total;
  const verb = verbs[selection.action];
  return count === undefined ? `${verb} everything that matches` : `${verb} ${countOf(count, 'message')}`;
}

/** Plans a discard or a restore, carries it out when told to, and then shows how it goes, beside what was picked. */
export function DiscardPanel({
  selection,
  leftOut = null,
  onClose,
  onSent,
}: {
  selection: DiscardSelection;
  /** What also matches and is not planned, and the way to plan it, too. */
  leftOut?: { readonly words: string; readonly onInclude: () => void } | null;
  onClose: () => void;
  onSent?: () => void;
}) {
  const client = useQueryClient();
  const [insist, setInsist] = useState(false);
  const [round, setRound] = useState(0);
  const plan = useQuery(discardPlanQueryOptions(selection, insist, round));
  const confirm = useMutation({
    mutationFn: ({ planned, typed }: { planned: ReplayView; typed: number | null }) => confirmReplay(planned, typed),
    onSuccess: (begun) => {
      client.setQueryData(replayQueryOptions(begun.id).queryKey, begun);
      void client.invalidateQueries({ queryKey: replaysKey });
      onSent?.();
    },
  });
  const planAgain = () => {
    confirm.reset();
    setRound(round + 1);
  };
  const planned = plan.data;
  const begun = confirm.data;
  const verb = verbs[selection.action];
  return (
    <aside aria-label={verb} className="flex min-h-0 flex-col border-l border-line bg-panel">
      <div className="flex h-11 shrink-0 items-center gap-2 border-b border-line px-4">
        <h2 className="flex-1 truncate text-sm font-semibold">{begun ? nameOf(begun) : titleOf(selection, planned)}</h2>
        <button
          type="button"
          aria-label={`Close the ${selection.action}`}
          title="Close (Esc)"
          onClick={onClose}
          className={buttonClass('quiet', 'icon')}
        >
          <X size={14} aria-hidden />
        </button>
      </div>
      {begun && <LiveReplay replayId={begun.id} onClose={onClose} />}
      {!begun && leftOut !== null && (
        <p className="flex items-center gap-3 border-b border-line bg-sunk px-4 py-2 text-soft">
          <span className="min-w-0 flex-1">{leftOut.words}: they are left out.</span>
          <Button size="small" onClick={leftOut.onInclude}>
            Include them
          </Button>
        </p>
      )}
      {!begun && plan.isPending && <SkeletonRows count={6} rowClass="h-14" label="Planning" />}
      {!begun && plan.isError && (
        <div className="grid gap-2 p-4">
          <ProblemNotice error={plan.error} />
          <div className="flex gap-2">
            <Button look="go" onClick={planAgain}>
              Plan again
            </Button>
            <Button onClick={onClose}>Cancel</Button>
          </div>
        </div>
      )}
      {!begun && !plan.isError && planned && (
        <DiscardPlan
          key={round}
          replay={planned}
          insist={insist}
          onInsist={setInsist}
          busy={confirm.isPending ? 'going' : plan.isPlaceholderData ? 'planning' : 'no'}
          onGo={(typed) => confirm.mutate({ planned, typed })}
          onCancel={onClose}
        >
          {confirm.error && (
            <ProblemNotice
              error={confirm.error}
              action={
                confirm.error instanceof AppError && confirm.error.code === 'stale_plan' ? (
                  <Button size="small" onClick={planAgain}>
                    Plan again
                  </Button>
                ) : undefined
              }
            />
          )}
        </DiscardPlan>
      )}
    </aside>
  );
}
