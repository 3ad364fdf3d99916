import type { Clock } from '#server/clock.ts';
import type { Store } from '#server/store/store.ts';

export interface Regrouping {
  /** Moves a batch of what is left to move. Its commit wakes the engine, so the next batch follows soon, and what others want comes in between. */
  look(): Promise<void>;
}

const batchMax = 1_000;

/** Letters that were understood before a split was decided may still be on their way into the index. */
const underWayMs = 30_000;

/** A class that has too many groups is counted in a further one, and only the index knows which letters that are: it is asked so often for new ones. */
const againMs = 5_000;

/** Brings the messages to where people's splits want them, from the start and after each change of the splits. */
export function createRegrouping({ index, ledger }: Store, clock: Clock): Regrouping {
  let known: string | null = null;
  let until = 0;
  let restsUntil = 0;
  let isDone = false;
  return {
    async look() {
      const now = clock.now();
      const splits = await ledger.listSplits();
      const wanted = JSON.stringify(splits);
      if (wanted !== known) {
        known = wanted;
        until = now + underWayMs;
        isDone = false;
      }
      if (isDone && now > until && (splits.length === 0 || now < restsUntil)) return;
      isDone = (await index.regroup(splits, batchMax)) === 0;
      restsUntil = now + againMs;
    },
  };
}
