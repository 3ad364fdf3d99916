import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import { readRestoreMark } from '#lib/replay/restored.ts';
import type { Store } from '#server/store/store.ts';

/**
 * Links restored messages, by the mark that they carry, to the discarded ones that they were. That one is met also proves a restore whose outcome nobody
 * knew. May be told twice.
 */
export async function recogniseRestored(
  { ledger }: Pick<Store, 'ledger'>,
  messages: readonly RawDeadLetter[],
  letters: readonly Pick<DeadLetter, 'id'>[],
  now: number,
): Promise<void> {
  const found = messages.flatMap((raw, index) => {
    const mark = readRestoreMark(raw.headers);
    const messageId = letters[index]?.id;
    return mark === null || messageId === undefined ? [] : [{ ...mark, messageId, at: now }];
  });
  if (found.length > 0) await ledger.linkRestored(found);
}
