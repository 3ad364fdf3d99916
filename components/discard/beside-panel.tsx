import { DiscardPanel } from '#components/discard/discard-panel.tsx';
import { MoveAllPanel } from '#components/discard/move-all-panel.tsx';
import type { DiscardSelection } from '#components/queries/discards.ts';
import type { PlanSelection } from '#components/queries/replays.ts';
import { ReplayPanel } from '#components/replay/replay-panel.tsx';

/** What stands beside the messages: the plan of a replay, of a discard or of a restore. */
export type BesideSelection =
  | PlanSelection
  | DiscardSelection
  /** All of a queue, by the broker's own means. */
  | { readonly action: 'move-all'; readonly queueId: string };

/** A replay, a discard or a restore of this selection, from its plan to its account. */
export function BesidePanel({
  selection,
  ...rest
}: {
  selection: BesideSelection;
  leftOut?: { readonly words: string; readonly onInclude: () => void } | null;
  onClose: () => void;
  onSent?: () => void;
}) {
  if ('action' in selection && selection.action === 'move-all')
    return <MoveAllPanel queueId={selection.queueId} onClose={rest.onClose} />;
  return 'action' in selection ? (
    <DiscardPanel selection={selection} {...rest} />
  ) : (
    <ReplayPanel selection={selection} {...rest} />
  );
}
