'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { replaysKey, steerReplay } from '#components/queries/replays.ts';
import { cancelQuestion, steering } from '#components/replay/prepare-account.ts';
import { Button } from '#components/ui/button.tsx';
import { Question } from '#components/ui/question.tsx';
import type { ReplayView } from '#lib/api/replays.ts';

type Steer = ReturnType<typeof steering>[number];

const steerWords: Readonly<Record<Steer, string>> = { pause: 'Pause', resume: 'Resume', cancel: 'Cancel the rest' };

/** Pausing, resuming and cancelling one replay. `onSteered` puts the focus where the reader goes on: what was pressed goes away. */
export function useSteering(replayId: string, onSteered: () => void) {
  const client = useQueryClient();
  const [isAsked, setAsked] = useState(false);
  const steer = useMutation({
    mutationFn: (how: Steer) => steerReplay(replayId, how),
    onSettled: () => client.invalidateQueries({ queryKey: replaysKey }),
  });
  return {
    error: steer.error,
    isBusy: steer.isPending,
    /** Whether to cancel is being asked. */
    isAsked,
    setAsked,
    go(how: Steer) {
      setAsked(false);
      steer.mutate(how);
      onSteered();
    },
  };
}

type Steering = ReturnType<typeof useSteering>;

/** What can be done with it now; nothing where nothing can. */
export function SteerButtons({
  replay,
  steer,
  size = 'small',
}: {
  replay: ReplayView;
  steer: Steering;
  size?: 'small' | 'normal';
}) {
  return steering(replay.state).map((how) => (
    <Button
      key={how}
      size={size}
      disabled={steer.isBusy}
      onClick={() => (how === 'cancel' ? steer.setAsked(true) : steer.go(how))}
    >
      {steerWords[how]}
    </Button>
  ));
}

/** Whether the rest is to be cancelled, while that is asked and still can be. */
export function CancelQuestion({
  replay,
  steer,
  className,
}: {
  replay: ReplayView;
  steer: Steering;
  className: string;
}) {
  if (!steer.isAsked || !steering(replay.state).includes('cancel')) return null;
  return (
    <Question
      className={className}
      yes="Cancel the rest"
      no="Leave it as it is"
      onYes={() => steer.go('cancel')}
      onNo={() => steer.setAsked(false)}
    >
      {cancelQuestion(replay)}
    </Question>
  );
}
