import type { Replay } from '#lib/domain/replay.ts';
import type { Clock } from '#server/clock.ts';
import type { Store } from '#server/store/store.ts';

const lookEveryMs = 5_000;
const firstAfterMs = 60_000;
const laterAfterMsMax = 3_600_000;

/**
 * Which replays have items of which nobody knows whether they were sent, and are to be proven once more although nothing of them moves: the broker may be back,
 * or a right may have been given. Each after a minute, then after twice as long, an hour at most: a proof reads the destination.
 */
export function createProvingAgain({ store, clock }: { readonly store: Store; readonly clock: Clock }): {
  due(): Promise<readonly Replay[]>;
} {
  const next = new Map<string, { at: number; readonly afterMs: number }>();
  let lookedAt = Number.NEGATIVE_INFINITY;

  return {
    async due() {
      const now = clock.now();
      if (now - lookedAt < lookEveryMs) return [];
      lookedAt = now;
      const ids = await store.ledger.listReplaysWithUnknown();
      for (const id of next.keys()) if (!ids.includes(id)) next.delete(id);
      const due: Replay[] = [];
      for (const id of ids) {
        const known = next.get(id);
        if (known && known.at > now) continue;
        const afterMs = known ? Math.min(known.afterMs * 2, laterAfterMsMax) : firstAfterMs;
        next.set(id, { at: now + afterMs, afterMs });
        // What was met for the first time has just been looked at by whoever left it.
        if (known) due.push(await store.ledger.getReplay(id));
      }
      return due;
    },
  };
}
