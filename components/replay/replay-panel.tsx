'use client';

import { useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useRef, useState } from 'react';
import { editSelectionHref } from '#components/edit/edit-url.ts';
import { planQueryOptions, type PlanOptions, type PlanSelection } from '#components/queries/replays.ts';
import { ConfirmationProblem, type LeftOut, PlanPanel, useConfirmation } from '#components/replay/plan-panel.tsx';
import { PlanScreen } from '#components/replay/plan-screen.tsx';
import { planWords } from '#components/replay/plan-words.ts';
import { planDifferences } from '#components/replay/prepare-plan.ts';
import { Button } from '#components/ui/button.tsx';
import type { ReplayView } from '#lib/api/replays.ts';
import type { MessageEdit } from '#lib/domain/message-edit.ts';
import { usualOptions } from '#lib/domain/replay.ts';

/** Plans a replay of this selection, sends it when told to, and then shows how it goes: in one place, beside what they were picked from. */
export function ReplayPanel({
  selection,
  leftOut = null,
  edit = null,
  onClose,
  onSent,
}: {
  selection: PlanSelection;
  leftOut?: LeftOut | null;
  /** What is changed in each message; without it there is a way to the editor. */
  edit?: MessageEdit | null;
  onClose: () => void;
  onSent?: () => void;
}) {
  const router = useRouter();
  const [options, setOptions] = useState<PlanOptions>({ ...usualOptions, edit });
  const [round, setRound] = useState(0);
  const heading = useRef<HTMLHeadingElement>(null);
  const [stale, setStale] = useState<ReplayView | null>(null);
  const plan = useQuery(planQueryOptions(selection, options, round));
  const confirm = useConfirmation(onSent);
  const planAgain = () => {
    setStale(plan.data ?? null);
    confirm.reset();
    setRound(round + 1);
    heading.current?.focus();
  };
  const planned = plan.data;
  const count = 'messageIds' in selection ? selection.messageIds.length : planned?.plan.total;
  const words = planWords(count ?? 0);
  const differences = stale && planned && !plan.isPlaceholderData ? planDifferences(stale.plan, planned.plan) : null;
  return (
    <PlanPanel
      action="replay"
      headingRef={heading}
      count={count}
      begun={confirm.data}
      marks={
        edit === null && (
          <Button size="small" onClick={() => router.push(editSelectionHref(selection, sessionStorage))}>
            {words.editFirst}
          </Button>
        )
      }
      leftOut={leftOut}
      isPlanning={plan.isPending}
      planning={{ label: 'Planning: asking the brokers where they would go', rows: 9 }}
      error={plan.error}
      waysOn={
        options.destination !== null && (
          <Button onClick={() => setOptions({ ...options, destination: null })}>{words.whereCameFrom}</Button>
        )
      }
      onPlanAgain={() => {
        setRound(round + 1);
        heading.current?.focus();
      }}
      onClose={onClose}
    >
      {planned && (
        <PlanScreen
          key={round}
          replay={planned}
          options={options}
          onOptions={setOptions}
          busy={confirm.isPending ? 'sending' : plan.isFetching ? 'planning' : 'no'}
          onSend={(typed) => confirm.mutate({ planned, typed })}
          onCancel={onClose}
        >
          <ConfirmationProblem error={confirm.error} onPlanAgain={planAgain} />
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
    </PlanPanel>
  );
}
