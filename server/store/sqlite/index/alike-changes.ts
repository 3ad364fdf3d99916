import type { StateChange } from '#server/store/store.ts';

/** Messages that change to one state at one moment, each named once: what a thread is handed costs by its objects. */
export interface AlikeChanges extends Omit<StateChange, 'messageId'> {
  readonly messageIds: readonly string[];
}

/** The last change of a message counts. */
export function alikeChanges(changes: readonly StateChange[]): AlikeChanges[] {
  const last = new Map(changes.map((change) => [change.messageId, change]));
  const alike: (AlikeChanges & { readonly messageIds: string[] })[] = [];
  for (const { messageId, state, at, replayId } of last.values()) {
    const same = alike.findLast((one) => one.state === state && one.at === at && one.replayId === replayId);
    if (same) same.messageIds.push(messageId);
    else alike.push({ messageIds: [messageId], state, at, replayId });
  }
  return alike;
}
