import { toErrorRecord } from '#lib/domain/errors.ts';
import { type QueueCapabilities, queueId } from '#lib/domain/queue.ts';
import type { Store } from '#server/store/store.ts';

/** What the last look at a queue of this connection has left in the store, for a driver that has not looked yet. */
export function earlierCapabilities({ index }: Pick<Store, 'index'>, connection: string) {
  return async (queue: string): Promise<QueueCapabilities | null> => {
    try {
      return (await index.getQueue(queueId(connection, queue))).capabilities;
    } catch (error) {
      if (toErrorRecord(error).code === 'not_found') return null;
      throw error;
    }
  };
}
