'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { BesidePanel, type BesideSelection } from '#components/discard/beside-panel.tsx';
import { DiscardPlan } from '#components/discard/discard-plan.tsx';
import { DiscardReport } from '#components/discard/discard-report.tsx';
import { canRestore, nameOf, restoreLabel, verbs } from '#components/discard/prepare-discard.ts';
import { useReplayEvents } from '#components/queries/live-changes.tsx';
import { confirmReplay, readReplayMessageIds, replayQueryOptions, replaysKey } from '#components/queries/replays.ts';
import { PlanScreen } from '#components/replay/plan-screen.tsx';
import { againFilter, againLabel } from '#components/replay/prepare-items.ts';
import { ReplayReport } from '#components/replay/replay-report.tsx';
import { CancelQuestion, SteerButtons, useSteering } from '#components/replay/steering.tsx';
import { useHotkeys } from '#components/shell/hotkeys.ts';
import { PageHeader } from '#components/shell/page-header.tsx';
import { focusPageTitle } from '#components/shell/page-title.ts';
import { Button, buttonClass } from '#components/ui/button.tsx';
import { Empty } from '#components/ui/empty.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { countOf } from '#components/ui/numbers.ts';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import type { ReplayView } from '#lib/api/replays.ts';
import { AppError } from '#lib/domain/errors.ts';

/** One replay: the plan while nothing was sent, then how it goes, live, and what came back. */
export function ReplayScreen({ replayId }: { replayId: string }) {
  const client = useQueryClient();
  const router = useRouter();
  const [again, setAgain] = useState<BesideSelection | null>(null);
  useReplayEvents(replayId);
  const { data: replay, error } = useQuery(replayQueryOptions(replayId));
  const refresh = () => client.invalidateQueries({ queryKey: replaysKey });
  const steer = useSteering(replayId, focusPageTitle);
  const confirm = useMutation({
    mutationFn: ({ planned, typed }: { planned: ReplayView; typed: number | null }) => confirmReplay(planned, typed),
    onSettled: refresh,
  });
  const gather = useMutation({
    mutationFn: () => readReplayMessageIds(replayId),
    onSuccess: (messageIds) => setAgain({ messageIds }),
  });
  // What the panel was opened with is drawn anew: the focus is where the page begins.
  const closeAgain = () => {
    setAgain(null);
    focusPageTitle();
  };
  useHotkeys({ Escape: () => again !== null && closeAgain() });

  if (!replay) {
    const isUnknown = error instanceof AppError && error.code === 'not_found';
    return (
      <>
        <PageHeader title="Replay" />
        {!error && <SkeletonRows count={10} rowClass="h-12" label="Reading the replay" />}
        {isUnknown && (
          <Empty
            title="There is no such replay"
            action={
              <Link href="/replays" className={buttonClass('go')}>
                All replays
              </Link>
            }
          >
            Plans that nobody sent are not kept for ever.
          </Empty>
        )}
        {error && !isUnknown && (
          <div className="p-4">
            <ProblemNotice error={error} />
          </div>
        )}
      </>
    );
  }
  const problem = steer.error ?? confirm.error ?? gather.error;
  const isPlan = replay.state === 'planned';
  const { action } = replay.options;
  return (
    <>
      <PageHeader
        title={isPlan ? `${verbs[action]} ${countOf(replay.plan.total, 'message')}` : nameOf(replay)}
        marks={
          <>
            <SteerButtons replay={replay} steer={steer} />
            {canRestore(replay) && again === null && (
              <Button size="small" onClick={() => setAgain({ action: 'restore', discardId: replay.id })}>
                {restoreLabel(replay)}
              </Button>
            )}
            {!isPlan &&
              action === 'replay' &&
              again === null &&
              (['returned', 'failed'] as const).map(
                (which) =>
                  replay.account[which] > 0 && (
                    <Button
                      key={which}
                      size="small"
                      onClick={() => setAgain({ filter: againFilter(replay.number, which), excluded: [] })}
                    >
                      {againLabel(replay.account[which], which)}
                    </Button>
                  ),
              )}
          </>
        }
        note={<HostileText text={replay.sentence} charactersMax={300} />}
      />
      <CancelQuestion replay={replay} steer={steer} className="border-b border-line px-4 py-2" />
      {problem && !isPlan && (
        <div className="border-b border-line p-2">
          <ProblemNotice error={problem} />
        </div>
      )}
      <div
        className={
          again
            ? 'grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)_440px] max-lg:grid-cols-[minmax(0,1fr)] max-lg:[&>aside]:fixed max-lg:[&>aside]:inset-0 max-lg:[&>aside]:z-30'
            : 'grid min-h-0 flex-1'
        }
      >
        {isPlan && (
          <div className="flex max-h-full min-h-0 w-full max-w-[760px] flex-col self-start border-r border-b border-line bg-panel">
            {action === 'replay' ? (
              <PlanScreen
                replay={replay}
                options={replay.options}
                busy={confirm.isPending || gather.isPending ? 'sending' : 'no'}
                onSend={(typed) => confirm.mutate({ planned: replay, typed })}
                onCancel={() => router.push('/replays')}
              >
                {problem && (
                  <ProblemNotice
                    error={problem}
                    catchesFocus
                    action={
                      <Button size="small" onClick={() => gather.mutate()}>
                        Plan again
                      </Button>
                    }
                  />
                )}
              </PlanScreen>
            ) : (
              <DiscardPlan
                replay={replay}
                insist={replay.options.insist}
                busy={confirm.isPending ? 'going' : 'no'}
                onGo={(typed) => confirm.mutate({ planned: replay, typed })}
                onCancel={() => router.push('/replays')}
              >
                {problem && <ProblemNotice error={problem} catchesFocus />}
              </DiscardPlan>
            )}
          </div>
        )}
        {!isPlan && (action === 'replay' ? <ReplayReport replay={replay} /> : <DiscardReport replay={replay} />)}
        {again && <BesidePanel key={JSON.stringify(again)} selection={again} onClose={closeAgain} />}
      </div>
    </>
  );
}
