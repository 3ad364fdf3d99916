'use client';

import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { DiscardPlan } from '#components/discard/discard-plan.tsx';
import { discardPlanQueryOptions, type DiscardSelection } from '#components/queries/discards.ts';
import { ConfirmationProblem, type LeftOut, PlanPanel, useConfirmation } from '#components/replay/plan-panel.tsx';

/** Plans a discard or a restore, carries it out when told to, and then shows how it goes, beside what was picked. */
export function DiscardPanel({
  selection,
  leftOut = null,
  onClose,
  onSent,
}: {
  selection: DiscardSelection;
  leftOut?: LeftOut | null;
  onClose: () => void;
  onSent?: () => void;
}) {
  const [insist, setInsist] = useState(false);
  const [round, setRound] = useState(0);
  const heading = useRef<HTMLHeadingElement>(null);
  const plan = useQuery(discardPlanQueryOptions(selection, insist, round));
  const confirm = useConfirmation(onSent);
  const planAgain = () => {
    confirm.reset();
    setRound(round + 1);
    heading.current?.focus();
  };
  const planned = plan.data;
  return (
    <PlanPanel
      action={selection.action}
      headingRef={heading}
      count={'messageIds' in selection ? selection.messageIds.length : planned?.plan.total}
      begun={confirm.data}
      leftOut={leftOut}
      isPlanning={plan.isPending}
      planning={{ label: 'Planning', rows: 6 }}
      error={plan.error}
      onPlanAgain={planAgain}
      onClose={onClose}
    >
      {planned && (
        <DiscardPlan
          key={round}
          replay={planned}
          insist={insist}
          onInsist={setInsist}
          busy={confirm.isPending ? 'going' : plan.isPlaceholderData ? 'planning' : 'no'}
          onGo={(typed) => confirm.mutate({ planned, typed })}
          onCancel={onClose}
        >
          <ConfirmationProblem error={confirm.error} onPlanAgain={planAgain} />
        </DiscardPlan>
      )}
    </PlanPanel>
  );
}
