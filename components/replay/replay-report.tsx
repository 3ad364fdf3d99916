'use client';

import { ReplayItems } from '#components/replay/replay-items.tsx';
import { PlanDestinations, PlanHeaderDiff, PlanNotes } from '#components/replay/plan-view.tsx';
import { endOfSending } from '#components/replay/prepare-account.ts';
import { canaryLabel, pastRemovalSentence } from '#components/replay/prepare-plan.ts';
import { rateWords } from '#components/replay/prepare-pace.ts';
import { ReplayProgress } from '#components/replay/replay-progress.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { Panel } from '#components/ui/panel.tsx';
import type { ReplayView } from '#lib/api/replays.ts';

/** A replay that was sent, or is being sent. */
export function ReplayReport({ replay }: { replay: ReplayView }) {
  const { plan } = replay;
  return (
    <div className="@container min-h-0 overflow-auto p-4 max-md:p-2">
      <div className="grid grid-cols-[minmax(0,1fr)_360px] items-start gap-4 @max-[1000px]:grid-cols-[minmax(0,1fr)]">
        <div className="grid min-w-0 gap-4">
          <Panel title="What became of it">
            <div className="p-3.5">
              <ReplayProgress replay={replay} />
            </div>
          </Panel>
          <ReplayItems replay={replay} />
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
              <When label={endOfSending(replay.account)} at={replay.finishedSendingAt} />
              <When label={replay.state === 'watching' ? 'settles' : 'watched until'} at={replay.watchUntil} />
              <When label="settled" at={replay.settledAt} />
              <dt className="text-soft">rate</dt>
              <dd>{rateWords(replay.options)}</dd>
              <dt className="text-soft">first a few</dt>
              <dd>{canaryLabel(replay.options.canary)}</dd>
              <dt className="text-soft">failure headers</dt>
              <dd>{replay.options.failureHeaders === 'keep' ? 'kept' : 'stripped'}</dd>
            </dl>
          </Panel>
          <Panel title="Where the plan sends them">
            <div className="p-3.5">
              <PlanDestinations plan={plan} past />
              <p className="mt-2 text-soft">{pastRemovalSentence(plan)}</p>
            </div>
          </Panel>
          {plan.refusals.length + plan.warnings.length > 0 && (
            <Panel title="What the plan said">
              <div className="px-3.5 py-1">
                <PlanNotes plan={plan} />
              </div>
            </Panel>
          )}
          <Panel title="What changed in each message">
            <div className="p-3.5">
              <PlanHeaderDiff plan={plan} edit={replay.options.edit} />
            </div>
          </Panel>
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
        <Instant at={at} suffix={label === 'settles' ? '' : ' ago'} />
      </dd>
    </>
  );
}
