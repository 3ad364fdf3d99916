import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import { compareReturn, type ErrorReading } from '#server/sync/compare-return.ts';
import { findUnmarkedReturns, type FoundReturn, type FreshLetter } from '#server/sync/unmarked-returns.ts';
import type { ReturnRecord } from '#server/store/return-ledger.ts';
import type { Store } from '#server/store/store.ts';

type Letter = Omit<DeadLetter, 'queueId'>;

/**
 * Finds among the dead letters of a queue those that a replay of ours sent: they came back. They say so by their headers; where they do not, and a replay of
 * this queue is watched, they are looked for by what else is known of what was sent. The ledger is told before the index, and may be told twice, so that a
 * crash in between loses no return. What was restored may look like what was sent, and is not looked for by that. Answers the letters with the state that they have.
 */
export async function recogniseReturns(
  store: Store,
  queueId: string,
  fresh: readonly FreshLetter[],
  now: number,
  reading: ErrorReading = {},
  restored: Pick<ReadonlySet<string>, 'has'> = new Set(),
): Promise<readonly Letter[]> {
  const others = fresh.filter(({ letter }) => !restored.has(letter.id));
  const found = [...(await findMarked(store, fresh)), ...(await findUnmarkedReturns(store, queueId, others, now))];
  if (found.length === 0) return fresh.map(({ letter }) => letter);

  const unsaid = found.filter((each) => !isSaid(each));
  const items = new Map(found.map(({ item }) => [item.id, item]));
  if (unsaid.length > 0) {
    const recorded = await store.ledger.recordReturns(await toRecords(store, queueId, unsaid, now, reading));
    for (const item of recorded) items.set(item.id, item);
    await store.index.noteReturns(
      recorded.flatMap(({ messageId, returned }) => (returned ? [{ messageId, returns: returned.count }] : [])),
    );
  }
  const itemOf = new Map(found.map(({ letter, item }) => [letter.id, items.get(item.id)]));
  return fresh.map(({ letter }) => {
    const item = itemOf.get(letter.id);
    if (item === undefined) return letter;
    const returns = Math.max(letter.returns, item.returned?.count ?? 0);
    return { ...letter, state: 'returned' as const, lastReplayId: item.replayId, returns };
  });
}

/** A queue is read whole each time: what the ledger has of this return, and needs no proof of, is not written again. */
function isSaid({ letter, item }: FoundReturn): boolean {
  const isOpen = item.state === 'unknown' || item.state === 'failed' || item.state === 'intended';
  return item.returned?.messageId === letter.id && !isOpen;
}

/** By the headers of its replay. A log still holds the original beside its return; only the message that came back is one. */
async function findMarked(store: Store, fresh: readonly FreshLetter[]): Promise<readonly FoundReturn[]> {
  const marked = Map.groupBy(
    fresh.filter(({ letter }) => letter.replay !== null),
    ({ letter }) => letter.replay?.replayId ?? '',
  );
  const found: FoundReturn[] = [];
  for (const [replayId, ofReplay] of marked) {
    const wanted = ofReplay.map(({ letter }) => letter.replay?.itemId ?? '');
    const items = new Map((await store.ledger.findItems(replayId, wanted)).map((item) => [item.id, item]));
    for (const { letter, raw } of ofReplay) {
      const item = items.get(letter.replay?.itemId ?? '');
      if (item !== undefined && item.messageId !== letter.id) found.push({ letter, raw, item, by: 'headers' });
    }
  }
  return found;
}

async function toRecords(
  store: Store,
  queueId: string,
  found: readonly FoundReturn[],
  now: number,
  reading: ErrorReading,
): Promise<readonly ReturnRecord[]> {
  const originals = await store.index.getMessages([...new Set(found.map(({ item }) => item.messageId))]);
  const byId = new Map(originals.map((letter) => [letter.id, letter]));
  const records: ReturnRecord[] = [];
  for (const { letter, raw, item, by } of found) {
    const original = byId.get(item.messageId);
    records.push({
      replayId: item.replayId,
      itemId: item.id,
      messageId: letter.id,
      at: now,
      by,
      countSaid: letter.replay?.count ?? 0,
      sameError: await compareReturn(store, { original, item, queueId, letter, raw }, reading),
    });
  }
  return records;
}
