import { AppError } from '#lib/domain/errors.ts';
import type { Replay, ReplayItem } from '#lib/domain/replay.ts';
import type { WantedMessage } from '#server/brokers/driver.ts';
import type { Store } from '#server/store/store.ts';

/** A hold on a FIFO queue that did not meet what may stand behind the ten messages that are shown of its group, or be gone. */
export function isBehindOthers(error: unknown): boolean {
  return error instanceof AppError && error.code === 'unsupported';
}

/** So many are looked for of a group: somebody may have taken the first. */
const ofEachGroup = 3;
const pageItems = 1_000;
/** More than a FIFO queue shows of a group. */
const othersMax = 20;

/**
 * Of each group of these items what comes next in it, and is in its queue as far as is known: of the same replay or, where that has nothing left in the group, of others. A
 * FIFO queue shows a group in its order: where one of these is met, whatever of the items was not met before it is gone.
 */
export async function nextInTheirGroups(
  { ledger, index }: Store,
  replay: Replay,
  queueId: string,
  items: readonly ReplayItem[],
): Promise<readonly WantedMessage[]> {
  const lastOf = new Map<string, number>();
  for (const { lane, ordinal } of items) lastOf.set(lane, Math.max(ordinal, lastOf.get(lane) ?? ordinal));
  const still = ['planned', 'unknown', 'failed', 'skipped'] as const;
  const after = Math.min(...items.map(({ ordinal }) => ordinal));
  const page = await ledger.listItems(replay.id, { states: still, queueId, after, limit: pageItems });
  const later = page.filter(({ lane, ordinal }) => ordinal > (lastOf.get(lane) ?? Number.POSITIVE_INFINITY));
  const own = Map.groupBy(later, ({ lane }) => lane);
  const ended = Map.groupBy(
    items.filter(({ lane }) => !own.has(lane)),
    ({ lane }) => lane,
  );
  const others: WantedMessage[] = [];
  for (const [lane, ofLane] of ended) others.push(...(await othersBehind(index, { queueId, lane }, ofLane)));
  return [...[...own.values()].flatMap((ofLane) => ofLane.slice(0, ofEachGroup)), ...others];
}

/** By the numbers that the queue itself gave them; none where one of them is not known. */
async function othersBehind(
  index: Store['index'],
  place: { readonly queueId: string; readonly lane: string },
  items: readonly ReplayItem[],
): Promise<readonly WantedMessage[]> {
  const letters = await index.getMessages(items.map(({ messageId }) => messageId));
  const numbers = letters.flatMap(({ sequence }) => (sequence === null ? [] : [BigInt(sequence)]));
  if (numbers.length < items.length) return [];
  const last = numbers.reduce((most, each) => (each > most ? each : most));
  const behind = await index.listKeysBehind({ ...place, after: String(last), upTo: null }, null, othersMax);
  return index.getMessages(behind.letters.filter(({ isOpen }) => isOpen).map(({ id }) => id));
}
