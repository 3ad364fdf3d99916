import { AppError } from '#lib/domain/errors.ts';
import type { ReplayItem } from '#lib/domain/replay.ts';
import type { BrokerDriver, HeldBatch } from '#server/brokers/driver.ts';
import { contentOf, readIntentMark } from '#server/replay/intent-mark.ts';

/**
 * Removes what was sent, if it is still there, and answers the identities of those that were. Of messages that are equal to the byte only as many as were sent: the
 * others never were.
 */
export async function removeSent(
  driver: BrokerDriver,
  queueName: string,
  items: readonly ReplayItem[],
  insist: boolean,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const removed = new Set<string>();
  const wanted = items.map(({ identity, position }) => ({ identity, position }));
  const left = leftToRemove(items);
  for await (const held of driver.hold(queueName, wanted, { insist }, signal)) {
    const outcomes = await held.remove(toRemove(held, left));
    const stuck = outcomes.find((outcome) => outcome.kind !== 'removed');
    if (stuck) throw new AppError(stuck.error.code, stuck.error.message);
    for (const { identity } of outcomes) removed.add(identity);
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
