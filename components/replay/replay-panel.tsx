'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { editSelectionHref } from '#components/edit/edit-url.ts';
import {
  confirmReplay,
  planQueryOptions,
  replayQueryOptions,
  replaysKey,
  type PlanOptions,
  type PlanSelection,
} from '#components/queries/replays.ts';
import { LiveReplay } from '#components/replay/live-replay.tsx';
import { PlanScreen } from '#components/replay/plan-screen.tsx';
import { planDifferences } from '#components/replay/prepare-plan.ts';
import { Button, buttonClass } from '#components/ui/button.tsx';
import { countOf } from '#components/ui/numbers.ts';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { AppError } from '#lib/domain/errors.ts';
import type { ReplayView } from '#lib/api/replays.ts';
import type { MessageEdit } from '#lib/domain/message-edit.ts';
import { usualOptions } from '#lib/domain/replay.ts';

function titleOf(selection: PlanSelection, planned: ReplayView | undefined): string {
  const count = 'messageIds' in selection ? selection.messageIds.length : planned?.plan.total;
  return count === undefined ? 'Replay everything that matches' : `Replay ${countOf(count, 'message')}`;
}

/** Plans a replay of this selection, sends it when told to, and then shows how it goes: in one place, beside what they were picked from. */
export function ReplayPanel({
  selection,
  leftOut = null,
  edit = null,
  onClose,
  onSent,
}: {
  selection: PlanSelection;
  /** What also matches and is not planned, and the way to plan it, too. */
  leftOut?: { readonly words: string; readonly onInclude: () => void } | null;
  /** What is changed in each message; without it there is a way to the editor. */
  edit?: MessageEdit | null;
  onClose: () => void;
  onSent?: () => void;
}) {
  const client = useQueryClient();
  const router = useRouter();
  const [options, setOptions] = useState<PlanOptions>({ ...usualOptions, edit });
  const [round, setRound] = useState(0);
  const [stale, setStale] = useState<ReplayView | null>(null);
  const plan = useQuery(planQueryOptions(selection, options, round));
  const confirm = useMutation({
    mutationFn: ({ planned, typed }: { planned: ReplayView; typed: number | null }) => confirmReplay(planned, typed),
    onSuccess: (sent) => {
      client.setQueryData(replayQueryOptions(sent.id).queryKey, sent);
      void client.invalidateQueries({ queryKey: replaysKey });
      onSent?.();
    },
  });
  const planAgain = () => {
    setStale(plan.data ?? null);
    confirm.reset();
    setRound(round + 1);
  };
  const planned = plan.data;
  const sent = confirm.data;
  const differences = stale && planned && !plan.isPlaceholderData ? planDifferences(stale.plan, planned.plan) : null;
  return (
    <aside aria-label="Replay" className="flex min-h-0 flex-col border-l border-line bg-panel">
      <div className="flex h-11 shrink-0 items-center gap-2 border-b border-line px-4">
        <h2 className="flex-1 truncate text-sm font-semibold">
          {sent ? `Replay ${sent.number}` : titleOf(selection, planned)}
        </h2>
        {!sent && edit === null && (
          <Button size="small" onClick={() => router.push(editSelectionHref(selection, sessionStorage))}>
            Edit them first
          </Button>
        )}
        <button
          type="button"
          aria-label="Close the replay"
          title="Close (Esc)"
          onClick={onClose}
          className={buttonClass('quiet', 'icon')}
        >
          <X size={14} aria-hidden />
        </button>
      </div>
      {sent && <LiveReplay replayId={sent.id} onClose={onClose} />}
      {!sent && leftOut !== null && (
        <p className="flex items-center gap-3 border-b border-line bg-sunk px-4 py-2 text-soft">
          <span className="min-w-0 flex-1">{leftOut.words}: they are left out.</span>
          <Button size="small" onClick={leftOut.onInclude}>
            Include them
          </Button>
        </p>
      )}
      {!sent && plan.isPending && (
        <SkeletonRows count={9} rowClass="h-14" label="Planning: asking the brokers where they would go" />
      )}
      {!sent && plan.isError && (
        <div className="grid gap-2 p-4">
          <ProblemNotice error={plan.error} />
          <div className="flex gap-2">
            <Button look="go" onClick={() => setRound(round + 1)}>
              Plan again
            </Button>
            {options.destination !== null && (
              <Button onClick={() => setOptions({ ...options, destination: null })}>Where they came from</Button>
            )}
            <Button onClick={onClose}>Cancel</Button>
          </div>
        </div>
      )}
      {!sent && !plan.isError && planned && (
        <PlanScreen
          key={round}
          replay={planned}
          options={options}
          onOptions={setOptions}
          busy={confirm.isPending ? 'sending' : plan.isPlaceholderData ? 'planning' : 'no'}
          onSend={(typed) => confirm.mutate({ planned, typed })}
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
          {differences && (
            <div role="status" className="rounded-md bg-attention-soft px-3 py-2 text-attention">
              <p className="font-semibold">
                This is a new plan{differences.length === 0 && ': it reads like the one before'}
              </p>
              <ul>
                {differences.map((difference) => (
                  <li key={difference}>{difference}</li>
                ))}
              </ul>
            </div>
          )}
        </PlanScreen>
      )}
    </aside>
  );
}
