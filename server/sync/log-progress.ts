import type { BrowseBatch, BrowseEnd } from '#server/brokers/driver.ts';
import type { Clock } from '#server/clock.ts';
import type { Store } from '#server/store/store.ts';

/** Progress is written at most so often: a commit for every batch would wake every browser. */
export const progressEveryMs = 500;

/** Says how far the reading of a log has come. */
export interface LogProgress {
  /** A batch at one of the ends of what is known. */
  met(batch: Pick<BrowseBatch, 'progress' | 'end'>, where: 'newer' | 'older'): Promise<void>;
  /** The newer end was reached: where it is said that the older one was not, so far back is known. */
  caughtUp(end: BrowseEnd | null): Promise<void>;
}

/** The store does what it is told in order: what is said to be known is on its way into the index before. */
export function createLogProgress(store: Store, clock: Clock, queueId: string, depth: number): LogProgress {
  const left = { newer: 0, older: 0 };
  /** In the browse that is under way, and in those before it. */
  let [here, before] = [0, 0];
  let saidAt = 0;
  let saying: Promise<void> = Promise.resolve();

  function reader() {
    const read = before + here;
    const ahead = left.newer + left.older;
    return { kind: 'syncing', read, of: read + ahead, exact: false } as const;
  }

  return {
    async met({ progress, end }, where) {
      here = progress.read;
      left[where] = progress.of === null ? 0 : progress.of - progress.read;
      if (end !== null) [before, here] = [before + here, 0];
      if (end !== null || clock.now() - saidAt < progressEveryMs) return;
      saidAt = clock.now();
      // It is written behind all batches that are under way: the next one is read meanwhile, instead of once they are written.
      await saying;
      saying = store.index.saveQueueStatus(queueId, { reader: reader() });
      // The next time says it.
      saying.catch(() => undefined);
    },
    async caughtUp(end) {
      await saying;
      if (end?.older === undefined) return;
      left.older = end.older.count;
      // What an earlier run has read counts as well.
      before = Math.max(before, depth - left.older);
      const since = end.older.before;
      await store.index.saveQueueStatus(queueId, {
        reader: reader(),
        // Clocks may be ahead; nothing is known of times to come.
        knownBackTo: since === null ? null : Math.min(since, clock.now()),
      });
    },
  };
}
