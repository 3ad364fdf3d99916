import { randomUUID } from 'node:crypto';
import type { Store } from '#server/store/store.ts';

/**
 * One reader a queue at a time. A scan that runs while a replay holds messages would not see them and call them gone, and two holders of
 * one queue would each see a part.
 */
export interface QueueGate {
  /** Runs the work when nobody else works on this queue; first come, first served. */
  alone<Result>(queueId: string, work: () => Promise<Result>): Promise<Result>;
}

export function createQueueGate(): QueueGate {
  const tails = new Map<string, Promise<void>>();
  return {
    async alone(queueId, work) {
      const before = tails.get(queueId) ?? Promise.resolve();
      const done = Promise.withResolvers<void>();
      const tail = before.then(() => done.promise);
      tails.set(queueId, tail);
      await before;
      try {
        return await work();
      } finally {
        done.resolve();
        if (tails.get(queueId) === tail) tails.delete(queueId);
      }
    },
  };
}

/** Unlike every mark of a driver: the next look scans. */
export const forgottenMark = '';

/**
 * The gate for who removes messages: those that come in meanwhile may make the counts what they were, and the reader would not look. Forgotten before the
 * work, so that a crash amid it changes nothing of that.
 */
export function forgettingMarks(gate: QueueGate, store: Pick<Store, 'index'>): QueueGate {
  return {
    alone: (queueId, work) =>
      gate.alone(queueId, async () => {
        await store.index.ingest({ queueId, letters: [], changeMark: forgottenMark, scan: randomUUID() });
        return work();
      }),
  };
}
