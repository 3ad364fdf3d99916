'use client';

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { rangeBounds } from '#components/filter-bar/time-ranges.ts';
import { countMatching, readMatchingIds, type MessagesView } from '#components/queries/messages.ts';
import type { PlanSelection } from '#components/queries/replays.ts';
import {
  leavesSome,
  leftOutWords,
  notReplayed,
  onlyReplayed,
  stillLeavesOut,
} from '#components/queue-screen/prepare-matching.ts';

/** So many messages can be picked one by one; more than that are replayed by their filter, frozen at that moment. */
export const selectionMax = 10_000;

/** What "all that match" did not take, and the way to take it, too. */
export interface LeftOut {
  readonly words: string;
  readonly onInclude: () => void;
}

/** Of the filter and the range that were asked, and the ids that were taken. */
interface LeftOutOf extends LeftOut {
  readonly question: string;
  readonly ids: readonly string[];
}

/** "All that match", by id or by the filter. What was replayed already is left out of both until the reader wants it. */
export function useMatching(
  view: MessagesView,
  {
    selection,
    select,
    drop,
  }: {
    readonly selection: ReadonlySet<string>;
    readonly select: (ids: readonly string[]) => void;
    readonly drop: (ids: readonly string[]) => void;
  },
  onReplay: (selection: PlanSelection) => void,
) {
  const question = JSON.stringify([view.filter, view.range]);
  const [ofSelection, setOfSelection] = useState<LeftOutOf | null>(null);
  const [ofPlan, setOfPlan] = useState<LeftOut | null>(null);
  const gather = useMutation({
    mutationFn: (_asked: string) => readMatchingIds(view, selectionMax),
    onSuccess: ({ ids, replayed }, asked) => {
      const leaves = ids.length > 0 && replayed.length > 0;
      select(leaves ? ids : [...ids, ...replayed]);
      // Also where it was taken with the rows that are loaded.
      if (leaves) drop(replayed);
      const onInclude = () => {
        select(replayed);
        setOfSelection(null);
      };
      const words = leftOutWords({ count: replayed.length, capped: false });
      setOfSelection(leaves ? { words, onInclude, question: asked, ids } : null);
    },
  });
  const plan = useMutation({
    mutationFn: async () => {
      const { filter, range } = view;
      const asOf = Date.now();
      const [rest, replayed] = await Promise.all([
        countMatching(notReplayed(filter), range),
        countMatching(onlyReplayed(filter), range),
      ]);
      const all = selectionOf(view, asOf);
      return leavesSome(rest, replayed)
        ? { all, selection: selectionOf({ ...view, filter: notReplayed(filter) }, asOf), replayed }
        : { all, selection: all, replayed: null };
    },
    onSuccess: ({ all, selection, replayed }) => {
      const onInclude = () => {
        onReplay(all);
        setOfPlan(null);
      };
      onReplay(selection);
      setOfPlan(replayed && { words: leftOutWords(replayed), onInclude });
    },
  });
  return {
    isBusy: gather.isPending || plan.isPending,
    error: gather.error ?? plan.error,
    select: () => gather.mutate(question),
    replay: () => plan.mutate(),
    /** All of it, by the filter, as of now. */
    selection: () => selectionOf(view, Date.now()),
    ofSelection: ofSelection && stillLeavesOut(ofSelection, question, selection) ? ofSelection : null,
    ofPlan,
    /** The selection or the plan is another one now. */
    forget: () => {
      setOfSelection(null);
      setOfPlan(null);
    },
  };
}

function selectionOf({ filter, range }: MessagesView, asOf: number): PlanSelection {
  const { from, to } = rangeBounds(range, asOf);
  return { filter, ...(from !== null && { from }), ...(to !== null && { to }), asOf, excluded: [] };
}
