import type { StateChange, Store } from '#server/store/store.ts';

/**
 * How what a replay did comes to be seen in the index. One call at a time, and what comes meanwhile goes with the next: the rows of a batch lie scattered over
 * the index's pages, and pages are written whole, so a message costs the less the more go at once.
 */
export interface Showing {
  /** Resolves when the index has them. They may wait so long for others, unless there are enough already. */
  show(changes: readonly StateChange[]): Promise<void>;
  /** What waits goes now, and nothing waits for others any more until `work` is over. */
  hurried(work: () => Promise<void>): Promise<void>;
}

const enough = 4_000;

export function createShowing({ index }: Pick<Store, 'index'>, gatherMs: number): Showing {
  let waiting: StateChange[] = [];
  /** The call that takes what waits. */
  let next: PromiseWithResolvers<void> | null = null;
  let isDue = false;
  let soon: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let hurries = 0;

  const write = (): Promise<void> => {
    const taken = waiting;
    [waiting, next, isDue] = [[], null, false];
    running = index.setStates(taken);
    return running;
  };
  const makeDue = (): void => {
    clearTimeout(soon);
    soon = undefined;
    if (next === null || isDue) return;
    isDue = true;
    next.resolve(running.catch(() => undefined).then(write));
  };
  return {
    show(changes) {
      if (changes.length === 0) return Promise.resolve();
      waiting.push(...changes);
      next ??= Promise.withResolvers();
      const { promise } = next;
      if (hurries > 0 || gatherMs === 0 || waiting.length >= enough) makeDue();
      else soon ??= setTimeout(makeDue, gatherMs);
      return promise;
    },
    async hurried(work) {
      hurries += 1;
      try {
        makeDue();
        await work();
      } finally {
        hurries -= 1;
      }
    },
  };
}
