'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { changeWords, undoOf } from '#components/groups/prepare-groups.ts';
import { changeGroup, groupsKey, readGroup } from '#components/queries/groups.ts';
import { overviewKey } from '#components/queries/overview.ts';
import { countOf } from '#components/ui/numbers.ts';
import { toast } from '#components/ui/toast.tsx';
import type { GroupChange, GroupRow } from '#lib/api/groups.ts';

type Named = Pick<GroupRow, 'fingerprint' | 'title'>;
type Mergeable = Named & Pick<GroupRow, 'merged'>;
type Changeable = Named & Pick<GroupRow, 'state' | 'ignoredUntil' | 'resolvedAt' | 'owner'>;

interface Step {
  readonly fingerprint: string;
  readonly change: GroupChange;
  readonly undo: GroupChange;
  /** It has members, and a merge takes them along: they are read before it, so that undoing it can give them back. */
  readonly takesMembers?: boolean;
  /** Groups that are merged into it once it is changed. */
  readonly members?: readonly string[];
}

interface Work {
  readonly steps: readonly Step[];
  readonly words: string;
  /** What the toast says once it is undone; `null` where the work is itself an undoing. */
  readonly undone: string | null;
}

/** Answers the step that undoes it. */
async function takeStep({ fingerprint, change, undo, takesMembers = false, members = [] }: Step): Promise<Step> {
  const taken = takesMembers ? (await readGroup(fingerprint)).members.map((member) => member.fingerprint) : [];
  await changeGroup(fingerprint, change);
  // Only a group that stands for itself takes others in.
  await Promise.all(members.map((member) => changeGroup(member, { mergeInto: fingerprint })));
  return { fingerprint, change: undo, undo: change, members: taken };
}

/** What people do with groups: one or many at a time, said in a toast that can undo it. What fails is said, and the rest is done. */
export function useGroupChanges() {
  const client = useQueryClient();
  const { mutate, isPending } = useMutation({
    mutationFn: ({ steps }: Work) => Promise.allSettled(steps.map(takeStep)),
    onSuccess: (outcomes, { steps, words, undone }) => {
      const done = steps.filter((_, index) => outcomes[index]?.status === 'fulfilled');
      if (done.length > 0) {
        const back = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
        toast(words, undone === null ? {} : { undo: () => mutate({ steps: back, words: undone, undone: null }) });
      }
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failed) {
        const why = failed.reason instanceof Error ? failed.reason.message : 'The console did not say why.';
        const missed = steps.length - done.length;
        toast(steps.length === 1 ? why : `${countOf(missed, 'group')} not changed: ${why}`, { failed: true });
      }
    },
    // Nobody waits for the new readings before they decide the next thing.
    onSettled: () => {
      void client.invalidateQueries({ queryKey: groupsKey });
      void client.invalidateQueries({ queryKey: overviewKey });
    },
  });
  const act = (steps: readonly Step[], words: string, undone: string) => {
    if (steps.length > 0) mutate({ steps, words, undone });
  };
  const one = ({ fingerprint, title }: Named, change: GroupChange, undo: GroupChange, undone: string) =>
    act([{ fingerprint, change, undo }], changeWords(change, [title], Date.now()), undone);

  return {
    isPending,
    /** State or owner. */
    change: (rows: readonly Changeable[], change: GroupChange) =>
      act(
        rows.map((row) => ({ fingerprint: row.fingerprint, change, undo: undoOf(row, change) })),
        changeWords(
          change,
          rows.map((row) => row.title),
          Date.now(),
        ),
        'Undone',
      ),
    merge: (rows: readonly Mergeable[], into: Named) => {
      const others = rows.filter((row) => row.fingerprint !== into.fingerprint);
      const change = { mergeInto: into.fingerprint };
      act(
        others.map(({ fingerprint, merged }) => ({
          fingerprint,
          change,
          undo: { mergeInto: null },
          takesMembers: merged > 0,
        })),
        `${countOf(others.length, 'group')} merged into “${into.title}”`,
        'Taken out again',
      );
    },
    takeOut: (member: Named, from: string) => one(member, { mergeInto: null }, { mergeInto: from }, 'Merged again'),
    split: (row: Named, by: 'queue' | 'type') => one(row, { splitBy: by }, { splitBy: null }, 'One group again'),
    join: (row: Named, by: 'queue' | 'type') => one(row, { splitBy: null }, { splitBy: by }, 'Split again'),
  };
}

export type GroupChanges = ReturnType<typeof useGroupChanges>;
