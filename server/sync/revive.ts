import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { Store } from '#server/store/store.ts';

/**
 * A dead letter that was sent and removed, and is in its queue all the same, is one that can be replayed: an equal one beside it, which has taken over
 * its identity, or one whose removal did not hold. The caller has the queue to itself, so nothing is being removed at the moment.
 */
export async function reviveMet(store: Store, metIds: readonly string[], now: number): Promise<void> {
  const removed = (await store.index.getMessages(metIds)).filter(isRemoved);
  if (removed.length === 0) return;
  const items = await store.ledger.listItemsOfMessages(removed.map((letter) => letter.id));
  // What was sent and still waits for its removal is there by right.
  const waiting = new Set(
    items.filter((item) => item.state === 'sent' && item.action !== 'restore').map((item) => item.messageId),
  );
  await store.index.setStates(
    removed
      .filter((letter) => !waiting.has(letter.id))
      .map((letter) => ({ messageId: letter.id, state: 'new', at: now, replayId: letter.lastReplayId })),
  );
}

function isRemoved(letter: DeadLetter): boolean {
  return letter.state === 'replayed' || letter.state === 'discarded';
}
