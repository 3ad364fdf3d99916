'use client';

import { DiscardItems } from '#components/discard/discard-items.tsx';
import { dayOf, discardSentences } from '#components/discard/prepare-discard.ts';
import { PlanDestinations, PlanNotes } from '#components/replay/plan-view.tsx';
import { ReplayProgress } from '#components/replay/replay-progress.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { Panel } from '#components/ui/panel.tsx';
import type { ReplayView } from '#lib/api/replays.ts';

/** A discard or a restore that was confirmed. */
export function DiscardReport({ replay }: { replay: ReplayView }) {
  const { plan, options } = replay;
  return (
    <div className="min-h-0 overflow-auto p-4 max-md:p-2">
      <div className="grid grid-cols-[minmax(0,1fr)_360px] items-start gap-4 max-xl:grid-cols-[minmax(0,1fr)]">
        <div className="grid min-w-0 gap-4">
          <Panel title="What became of it">
            <div className="p-3.5">
              <ReplayProgress replay={replay} />
            </div>
          </Panel>
          <DiscardItems replay={replay} />
        </div>
        <div className="grid min-w-0 gap-4">
          <Panel title="When and by whom">
            <dl className="grid grid-cols-[110px_minmax(0,1fr)] gap-x-3 gap-y-1 p-3.5">
              <dt className="text-soft">what</dt>
              <dd className="min-w-0 break-words">
                <HostileText text={replay.sentence} charactersMax={600} />
              </dd>
              <dt className="text-soft">planned</dt>
              <dd>
                <Instant at={replay.createdAt} suffix=" ago" /> by{' '}
                <HostileText text={replay.createdBy} charactersMax={80} />
              </dd>
              <When label="confirmed" at={replay.confirmedAt} />
              <When label="done" at={replay.settledAt} />
              {plan.keptUntil !== undefined && (
                <>
                  <dt className="text-soft">kept until</dt>
                  <dd>{dayOf(plan.keptUntil)}</dd>
                </>
              )}
            </dl>
          </Panel>
          <Panel title={options.action === 'discard' ? 'What happens to them' : 'Where they go back to'}>
            <div className="p-3.5">
              {options.action === 'discard' ? (
                discardSentences(plan).map((sentence) => (
                  <p key={sentence} className="mb-1.5 last:mb-0">
                    {sentence}
                  </p>
                ))
              ) : plan.destinations.length > 0 ? (
                <PlanDestinations plan={plan} past />
              ) : (
                <p>They were in their topic all the time: they are open again, and nothing was sent.</p>
              )}
            </div>
          </Panel>
          {plan.refusals.length + plan.warnings.length > 0 && (
            <Panel title="What the plan said">
              <div className="px-3.5 py-1">
                <PlanNotes plan={plan} refusedWord="left out" />
              </div>
            </Panel>
          )}
        </div>
      </div>
    </div>
  );
}

function When({ label, at }: { label: string; at: number | null }) {
  if (at === null) return null;
  return (
    <>
      <dt className="text-soft">{label}</dt>
      <dd>
        <Instant at={at} suffix=" ago" />
      </dd>
    </>
  );
}
