import type { Replay, ReplayItem } from '#lib/domain/replay.ts';
import type { Clock } from '#server/clock.ts';
import { notSettledByOthers } from '#server/replay/items-of-others.ts';
import { readIntentMark } from '#server/replay/intent-mark.ts';
import { queueOf, type ReplayQueues } from '#server/replay/replay-queues.ts';
import { removeSent } from '#server/replay/remove-sent.ts';
import { byCopy } from '#server/replay/without-copy.ts';

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
  // What was not counted when it was sent is never removed: of a queue too deep to be held whole that is all of it.
  const counted = items.filter(
    (item) => item.sentAt !== null && typeof readIntentMark(item.watermark)?.equals === 'number',
  );
  if (counted.length === 0) return;
  const { driver, name, canRemove } = await queueOf(dependencies, queueId);
  // The others answer a removal when it is done. And SQS cannot tell of a message that it is gone, where more stand behind the ten that it shows of a group.
  if (!canRemove || driver.kind !== 'rabbitmq') return;
  // A discard has left in its queue what the archive holds no copy of.
  const { kept } = action === 'discard' ? await byCopy(store, counted) : { kept: counted };
  const own = await notSettledByOthers(store.ledger, kept);
  if (own.length === 0) return;
  const removed = await removeSent(driver, name, own, insist, signal);
  const state = action === 'discard' ? 'discarded' : 'replayed';
  // A read that came first has shown them as new.
  await store.index.setStates(
    own
      .filter((item) => removed.has(item.identity))
      .map((item) => ({ messageId: item.messageId, state, at: clock.now(), replayId: replay.id })),
  );
}
