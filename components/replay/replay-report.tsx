'use client';

import { PlanDifferences } from '#components/edit/plan-differences.tsx';
import { TraceLink } from '#components/message-detail/trace-link.tsx';
import { ReplayItems } from '#components/replay/replay-items.tsx';
import { planWords } from '#components/replay/plan-words.ts';
import { PlanDestinations, PlanHeaderDiff } from '#components/replay/plan-view.tsx';
import { endOfSending, lastLook } from '#components/replay/prepare-account.ts';
import { canaryLabel, pastRemovalSentence } from '#components/replay/prepare-plan.ts';
import { rateWords } from '#components/replay/prepare-pace.ts';
import { RedirectNote } from '#components/replay/redirect-note.tsx';
import { ReportLayout, When } from '#components/replay/report-parts.tsx';
import { useNow } from '#components/ui/now.tsx';
import { Panel } from '#components/ui/panel.tsx';
import type { ReplayView } from '#lib/api/replays.ts';

/** A replay that was sent, or is being sent. */
export function ReplayReport({ replay }: { replay: ReplayView }) {
  const { plan, options } = replay;
  const words = planWords(plan.total);
  const now = useNow();
  const settlesAhead = replay.state === 'watching' && lastLook(replay, now) === null;
  return (
    <ReportLayout
      replay={replay}
      items={<ReplayItems replay={replay} />}
      facts={
        <>
          <When label={endOfSending(replay.account)} at={replay.finishedSendingAt} />
          <When label={settlesAhead ? 'settles' : 'watched until'} at={replay.watchUntil} isAhead={settlesAhead} />
          <When label="settled" at={replay.settledAt} />
          <dt className="text-soft">rate</dt>
          <dd>{rateWords(options)}</dd>
          <dt className="text-soft">first a few</dt>
          <dd>{canaryLabel(options.canary)}</dd>
          <dt className="text-soft">failure headers</dt>
          <dd>{options.failureHeaders === 'keep' ? 'kept' : 'stripped'}</dd>
          <dt className="text-soft">trace</dt>
          <dd>
            {options.traceContext === 'keep' ? "each message's own, kept" : 'of this replay'}
            {replay.traceHref && <TraceLink href={replay.traceHref} />}
          </dd>
        </>
      }
      end={
        <Panel title={words.changed}>
          <div className="p-3.5">
            {options.edit !== null && <PlanDifferences replay={replay} edit={options.edit} />}
            <PlanHeaderDiff plan={plan} edit={options.edit} />
          </div>
        </Panel>
      }
    >
      <Panel title={words.sent}>
        <div className="p-3.5">
          <RedirectNote plan={plan} options={options} />
          <PlanDestinations plan={plan} past />
          <p className="mt-2 text-soft">{pastRemovalSentence(plan)}</p>
        </div>
      </Panel>
    </ReportLayout>
  );
}
