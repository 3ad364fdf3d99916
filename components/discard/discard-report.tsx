'use client';

import { dayOf, discardSentences } from '#components/discard/prepare-discard.ts';
import { planWords } from '#components/replay/plan-words.ts';
import { PlanDestinations } from '#components/replay/plan-view.tsx';
import { ReplayItems } from '#components/replay/replay-items.tsx';
import { ReportLayout, When } from '#components/replay/report-parts.tsx';
import { Panel } from '#components/ui/panel.tsx';
import type { ReplayView } from '#lib/api/replays.ts';

/** A discard or a restore that was confirmed. */
export function DiscardReport({ replay }: { replay: ReplayView }) {
  const { plan, options, account } = replay;
  const words = planWords(plan.total);
  return (
    <ReportLayout
      replay={replay}
      refusedWord="left out"
      items={<ReplayItems replay={replay} />}
      facts={
        <>
          <When label="done" at={replay.settledAt} />
          {plan.keptUntil !== undefined && (
            <>
              <dt className="text-soft">kept until</dt>
              <dd>{dayOf(plan.keptUntil)}</dd>
            </>
          )}
        </>
      }
    >
      <Panel title={options.action === 'discard' ? words.happens : words.whereBack}>
        <div className="p-3.5">
          {options.action === 'discard' ? (
            discardSentences(plan, { done: account.settled, restored: replay.restored ?? 0 }).map((sentence) => (
              <p key={sentence} className="mb-1.5 last:mb-0">
                {sentence}
              </p>
            ))
          ) : plan.destinations.length > 0 ? (
            <PlanDestinations plan={plan} past isRestore />
          ) : (
            <p>{words.wasInTopic}</p>
          )}
        </div>
      </Panel>
    </ReportLayout>
  );
}
