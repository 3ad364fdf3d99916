import { AppError } from '#lib/domain/errors.ts';
import type { Replay, ReplayItem } from '#lib/domain/replay.ts';
import type { Store } from '#server/store/store.ts';

/** A hold on a FIFO queue that did not meet what may stand behind the ten messages that are shown of its group, or be gone. */
export function isBehindOthers(error: unknown): boolean {
  return error instanceof AppError && error.code === 'unsupported';
}

/** So many are looked for of a group: somebody may have taken the first. */
const ofEachGroup = 3;
const pageItems = 1_000;

/**
 * Of each group of these items what comes next in it by the same replay, and is in its queue as far as is known. A FIFO queue shows a group in its order: where one
 * of these is met, whatever of the items was not met before it is gone.
 */
export async function nextInTheirGroups(
  { ledger }: Store,
  replay: Replay,
  queueId: string,
  items: readonly ReplayItem[],
): Promise<readonly ReplayItem[]> {
  const lastOf = new Map<string, number>();
  for (const { lane, ordinal } of items) lastOf.set(lane, Math.max(ordinal, lastOf.get(lane) ?? ordinal));
  const still = ['planned', 'unknown', 'failed', 'skipped'] as const;
  const after = Math.min(...items.map(({ ordinal }) => ordinal));
  const page = await ledger.listItems(replay.id, { states: still, queueId, after, limit: pageItems });
  const later = page.filter(({ lane, ordinal }) => ordinal > (lastOf.get(lane) ?? Number.POSITIVE_INFINITY));
  return [...Map.groupBy(later, ({ lane }) => lane).values()].flatMap((ofLane) => ofLane.slice(0, ofEachGroup));
}
