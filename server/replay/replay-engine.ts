import { toErrorRecord } from '#lib/domain/errors.ts';
import type { Replay } from '#lib/domain/replay.ts';
import { runReplay, type RunReplayDependencies } from '#server/replay/run-replay.ts';

export interface ReplayEngine {
  /** Takes up every replay that waits for work and is nobody else's, and settles those whose watch is over. Cheap; called after each change. */
  look(): Promise<void>;
  /** Settles when nothing runs any more. */
  stopped: Promise<void>;
}

const leaseMs = 15_000;

/** Runs replays side by side, each under a lease that is renewed while it runs; an engine that dies loses its leases, and another one takes over. */
export function createReplayEngine(
  dependencies: RunReplayDependencies & { worker: string; say(line: string): void },
  signal: AbortSignal,
): ReplayEngine {
  const { store, clock, worker } = dependencies;
  const running = new Map<string, Promise<void>>();

  async function work(replay: Replay): Promise<void> {
    const mine = new AbortController();
    const renewal = setInterval(() => {
      store.ledger.leaseReplay(replay.id, worker, clock.now(), leaseMs).then(
        (kept) => kept || mine.abort(),
        (error: unknown) =>
          dependencies.say(`replay ${replay.number}: lease not renewed: ${toErrorRecord(error).message}`),
      );
    }, leaseMs / 3);
    try {
      await runReplay(dependencies, replay.id, AbortSignal.any([signal, mine.signal]));
    } catch (error) {
      dependencies.say(`replay ${replay.number}: ${toErrorRecord(error).message}`);
    } finally {
      clearInterval(renewal);
      running.delete(replay.id);
    }
  }

  return {
    async look() {
      for (const replay of await store.ledger.listActiveReplays()) {
        if (signal.aborted || running.has(replay.id)) continue;
        if (replay.state === 'watching') {
          if (replay.watchUntil !== null && replay.watchUntil <= clock.now())
            await store.ledger.setReplayState(replay.id, { state: 'settled', at: clock.now() });
        } else if (await store.ledger.leaseReplay(replay.id, worker, clock.now(), leaseMs)) {
          running.set(replay.id, work(replay));
        }
      }
    },
    get stopped() {
      return Promise.allSettled(running.values()).then(() => undefined);
    },
  };
}
