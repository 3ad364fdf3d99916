import { toErrorRecord } from '#lib/domain/errors.ts';
import type { Clock } from '#server/clock.ts';
import { makePlan, type PlanDependencies } from '#server/replay/plan.ts';
import type { EngineRequest, RequestAnswer, Store } from '#server/store/store.ts';
import type { Sync } from '#server/sync/sync.ts';

export interface RequestDependencies extends PlanDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly sync: Sync;
  readonly worker: string;
  say(line: string): void;
}

/** How long a request may take before another engine may take it. */
const leaseMs = 120_000;

/** Takes every waiting request and answers each when it is done; they run side by side. */
export async function takeRequests(
  dependencies: RequestDependencies,
  running: Set<Promise<void>>,
  signal: AbortSignal,
): Promise<void> {
  const { store, clock, worker } = dependencies;
  for (;;) {
    const claimed = await store.ledger.claimRequest(worker, clock.now(), leaseMs);
    if (!claimed) return;
    const work = answer(dependencies, claimed.request, claimed.by, signal)
      .then((result) => store.ledger.answerRequest(claimed.id, result, clock.now()))
      // Unanswered, its lease runs out and it is taken again.
      .catch((error: unknown) => dependencies.say(`request ${claimed.request.kind}: ${toErrorRecord(error).message}`))
      .finally(() => running.delete(work));
    running.add(work);
  }
}

async function answer(
  dependencies: RequestDependencies,
  request: EngineRequest,
  by: string,
  signal: AbortSignal,
): Promise<RequestAnswer> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(leaseMs - 5_000)]);
  try {
    switch (request.kind) {
      case 'sync':
        await dependencies.sync.readNow(request.queueId, request.insist, bounded);
        return { kind: 'done', replayId: null };
      case 'plan': {
        const { selection, options, sentence } = request;
        return {
          kind: 'done',
          replayId: await makePlan(dependencies, { messageIds: selection.messageIds, options, sentence, by }, bounded),
        };
      }
    }
  } catch (error) {
    return { kind: 'failed', error: toErrorRecord(error) };
  }
}
