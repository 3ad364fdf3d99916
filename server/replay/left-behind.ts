import type { Replay, ReplayItem } from '#lib/domain/replay.ts';
import type { Store } from '#server/store/store.ts';

/** In the details of why an item was skipped: its message is still in the queue, so in a FIFO group nothing may overtake it. */
export const leavesGroup = { leavesGroup: true } as const;

const pageItems = 10_000;

/** By queue, the lanes of which this replay has left a message unsent: in a FIFO group nothing may overtake it, also after a restart. */
export async function lanesLeftBehind(store: Store, replay: Replay): Promise<(queueId: string) => Set<string>> {
  const lanes = new Map<string, Set<string>>();
  const of = (queueId: string): Set<string> => {
    const found = lanes.get(queueId) ?? new Set();
    lanes.set(queueId, found);
    return found;
  };
  for (let after: number | null = null; ;) {
    const query = { states: ['failed', 'unknown', 'skipped'] as const, after, limit: pageItems };
    const items: readonly ReplayItem[] = await store.ledger.listItems(replay.id, query);
    for (const { queueId, lane, state, reason } of items)
      if (state !== 'skipped' || reason?.details?.['leavesGroup'] === true) of(queueId).add(lane);
    after = items.at(-1)?.ordinal ?? null;
    if (after === null) return of;
  }
}
