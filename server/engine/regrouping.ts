import type { Clock } from '#server/clock.ts';
import type { Store } from '#server/store/store.ts';

export interface Regrouping {
  /** Moves a batch of what is left to move. Its commit wakes the engine, so the next batch follows soon, and what others want comes in between. */
  look(): Promise<void>;
}

const batchMax = 1_000;

/** Letters that were understood before a split was decided may still be on their way into the index. */
const underWayMs = 30_000;

/** Brings the messages to where people's splits want them, from the start and after each change of the splits. */
export function createRegrouping({ index, ledger }: Store, clock: Clock): Regrouping {
  let known: string | null = null;
  let until = 0;
  let isDone = false;
  return {
    async look() {
      const splits = await ledger.listSplits();
      const wanted = JSON.stringify(splits);
      if (wanted !== known) {
        known = wanted;
        until = clock.now() + underWayMs;
        isDone = false;
      }
      if (isDone && clock.now() > until) return;
      isDone = (await index.regroup(splits, batchMax)) === 0;
    },
  };
}
