import { AppError } from '#lib/domain/errors.ts';
import { queueOf, type ReplayQueues } from '#server/replay/replay-queues.ts';
import type { EngineRequest, MoveAllState } from '#server/store/engine-request.ts';
import type { QueueGate } from '#server/sync/queue-gate.ts';

/**
 * Looks at, starts or cancels what the broker itself does with a whole queue; answers how things are then. `conflict` where a replay is not done with the
 * queue: the broker would send its messages a second time, and nobody would see it.
 */
export async function moveAll(
  queues: ReplayQueues & { readonly gate: QueueGate },
  { queueId, what, ratePerSecond, to }: Extract<EngineRequest, { readonly kind: 'move-all' }>,
  signal: AbortSignal,
): Promise<MoveAllState> {
  const { driver, name } = await queueOf(queues, queueId);
  if (what === 'start') {
    // First without waiting: a pass of a replay may have the queue for long.
    await refuseUnfinished(queues, queueId, name);
    await queues.gate.alone(queueId, async () => {
      signal.throwIfAborted();
      await refuseUnfinished(queues, queueId, name);
      await driver.moveAll.start(name, { ratePerSecond, to }, signal);
    });
  }
  if (what === 'cancel') await driver.moveAll.cancel(name, signal);
  const facts = await driver.moveAll.facts(name, signal);
  const progress = facts.available ? await driver.moveAll.progress(name, signal) : null;
  if (what === 'start' && progress === null)
    throw new AppError(
      'interrupted',
      `The move of ${name} was started, and the broker does not tell of it. Look at the queue.`,
    );
  return { facts, progress };
}

async function refuseUnfinished({ store }: ReplayQueues, queueId: string, queue: string): Promise<void> {
  const [first] = await store.ledger.listUnfinishedOn(queueId);
  if (first === undefined) return;
  const { number, state, onlyUnknown } = first;
  const why = onlyUnknown
    ? 'may have sent messages of it, and nobody knows. Decide on its page whether they arrived'
    : `is ${state} and has messages of it in hand. Let it finish, or cancel it and wait until nothing of it is in hand`;
  throw new AppError(
    'conflict',
    `Nothing of ${queue} was moved: replay ${number} ${why}. Otherwise they could be there twice.`,
    { details: { replay: number } },
  );
}
