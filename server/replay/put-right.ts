import { AppError, type ErrorRecord } from '#lib/domain/errors.ts';
import type { Replay, ReplayItem } from '#lib/domain/replay.ts';
import type { BrokerDriver, HeldBatch } from '#server/brokers/driver.ts';
import type { Clock } from '#server/clock.ts';
import { readIntentMark } from '#server/replay/intent-mark.ts';
import { queueOf, type ReplayQueues } from '#server/replay/replay-queues.ts';
import type { Store } from '#server/store/store.ts';
import type { QueueGate } from '#server/sync/queue-gate.ts';

export interface PutRightDependencies extends ReplayQueues {
  readonly clock: Clock;
  readonly gate: QueueGate;
}

const pageItems = 1_000;

const nobodyKnows: ErrorRecord = {
  code: 'interrupted',
  message:
    'The console stopped between the intent and the answer: it may have been sent. Look at the destination before you send it again.',
};

/** What a worker that died left behind: `sent` is removed and never sent again; of `intended` nobody knows, and that is what is said. */
export async function putRight(dependencies: PutRightDependencies, replay: Replay, signal: AbortSignal): Promise<void> {
  const { store, clock, gate } = dependencies;
  for (;;) {
    const intended = await store.ledger.listItems(replay.id, { states: ['intended'], after: null, limit: pageItems });
    if (intended.length === 0) break;
    await store.ledger.recordItems(
      intended.map((item) => ({ itemId: item.id, state: 'unknown', reason: nobodyKnows })),
      clock.now(),
    );
    await setStates(store, replay, intended, 'unknown', clock.now());
  }
  for (;;) {
    const sent = await store.ledger.listItems(replay.id, { states: ['sent'], after: null, limit: pageItems });
    if (sent.length === 0) break;
    for (const [queueId, items] of Map.groupBy(sent, (item) => item.queueId)) {
      const { driver, name, canRemove } = await queueOf(dependencies, queueId);
      if (canRemove) await gate.alone(queueId, () => removeSent(driver, name, items, replay.options.insist, signal));
      await store.ledger.recordItems(
        items.map((item) => ({ itemId: item.id, state: 'settled' })),
        clock.now(),
      );
      await setStates(store, replay, items, 'replayed', clock.now());
    }
  }
}

function setStates(
  store: Store,
  replay: Replay,
  items: readonly ReplayItem[],
  state: 'unknown' | 'replayed',
  at: number,
): Promise<void> {
  return store.index.setStates(items.map((item) => ({ messageId: item.messageId, state, at, replayId: replay.id })));
}

/** Removes what was sent, if it is still there. Of messages that are equal to the byte only as many as were sent: the others never were. */
async function removeSent(
  driver: BrokerDriver,
  queueName: string,
  items: readonly ReplayItem[],
  insist: boolean,
  signal: AbortSignal,
): Promise<void> {
  const wanted = items.map(({ identity, position }) => ({ identity, position }));
  const left = leftToRemove(items);
  for await (const held of driver.hold(queueName, wanted, { insist }, signal)) {
    const outcomes = await held.remove(toRemove(held, left));
    const stuck = outcomes.find((outcome) => outcome.kind !== 'removed');
    if (stuck) throw new AppError(stuck.error.code, stuck.error.message);
  }
}

interface Equals {
  /** How many equal messages the queue held at the first intent, and how many of them were sent. */
  readonly before: number;
  readonly sent: number;
  removed: number;
}

/** Equal messages are numbered by their place, so their identities differ behind the `#` alone. */
function contentOf(identity: string): string {
  return identity.replace(/#\d+$/, '');
}

function leftToRemove(items: readonly ReplayItem[]): ReadonlyMap<string, Equals> {
  const byContent = Map.groupBy(items, (item) => contentOf(item.identity));
  return new Map(
    [...byContent].map(([content, equal]) => {
      // Where they were not counted, none is removed: better a message that is seen again than one that is lost.
      const counts = equal.map((item) => readIntentMark(item.watermark)?.equals ?? Number.POSITIVE_INFINITY);
      const before = Math.max(...counts);
      return [content, { before, sent: equal.length, removed: 0 }];
    }),
  );
}

function toRemove(held: HeldBatch, left: ReadonlyMap<string, Equals>): readonly string[] {
  return held.messages.flatMap((message) => {
    const equals = left.get(contentOf(message.identity));
    if (!equals) return [];
    // Those that were not sent must all remain.
    const present = message.equals === undefined ? 1 : (message.equals ?? 0);
    const mayGo = present - (equals.before - equals.sent);
    if (equals.removed >= mayGo) return [];
    equals.removed += 1;
    return [message.identity];
  });
}
