import { AppError } from '#lib/domain/errors.ts';
import { queueOf, type ReplayQueues } from '#server/replay/replay-queues.ts';
import type { EngineRequest, MoveAllState } from '#server/store/store.ts';

/** Looks at, starts or cancels what the broker itself does with a whole queue; answers how things are then. */
export async function moveAll(
  queues: ReplayQueues,
  { queueId, what, ratePerSecond }: Extract<EngineRequest, { readonly kind: 'move-all' }>,
  signal: AbortSignal,
): Promise<MoveAllState> {
  const { driver, name } = await queueOf(queues, queueId);
  if (what === 'start') await driver.moveAll.start(name, { ratePerSecond }, signal);
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
