import type { ReactNode } from 'react';
import { ReplayHistory } from '#components/replay/replay-history.tsx';
import { ReplayProgress } from '#components/replay/replay-progress.tsx';
import { PlanNotes } from '#components/replay/plan-view.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { Panel } from '#components/ui/panel.tsx';
import type { ReplayView } from '#lib/api/replays.ts';

/** What was confirmed: what became of it and of each message, beside it when, by whom, and what its plan said. */
export function ReportLayout({
  replay,
  items,
  facts,
  refusedWord,
  children,
  end,
}: {
  replay: ReplayView;
  items: ReactNode;
  /** Further terms and their descriptions. */
  facts: ReactNode;
  refusedWord?: string;
  /** Panels before what the plan said. */
  children: ReactNode;
  /** And after it. */
  end?: ReactNode;
}) {
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
          {items}
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
              {facts}
            </dl>
          </Panel>
          <ReplayHistory replay={replay} />
          {children}
          {plan.refusals.length + plan.warnings.length > 0 && (
            <Panel title="What the plan said">
              <div className="px-3.5 py-1">
                <PlanNotes replayId={replay.id} plan={plan} {...(refusedWord !== undefined && { refusedWord })} />
              </div>
            </Panel>
          )}
          {end}
        </div>
      </div>
    </div>
  );
}

/** One instant of it; nothing where it has not come. */
export function When({ label, at, isAhead = false }: { label: string; at: number | null; isAhead?: boolean }) {
  if (at === null) return null;
  return (
    <>
      <dt className="text-soft">{label}</dt>
      <dd>
        <Instant at={at} suffix={isAhead ? '' : ' ago'} />
      </dd>
    </>
  );
}
