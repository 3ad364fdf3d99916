import type { ListedMessage } from '#lib/api/messages.ts';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { ReplayItem } from '#lib/domain/replay.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { toMessageRow } from '#server/queries/to-view.ts';

/** Rows of a list, each with the message that it came back as, or was. */
export async function listMessages(
  { store: { ledger }, masking }: Pick<Runtime, 'store' | 'masking'>,
  letters: readonly DeadLetter[],
): Promise<readonly ListedMessage[]> {
  // A header that names a replay may have been written by anyone; what the ledger recognised has a replay of its own.
  const touched = letters.filter((letter) => letter.lastReplayId !== null);
  if (touched.length === 0) return letters.map((letter) => ({ ...toMessageRow(letter, masking), ...untied }));
  const sentItems = await findSentItems(ledger, touched);
  const ids = [...touched.map((letter) => letter.id), ...[...sentItems.values()].map((item) => item.messageId)];
  const items = await ledger.listItemsOfMessages([...new Set(ids)]);
  const numbers = new Map(items.map((item) => [item.replayId, item.replayNumber]));
  // Newest first, so the last that is set stays.
  const returned = new Map(
    items.toReversed().flatMap((item) => (item.returned ? [[item.messageId, item] as const] : [])),
  );

  const tie = (messageId: string | undefined, replayId: string | undefined) => {
    const replayNumber = replayId === undefined ? undefined : numbers.get(replayId);
    if (messageId === undefined || replayId === undefined || replayNumber === undefined) return null;
    return { messageId, replayId, replayNumber };
  };
  return letters.map((letter) => {
    const again = returned.get(letter.id);
    const sent = letter.replay === null ? undefined : sentItems.get(letter.replay.itemId);
    // A log still holds what was sent: that is not its own return.
    const original = sent?.messageId === letter.id ? undefined : sent;
    return {
      ...toMessageRow(letter, masking),
      cameBackAs: tie(again?.returned?.messageId, again?.replayId),
      returnOf: tie(original?.messageId, original?.replayId),
    };
  });
}

const untied = { cameBackAs: null, returnOf: null };

/** The items that sent these letters, by their ids. */
async function findSentItems(
  ledger: Runtime['store']['ledger'],
  letters: readonly DeadLetter[],
): Promise<ReadonlyMap<string, ReplayItem>> {
  const marks = letters.flatMap((letter) => letter.replay ?? []);
  const ofReplays = Map.groupBy(marks, (mark) => mark.replayId);
  const found = await Promise.all(
    Array.from(ofReplays, ([replayId, some]) =>
      ledger.findItems(
        replayId,
        some.map((mark) => mark.itemId),
      ),
    ),
  );
  return new Map(found.flat().map((item) => [item.id, item]));
}
