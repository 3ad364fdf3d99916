import type { ListedMessage } from '#lib/api/messages.ts';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { ReplayItem } from '#lib/domain/replay.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { readExpiry } from '#server/queries/read-expiry.ts';
import { toMessageRow } from '#server/queries/to-view.ts';

/** Rows of a list, each with when it expires, and the message that it came back as, or was. */
export async function listMessages(
  { store, masking, quarantineAfter }: Pick<Runtime, 'store' | 'masking' | 'quarantineAfter'>,
  letters: readonly DeadLetter[],
): Promise<readonly ListedMessage[]> {
  const { ledger } = store;
  const expiryOf = await readExpiry(store, letters);
  const rowOf = (letter: DeadLetter) => ({
    ...toMessageRow(letter, masking, quarantineAfter),
    expires: expiryOf(letter),
  });
  // A header that names a replay may have been written by anyone; what the ledger recognised has a replay of its own.
  const touched = letters.filter((letter) => letter.lastReplayId !== null);
  if (touched.length === 0) return letters.map((letter) => ({ ...rowOf(letter), ...untied }));
  const sentItems = await findSentItems(ledger, touched);
  const ids = [...touched.map((letter) => letter.id), ...[...sentItems.values()].map((item) => item.messageId)];
  const items = await ledger.listItemsOfMessages([...new Set(ids)]);
  const numbers = new Map(items.map((item) => [item.replayId, item.replayNumber]));
  // Newest first, so the last that is set stays.
  const returned = new Map(
    items
      .toReversed()
      .flatMap((item) => (item.returned && item.action === 'replay' ? [[item.messageId, item] as const] : [])),
  );

  const tie = (messageId: string | undefined, replayId: string | undefined) => {
    const replayNumber = replayId === undefined ? undefined : numbers.get(replayId);
    if (messageId === undefined || replayId === undefined || replayNumber === undefined) return null;
    return { messageId, replayId, replayNumber };
  };
  return letters.map((letter) => {
    const again = returned.get(letter.id);
    const sent = sentItems.get(letter.replay?.itemId ?? letter.id);
    // A log still holds what was sent: that is not its own return.
    const original = sent?.messageId === letter.id ? undefined : sent;
    return {
      ...rowOf(letter),
      cameBackAs: tie(again?.returned?.messageId, again?.replayId),
      returnOf: tie(original?.messageId, original?.replayId),
    };
  });
}

const untied = { cameBackAs: null, returnOf: null };

/** The items that sent these letters: by their ids, or by the letter's where it was recognised without headers. */
async function findSentItems(
  ledger: Runtime['store']['ledger'],
  letters: readonly DeadLetter[],
): Promise<ReadonlyMap<string, ReplayItem>> {
  const marks = letters.flatMap((letter) => letter.replay ?? []);
  const ofReplays = Map.groupBy(marks, (mark) => mark.replayId);
  const unmarked = letters.filter((letter) => letter.replay === null).map((letter) => letter.id);
  const [unsaid, ...said] = await Promise.all([
    ledger.findReturnedAs(unmarked),
    ...Array.from(ofReplays, ([replayId, some]) =>
      ledger.findItems(
        replayId,
        some.map((mark) => mark.itemId),
      ),
    ),
  ]);
  return new Map([
    ...unsaid.map((item) => [item.returned?.messageId ?? '', item] as const),
    ...said.flat().map((item) => [item.id, item] as const),
  ]);
}
