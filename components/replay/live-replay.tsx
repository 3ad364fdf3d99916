'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { nameOf } from '#components/discard/prepare-discard.ts';
import { useReplayEvents } from '#components/queries/live-changes.tsx';
import { replayQueryOptions } from '#components/queries/replays.ts';
import { ReplayProgress } from '#components/replay/replay-progress.tsx';
import { CancelQuestion, SteerButtons, useSteering } from '#components/replay/steering.tsx';
import { replayHref } from '#components/shell/links.ts';
import { Button, buttonClass } from '#components/ui/button.tsx';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';

/** A replay that was just sent, beside the table that it came from. */
export function LiveReplay({
  replayId,
  onSteered,
  onClose,
}: {
  replayId: string;
  /** After it was paused, resumed or cancelled, by what is then gone. */
  onSteered: () => void;
  onClose: () => void;
}) {
  useReplayEvents(replayId);
  const { data: replay, error } = useQuery(replayQueryOptions(replayId));
  const steer = useSteering(replayId, onSteered);
  return (
    <div className="grid gap-4 p-4">
      {error && !replay && <ProblemNotice error={error} />}
      {replay && <ReplayProgress replay={replay} />}
      {replay && (
        <>
          <div className="flex flex-wrap gap-2 empty:hidden">
            <SteerButtons replay={replay} steer={steer} size="normal" />
          </div>
          <CancelQuestion replay={replay} steer={steer} className="rounded-md px-3 py-2" />
          {steer.error && <ProblemNotice error={steer.error} />}
        </>
      )}
      {replay && (
        <div className="flex flex-wrap items-center gap-2">
          <Link href={replayHref(replay.number)} className={buttonClass()}>
            Open {nameOf(replay).toLowerCase()}
          </Link>
          <Button onClick={onClose} autoFocus>
            Back to the messages
          </Button>
        </div>
      )}
    </div>
  );
}
