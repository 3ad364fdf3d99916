import { AppError } from '#lib/domain/errors.ts';
import type { ReplayItem } from '#lib/domain/replay.ts';
import type { BrokerDriver, HeldBatch, WantedMessage } from '#server/brokers/driver.ts';
import { isBehindOthers } from '#server/replay/behind-others.ts';
import { contentOf, readIntentMark } from '#server/replay/intent-mark.ts';

/**
 * Removes what was sent, if it is still there, and answers the identities of those that were. Of messages that are equal to the byte only as many as were sent: the
 * others never were. `next`: what follows them in their groups on a FIFO queue; where it is met, they are not behind others but gone.
 */
export async function removeSent(
  driver: BrokerDriver,
  queueName: string,
  items: readonly ReplayItem[],
  insist: boolean,
  signal: AbortSignal,
  next: readonly WantedMessage[] = [],
): Promise<ReadonlySet<string>> {
  const removed = new Set<string>();
  const shownBeyond = new Set<string>();
  const nextIdentities = new Set(next.map(({ identity }) => identity));
  const wanted = [...items, ...next].map(({ identity, position }) => ({ identity, position }));
  const left = leftToRemove(items);
  try {
    for await (const held of driver.hold(queueName, wanted, { insist }, signal)) {
      for (const { identity, lane } of held.messages) if (nextIdentities.has(identity)) shownBeyond.add(lane);
      const outcomes = await held.remove(toRemove(held, left));
      const stuck = outcomes.find((outcome) => outcome.kind !== 'removed');
      if (stuck) throw new AppError(stuck.error.code, stuck.error.message);
      for (const { identity } of outcomes) removed.add(identity);
    }
  } catch (error) {
    const areGone = items.every(({ identity, lane }) => removed.has(identity) || shownBeyond.has(lane));
    if (!isBehindOthers(error) || !areGone) throw error;
  }
  return removed;
}

interface Equals {
  /** How many equal messages the queue held at the first intent, and how many of them were sent. */
  readonly before: number;
  readonly sent: number;
  removed: number;
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
