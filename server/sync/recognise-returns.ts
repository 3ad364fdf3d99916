import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import { fingerprintOf } from '#lib/fingerprint/fingerprint.ts';
import type { ReturnRecord, Store } from '#server/store/store.ts';

type Letter = Omit<DeadLetter, 'queueId'>;

/**
 * Finds among fresh dead letters those that a replay of ours sent: they came back. The ledger is told before the index, and may be told twice,
 * so that a crash in between loses no return. Answers the letters with the state that they have.
 */
export async function recogniseReturns(
  store: Store,
  letters: readonly Letter[],
  now: number,
): Promise<readonly Letter[]> {
  const marked = letters.filter((letter) => letter.replay !== null);
  if (marked.length === 0) return letters;

  const items = await store.ledger.recordReturns(await toRecords(store, marked, now));
  const byItem = new Map(items.map((item) => [item.id, item]));
  return letters.map((letter) => {
    const item = letter.replay === null ? undefined : byItem.get(letter.replay.itemId);
    // A log still holds the original beside its return; only the message that came back is one.
    return item === undefined || item.messageId === letter.id
      ? letter
      : { ...letter, state: 'returned' as const, lastReplayId: item.replayId };
  });
}

async function toRecords(store: Store, marked: readonly Letter[], now: number): Promise<readonly ReturnRecord[]> {
  const originals = await originalsOf(store, marked);
  return marked.flatMap((letter) => {
    if (letter.replay === null) return [];
    const original = originals.get(letter.replay.itemId);
    if (original?.id === letter.id) return [];
    const record = { replayId: letter.replay.replayId, itemId: letter.replay.itemId, messageId: letter.id, at: now };
    return [{ ...record, sameError: original !== undefined && isSameError(original, letter) }];
  });
}

async function originalsOf(store: Store, marked: readonly Letter[]): Promise<ReadonlyMap<string, DeadLetter>> {
  const messageIdByItem = new Map<string, string>();
  for (const replayId of new Set(marked.flatMap((letter) => (letter.replay ? [letter.replay.replayId] : [])))) {
    const wanted = marked.flatMap((letter) => (letter.replay?.replayId === replayId ? [letter.replay.itemId] : []));
    for (const item of await store.ledger.findItems(replayId, wanted)) messageIdByItem.set(item.id, item.messageId);
  }
  const letters = await store.index.getMessages([...new Set(messageIdByItem.values())]);
  const byId = new Map(letters.map((letter) => [letter.id, letter]));
  return new Map(
    [...messageIdByItem].flatMap(([itemId, messageId]) => {
      const letter = byId.get(messageId);
      return letter ? [[itemId, letter] as const] : [];
    }),
  );
}

/** Whether both are one problem. Without error text reason alone decides: both have the same source, and a replay changes no payload. */
function isSameError(original: Letter, letter: Letter): boolean {
  const context = { source: '', payloadShape: () => '' };
  return fingerprintOf(original, context).id === fingerprintOf(letter, context).id;
}
