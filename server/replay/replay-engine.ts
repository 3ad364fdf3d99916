import { accountLine, replayName } from '#lib/domain/replay-line.ts';
import type { Replay } from '#lib/domain/replay.ts';
import { failed, type Say } from '#server/log/log.ts';
import { createCancelledTraces } from '#server/replay/cancelled-traces.ts';
import { createProvingAgain } from '#server/replay/prove-again.ts';
import { putRight } from '#server/replay/put-right.ts';
import { runReplay, type RunReplayDependencies } from '#server/replay/run-replay.ts';
import type { Sync } from '#server/sync/sync.ts';

export interface ReplayEngine {
  /** Takes up every replay that waits for work and is nobody else's, and settles those whose watch is over. Cheap; called after each change. */
  look(): Promise<void>;
  /** Settles when nothing runs any more. */
  stopped: Promise<void>;
}

const leaseMs = 15_000;
const renewals = 3;

/** After work that failed: a broker that is away is not asked all the time. */
const retryAfterMs = 10_000;

/** Runs replays side by side, each under a lease that is renewed while it runs; an engine that dies loses its leases, and another one takes over. */
export function createReplayEngine(
  dependencies: RunReplayDependencies & { worker: string; readonly sync: Pick<Sync, 'lookedSince'>; readonly say: Say },
  signal: AbortSignal,
): ReplayEngine {
  const { store, clock, worker } = dependencies;
  const running = new Map<string, Promise<void>>();
  const retryAt = new Map<string, number>();
  const again = createProvingAgain(dependencies);
  const traces = createCancelledTraces(dependencies);

  /** Works under the lease, which is renewed meanwhile; a worker that could not renew it stops before another one begins. */
  async function underLease(replay: Replay, work: (mine: AbortSignal) => Promise<void>): Promise<void> {
    const mine = new AbortController();
    let leasedUntil = clock.now() + leaseMs;
    const renewal = setInterval(() => {
      const at = clock.now();
      store.ledger.leaseReplay(replay.id, worker, at, leaseMs).then(
        (kept) => {
          if (kept) leasedUntil = at + leaseMs;
          else mine.abort();
        },
        (error: unknown) => {
          say(replay, error);
          if (clock.now() + leaseMs / renewals >= leasedUntil) mine.abort();
        },
      );
    }, leaseMs / renewals);
    try {
      await work(AbortSignal.any([signal, mine.signal]));
      retryAt.delete(replay.id);
    } catch (error) {
      retryAt.set(replay.id, clock.now() + retryAfterMs);
      if (!signal.aborted) say(replay, error);
    } finally {
      clearInterval(renewal);
      // Another engine need not wait for the end of a lease that nobody uses. Where that is not written, it does.
      await store.ledger.leaseReplay(replay.id, worker, clock.now(), 0).catch((error: unknown) => say(replay, error));
      running.delete(replay.id);
    }
  }

  async function take(replay: Replay, work: (mine: AbortSignal) => Promise<void>): Promise<void> {
    if (await store.ledger.leaseReplay(replay.id, worker, clock.now(), leaseMs))
      running.set(replay.id, underLease(replay, work));
  }

  function say(replay: Replay, error: unknown): void {
    dependencies.say(...failed(`replay ${replay.number}`, error, { replayId: replay.id }));
  }

  function workOf(replay: Replay): ((mine: AbortSignal) => Promise<void>) | null {
    if (replay.state === 'queued' || replay.state === 'sending')
      return (mine) => runReplay(dependencies, replay.id, mine);
    // Paused, cancelled, stopped or watching: nothing more is sent, but what was left half-done is put right.
    const isHalfDone = replay.account.intended + replay.account.sent > 0;
    return isHalfDone ? (mine) => putRight(dependencies, replay, mine) : null;
  }

  /** Nobody who has not looked knows that a message was not seen again. */
  function isLookedThrough(queueIds: readonly string[], at: number): boolean {
    // All of them are asked for at once.
    return queueIds.filter((id) => !dependencies.sync.lookedSince(id, at)).length === 0;
  }

  async function settleWhenOver(replay: Replay): Promise<void> {
    if (replay.state !== 'watching' || replay.watchUntil === null || replay.watchUntil > clock.now()) return;
    if (!isLookedThrough(replay.queueIds, replay.watchUntil)) return;
    const settled = await store.ledger.setReplayState(replay.id, { state: 'settled', at: clock.now() });
    dependencies.say(`${replayName(settled)} settled: ${accountLine(settled)}`, { replayId: replay.id });
  }

  return {
    async look() {
      for (const replay of await store.ledger.listActiveReplays()) {
        if (signal.aborted || running.has(replay.id)) continue;
        const work = workOf(replay);
        if (work === null) await settleWhenOver(replay);
        else if ((retryAt.get(replay.id) ?? 0) > clock.now()) continue;
        else await take(replay, work);
      }
      for (const replay of await again.due()) {
        if (!signal.aborted && !running.has(replay.id))
          await take(replay, (mine) => putRight(dependencies, replay, mine));
      }
      await traces.look((replay) => running.has(replay.id));
    },
    get stopped() {
      return Promise.allSettled(running.values()).then(() => undefined);
    },
  };
}
