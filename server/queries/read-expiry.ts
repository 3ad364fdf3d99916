import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { Expiry } from '#lib/expiry/expiry.ts';
import { expiryInQueue } from '#lib/expiry/expiry-rule.ts';
import type { Store } from '#server/store/store.ts';

/** When each of these letters expires, by what its queue says; `null` where it is kept, is not there any more, or nobody tells. */
export async function readExpiry(
  { index }: Pick<Store, 'index'>,
  letters: readonly DeadLetter[],
): Promise<(letter: DeadLetter) => Expiry | null> {
  const ids = [...new Set(letters.map(({ queueId }) => queueId))];
  const queues = new Map(await Promise.all(ids.map(async (id) => [id, await index.getQueue(id)] as const)));
  return (letter) => {
    const queue = queues.get(letter.queueId);
    return queue ? expiryInQueue(queue, letter) : null;
  };
}
