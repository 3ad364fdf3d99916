import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { Queue } from '#lib/domain/queue.ts';
import { type ReplayItem, stateAfterItem } from '#lib/domain/replay.ts';
import type { Store } from '#server/store/store.ts';

type Letter = Omit<DeadLetter, 'queueId'>;

/**
 * The index may have been rebuilt, or have lost its last moments; the ledger has not. Answers the letters with the state in which the last replay of
 * each left it, or as the return that it was found to be, and with how often each came back. Costs two look-ups a batch, also where nothing was ever replayed.
 */
export async function recallStates(
  { ledger }: Pick<Store, 'ledger'>,
  queue: Pick<Queue, 'capabilities'>,
  letters: readonly Letter[],
): Promise<readonly Letter[]> {
  const ids = letters.map((letter) => letter.id);
  const [items, returned] = await Promise.all([ledger.listItemsOfMessages(ids), ledger.findReturnedAs(ids)]);
  if (items.length === 0 && returned.length === 0) return letters;
  const itemsOf = Map.groupBy(items, (item) => item.messageId);
  const returnedAs = Map.groupBy(returned, (item) => item.returned?.messageId);
  return letters.map((given) => {
    const [own, origins] = [itemsOf.get(given.id) ?? [], returnedAs.get(given.id) ?? []];
    const returns = Math.max(given.returns, ...[...own, ...origins].map((item) => item.returned?.count ?? 0));
    const letter = returns === given.returns ? given : { ...given, returns };
    const last = own.find((item) => stateAfterItem(item.state, item.action) !== null);
    const state = last === undefined ? null : stateAfterItem(last.state, last.action);
    if (last === undefined || state === null) return asReturn(letter, origins[0]);
    // It is in its queue all the same, so it can be replayed: as `reviveMet` says.
    if (last.state === 'settled' && queue.capabilities.remove) return letter;
    const stateAt = last.settledAt ?? last.sentAt ?? last.intendedAt ?? letter.stateAt;
    return { ...letter, state, stateAt, lastReplayId: last.replayId };
  });
}

function asReturn(letter: Letter, origin: ReplayItem | undefined): Letter {
  if (origin === undefined || letter.state !== 'new') return letter;
  return { ...letter, state: 'returned', lastReplayId: origin.replayId };
}
