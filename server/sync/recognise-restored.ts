import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import { readRestoreMark } from '#lib/replay/restored.ts';
import type { MetRestored } from '#server/store/archive-ledger.ts';
import type { Store } from '#server/store/store.ts';

type Letter = Omit<DeadLetter, 'queueId'>;

/**
 * Links restored messages, by the mark that they carry, to the discarded ones that they were. That one is met also proves a restore whose outcome nobody
 * knew. May be told twice. Answers those that the ledger knows to be restored, by their ids: they neither arrived nor came back.
 */
export async function recogniseRestored(
  { ledger }: Pick<Store, 'ledger'>,
  messages: readonly RawDeadLetter[],
  letters: readonly Pick<DeadLetter, 'id'>[],
  now: number,
): Promise<ReadonlyMap<string, MetRestored>> {
  const found = messages.flatMap((raw, index) => {
    const mark = readRestoreMark(raw.headers);
    const messageId = letters[index]?.id;
    return mark === null || messageId === undefined ? [] : [{ ...mark, messageId, at: now }];
  });
  const met = found.length > 0 ? await ledger.linkRestored(found) : [];
  return new Map(met.map((each) => [each.messageId, each]));
}

/** As old as they were when they were discarded, where the index still knows it; what the broker keeps them for begins anew. They name their restore. */
export async function asRestored(
  { index }: Pick<Store, 'index'>,
  letters: readonly Letter[],
  restored: ReadonlyMap<string, MetRestored>,
): Promise<readonly Letter[]> {
  if (restored.size === 0) return letters;
  const originals = await index.getMessages([...restored.values()].map(({ restoredFrom }) => restoredFrom));
  const byId = new Map(originals.map((original) => [original.id, original]));
  return letters.map((letter) => {
    const met = restored.get(letter.id);
    if (met === undefined) return letter;
    const original = byId.get(met.restoredFrom);
    const age = original !== undefined && original.at < letter.at ? { at: original.at, atIs: original.atIs } : {};
    return { ...letter, ...age, lastReplayId: met.replayId };
  });
}
