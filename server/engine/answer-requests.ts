import { AppError, toErrorRecord } from '#lib/domain/errors.ts';
import type { Clock } from '#server/clock.ts';
import { failed, type Say } from '#server/log/log.ts';
import { type DiscardPlanDependencies, makeDiscardPlan } from '#server/replay/discard-plan.ts';
import { moveAll } from '#server/replay/move-all.ts';
import { makePlan, type PlanDependencies } from '#server/replay/plan.ts';
import { changesSincePlan } from '#server/replay/plan-changes.ts';
import { makeRestorePlan } from '#server/replay/restore-plan.ts';
import type { EngineRequest, RequestAnswer } from '#server/store/engine-request.ts';
import type { Store } from '#server/store/store.ts';
import type { QueueGate } from '#server/sync/queue-gate.ts';
import type { Sync } from '#server/sync/sync.ts';
import type { AlertWatch } from '#server/watch/alerts/watch-alerts.ts';

export interface RequestDependencies extends PlanDependencies, Pick<DiscardPlanDependencies, 'archiveMs'> {
  readonly store: Store;
  readonly clock: Clock;
  readonly sync: Sync;
  readonly gate: QueueGate;
  readonly worker: string;
  /** Absent where nothing is watched. */
  readonly alerts?: Pick<AlertWatch, 'test'> | undefined;
  readonly say: Say;
}

/** How long a request may take before another engine may take it. */
const leaseMs = 120_000;

/** No broker may hold an engine for ever. */
const workMaxMs: Readonly<Record<EngineRequest['kind'], number>> = {
  sync: 115_000,
  'check-plan': 20_000,
  plan: 15 * 60_000,
  'plan-restore': 15 * 60_000,
  'move-all': 60_000,
  'test-receiver': 30_000,
};

/** Takes every waiting request and answers each when it is done; they run side by side. */
export async function takeRequests(
  dependencies: RequestDependencies,
  running: Set<Promise<void>>,
  signal: AbortSignal,
): Promise<void> {
  const { store, clock, worker } = dependencies;
  while (!signal.aborted) {
    const claimed = await store.ledger.claimRequest(worker, clock.now(), leaseMs);
    if (!claimed) return;
    const work = underLease(dependencies, claimed.id, signal, (mine) =>
      answer(dependencies, claimed.request, claimed.by, mine),
    )
      .then((result) => store.ledger.answerRequest(claimed.id, result, clock.now()))
      // Unanswered, its lease runs out and it is taken again.
      .catch((error: unknown) => dependencies.say(...failed(`request ${claimed.request.kind}`, error)))
      .finally(() => running.delete(work));
    running.add(work);
  }
}

/** A plan of a million messages takes longer than a lease: it is renewed while the work goes on, and the work ends when another engine has it. */
async function underLease(
  { store, clock, worker, say }: RequestDependencies,
  requestId: string,
  signal: AbortSignal,
  work: (mine: AbortSignal) => Promise<RequestAnswer>,
): Promise<RequestAnswer> {
  const mine = new AbortController();
  const renewal = setInterval(() => {
    store.ledger.renewRequest(requestId, worker, clock.now(), leaseMs).then(
      (kept) => kept || mine.abort(),
      (error: unknown) => say(...failed('request', error)),
    );
  }, leaseMs / 3);
  try {
    return await work(AbortSignal.any([signal, mine.signal]));
  } finally {
    clearInterval(renewal);
  }
}

async function answer(
  dependencies: RequestDependencies,
  request: EngineRequest,
  by: string,
  signal: AbortSignal,
): Promise<RequestAnswer> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(workMaxMs[request.kind])]);
  try {
    switch (request.kind) {
      case 'sync':
        await dependencies.sync.readNow(request.queueId, request.insist, bounded);
        return { kind: 'done', replayId: null };
      case 'check-plan': {
        const check = await changesSincePlan(dependencies, request.replayId, bounded);
        return { kind: 'done', replayId: null, ...check };
      }
      case 'plan': {
        const { selection, options } = request;
        const make = options.action === 'discard' ? makeDiscardPlan : makePlan;
        return {
          kind: 'done',
          replayId: await make(dependencies, { id: dependencies.newId(), selection, options, by }, bounded),
        };
      }
      case 'move-all':
        return { kind: 'done', replayId: null, moveAll: await moveAll(dependencies, request, bounded) };
      case 'test-receiver': {
        if (!dependencies.alerts) throw new AppError('unsupported', 'This engine watches nothing and tells nobody.');
        return { kind: 'done', replayId: null, tested: await dependencies.alerts.test(request.receiver, bounded) };
      }
      case 'plan-restore': {
        const { selection, options } = request;
        const plan = { id: dependencies.newId(), selection, options, by };
        return { kind: 'done', replayId: await makeRestorePlan(dependencies, plan, bounded) };
      }
    }
  } catch (error) {
    return { kind: 'failed', error: toErrorRecord(error) };
  }
}
