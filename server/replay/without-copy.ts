import type { ErrorRecord } from '#lib/domain/errors.ts';
import type { ReplayItem } from '#lib/domain/replay.ts';
import type { Store } from '#server/store/store.ts';

export const notInArchive: ErrorRecord = {
  code: 'not_found',
  message:
    'It was not removed: the archive has no copy of it any more, and it would be lost. Where it is still in its queue, discard it again.',
};

/** Items of a discard of a queue, by whether the archive holds what they are about: what it does not hold must not be removed. */
export async function byCopy(
  { ledger }: Pick<Store, 'ledger'>,
  items: readonly ReplayItem[],
): Promise<{ readonly kept: readonly ReplayItem[]; readonly lost: readonly ReplayItem[] }> {
  const archived = await ledger.listArchived({ messageIds: items.map((item) => item.messageId) });
  const copies = new Set(archived.filter(({ sizeBytes }) => sizeBytes !== null).map(({ itemId }) => itemId));
  return { kept: items.filter((item) => copies.has(item.id)), lost: items.filter((item) => !copies.has(item.id)) };
}
