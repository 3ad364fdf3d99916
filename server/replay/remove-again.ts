import type { Replay, ReplayItem } from '#lib/domain/replay.ts';
import type { Clock } from '#server/clock.ts';
import { notSettledByOthers } from '#server/replay/items-of-others.ts';
import { queueOf, type ReplayQueues } from '#server/replay/replay-queues.ts';
import { removeSent } from '#server/replay/remove-sent.ts';

export interface RemoveAgainDependencies extends ReplayQueues {
  readonly clock: Clock;
}

/** RabbitMQ writes acknowledgements down when it comes to it; what was removed longer ago than this is on its disk. */
const forgottenWithinMs = 10 * 60_000;

/** RabbitMQ lets nobody hold more than 65,535. */
const itemsMax = 50_000;

/**
 * After trouble with a broker: one that was killed may have forgotten removals that it had taken (RabbitMQ does not confirm acknowledgements), and has messages
 * again that were sent and settled. They are removed once more; sent again they never are. The caller has the queue to itself.
 */
export async function removeAgain(
  dependencies: RemoveAgainDependencies,
  replay: Replay,
  queueId: string,
  signal: AbortSignal,
): Promise<void> {
  const { store, clock } = dependencies;
  const { action, insist } = replay.options;
  if (action === 'restore') return;
  const settledFrom = clock.now() - forgottenWithinMs;
  const query = { states: ['settled'] as const, queueId, settledFrom, newestFirst: true, after: null, limit: itemsMax };
  const items: readonly ReplayItem[] = await store.ledger.listItems(replay.id, query);
  const own = await notSettledByOthers(
    store.ledger,
    items.filter((item) => item.sentAt !== null),
  );
  if (own.length === 0) return;
  const { driver, name, canRemove } = await queueOf(dependencies, queueId);
  if (!canRemove) return;
  const removed = await removeSent(driver, name, own, insist, signal);
  const state = action === 'discard' ? 'discarded' : 'replayed';
  // A read that came first has shown them as new.
  await store.index.setStates(
    own
      .filter((item) => removed.has(item.identity))
      .map((item) => ({ messageId: item.messageId, state, at: clock.now(), replayId: replay.id })),
  );
}
