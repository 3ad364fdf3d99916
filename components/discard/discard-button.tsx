import type { DiscardSelection } from '#components/queries/discards.ts';
import { Button } from '#components/ui/button.tsx';
import type { MessageDetail } from '#lib/api/messages.ts';

/** Discard, or Restore where it is discarded: beside Replay. Nothing where there is nothing to do. */
export function DiscardButton({
  message: { id, state, archived },
  onPlan,
}: {
  message: Pick<MessageDetail, 'id' | 'state' | 'archived'>;
  onPlan: (selection: DiscardSelection) => void;
}) {
  if (state === 'discarded') {
    const canRestore = archived !== null && archived.restoredAt === null;
    return (
      canRestore && (
        <Button look="go" onClick={() => onPlan({ action: 'restore', messageIds: [id] })}>
          Restore
        </Button>
      )
    );
  }
  return state !== 'gone' && <Button onClick={() => onPlan({ action: 'discard', messageIds: [id] })}>Discard</Button>;
}
