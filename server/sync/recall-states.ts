import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { Queue } from '#lib/domain/queue.ts';
import { stateAfterItem } from '#lib/domain/replay.ts';
import type { Store } from '#server/store/store.ts';

type Letter = Omit<DeadLetter, 'queueId'>;

/**
 * The index may have been rebuilt, or have lost its last moments; the ledger has not. Answers the letters with the state in which the last replay of
 * each left it. Costs one look-up a batch, also where nothing was ever replayed.
 */
export async function recallStates(
  { ledger }: Pick<Store, 'ledger'>,
  queue: Pick<Queue, 'capabilities'>,
  letters: readonly Letter[],
): Promise<readonly Letter[]> {
  const items = await ledger.listItemsOfMessages(letters.map((letter) => letter.id));
  if (items.length === 0) return letters;
  const itemsOf = Map.groupBy(items, (item) => item.messageId);
  return letters.map((letter) => {
    const last = itemsOf.get(letter.id)?.find((item) => stateAfterItem(item.state) !== null);
    const state = last === undefined ? null : stateAfterItem(last.state);
    if (last === undefined || state === null) return letter;
    // It is in its queue all the same, so it can be replayed: as `reviveMet` says.
    if (last.state === 'settled' && queue.capabilities.remove) return letter;
    const stateAt = last.settledAt ?? last.sentAt ?? last.intendedAt ?? letter.stateAt;
    return { ...letter, state, stateAt, lastReplayId: last.replayId };
  });
}
