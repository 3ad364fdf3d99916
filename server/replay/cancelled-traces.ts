import type { Replay } from '#lib/domain/replay.ts';
import type { RunReplayDependencies } from '#server/replay/run-replay.ts';

const lookEveryMs = 1_000;
/** One that is cancelled is among the newest, but for those that were left for long. */
const lookedAtMax = 100;
const ends: ReadonlySet<string> = new Set(['watching', 'settled', 'cancelled']);

/**
 * Ends the traces of replays that are cancelled. Whoever cancels one is not the engine, and nobody may work on it then, because it was paused or stopped. What
 * was cancelled before this process began is not told again.
 */
export function createCancelledTraces({
  store,
  clock,
  tracing,
}: Pick<RunReplayDependencies, 'store' | 'clock' | 'tracing'>) {
  let ended: ReadonlySet<string> | null = null;
  let lookedAt = Number.NEGATIVE_INFINITY;
  return {
    /** Waits for who works on one: what was under way is in its account then. */
    async look(isRunning: (replay: Replay) => boolean): Promise<void> {
      const now = clock.now();
      if (!tracing || now - lookedAt < lookEveryMs) return;
      lookedAt = now;
      const newest = await store.ledger.listReplays({ limit: lookedAtMax, before: null, withPlans: false });
      const over = newest.filter(
        (replay) =>
          ends.has(replay.state) && (replay.state !== 'cancelled' || !isRunning(replay) || ended?.has(replay.id)),
      );
      for (const replay of over)
        if (ended && !ended.has(replay.id) && replay.state === 'cancelled' && replay.startedAt !== null)
          tracing.finished(replay);
      ended = new Set(over.map(({ id }) => id));
    },
  };
}
