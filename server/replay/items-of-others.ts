import { type ReplayItem, stateAfterItem } from '#lib/domain/replay.ts';
import type { Ledger } from '#server/store/store.ts';

/** Those that are the last that was done with their message. What a newer replay or discard left it in is not overwritten by an older one. */
export async function newestOfTheirMessages(
  ledger: Pick<Ledger, 'listItemsOfMessages'>,
  items: readonly ReplayItem[],
): Promise<readonly ReplayItem[]> {
  const newest = new Map<string, string>();
  for (const { id, messageId, state, action } of await ledger.listItemsOfMessages(items.map((item) => item.messageId)))
    if (stateAfterItem(state, action) !== null && !newest.has(messageId)) newest.set(messageId, id);
  return items.filter((item) => newest.get(item.messageId) === item.id);
}

/**
 * Those whose message no other replay or discard has settled since they were begun. Of the others the message is out of its queue: what reads like it there now
 * is another one, which nobody has sent.
 */
export async function notSettledByOthers(
  ledger: Pick<Ledger, 'listItemsOfMessages'>,
  items: readonly ReplayItem[],
): Promise<readonly ReplayItem[]> {
  const all = await ledger.listItemsOfMessages(items.map((item) => item.messageId));
  const settled = Map.groupBy(
    all.filter(({ state, action }) => state === 'settled' && action !== 'restore'),
    (item) => item.messageId,
  );
  return items.filter(
    ({ messageId, replayId, intendedAt }) =>
      !settled
        .get(messageId)
        ?.some((other) => other.replayId !== replayId && (other.settledAt ?? 0) >= (intendedAt ?? 0)),
  );
}
