'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode, RefObject } from 'react';
import { nameOf, verbs } from '#components/discard/prepare-discard.ts';
import { confirmReplay, replayQueryOptions, replaysKey } from '#components/queries/replays.ts';
import { LiveReplay } from '#components/replay/live-replay.tsx';
import { BesidePane } from '#components/ui/beside-pane.tsx';
import { Button } from '#components/ui/button.tsx';
import { catchFocus } from '#components/ui/catch-focus.ts';
import { countOf } from '#components/ui/numbers.ts';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import type { ReplayView } from '#lib/api/replays.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { ReplayAction } from '#lib/domain/replay.ts';

/** What also matches and is not planned, and the way to plan it, too. */
export interface LeftOut {
  readonly words: string;
  readonly onInclude: () => void;
}

/** Carries out what was planned, with the count that was typed where it is dangerous. */
export function useConfirmation(onBegun?: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ planned, typed }: { planned: ReplayView; typed: number | null }) => confirmReplay(planned, typed),
    onSuccess: (begun) => {
      client.setQueryData(replayQueryOptions(begun.id).queryKey, begun);
      void client.invalidateQueries({ queryKey: replaysKey });
      onBegun?.();
    },
  });
}

/** Beside what was picked: the plan that is being made or that failed, the plan itself, and when it was confirmed how it goes. */
export function PlanPanel({
  action,
  headingRef,
  count,
  begun,
  marks,
  leftOut,
  isPlanning,
  planning,
  error,
  waysOn,
  onPlanAgain,
  onClose,
  children,
}: {
  action: ReplayAction;
  headingRef: RefObject<HTMLHeadingElement | null>;
  /** So many messages; absent while nobody knows. */
  count: number | undefined;
  begun: ReplayView | undefined;
  /** Beside the title, until it is confirmed. */
  marks?: ReactNode;
  leftOut: LeftOut | null;
  /** Before there is a plan to show. */
  isPlanning: boolean;
  planning: { readonly label: string; readonly rows: number };
  error: Error | null;
  /** Other ways on than to plan it again. */
  waysOn?: ReactNode;
  onPlanAgain: () => void;
  onClose: () => void;
  /** The plan. */
  children: ReactNode;
}) {
  const verb = verbs[action];
  const title = `${verb} ${count === undefined ? 'everything that matches' : countOf(count, 'message')}`;
  return (
    <BesidePane
      label={verb}
      headingRef={headingRef}
      title={begun ? nameOf(begun) : title}
      marks={!begun && marks}
      closeLabel={`Close the ${action}`}
      onClose={onClose}
    >
      {begun ? (
        <LiveReplay replayId={begun.id} onSteered={() => headingRef.current?.focus()} onClose={onClose} />
      ) : (
        <>
          {leftOut !== null && (
            <p className="flex items-center gap-3 border-b border-line bg-sunk px-4 py-2 text-soft">
              <span className="min-w-0 flex-1">{leftOut.words}: they are left out.</span>
              <Button size="small" onClick={leftOut.onInclude}>
                Include them
              </Button>
            </p>
          )}
          {isPlanning && (
            <p aria-hidden className="animate-late px-4 py-2 text-soft">
              {planning.label}…
            </p>
          )}
          {isPlanning && <SkeletonRows count={planning.rows} rowClass="h-14" label={planning.label} />}
          {error && (
            <div className="grid gap-2 p-4">
              <ProblemNotice error={error} />
              <div className="flex gap-2">
                <Button ref={catchFocus} look="go" onClick={onPlanAgain}>
                  Plan again
                </Button>
                {waysOn}
                <Button onClick={onClose}>Cancel</Button>
              </div>
            </div>
          )}
          {!error && children}
        </>
      )}
    </BesidePane>
  );
}

/** Why a confirmation was refused; a plan that no longer holds is made anew. */
export function ConfirmationProblem({ error, onPlanAgain }: { error: Error | null; onPlanAgain: () => void }) {
  if (error === null) return null;
  const isStale = error instanceof AppError && error.code === 'stale_plan';
  return (
    <ProblemNotice
      error={error}
      catchesFocus={!isStale}
      action={
        isStale ? (
          <Button ref={catchFocus} size="small" onClick={onPlanAgain}>
            Plan again
          </Button>
        ) : undefined
      }
    />
  );
}
