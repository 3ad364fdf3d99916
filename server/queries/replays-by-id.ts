import type { Replay } from '#lib/domain/replay.ts';
import type { Store } from '#server/store/store.ts';

/** Each once. Throws where one of them is not known. */
export async function replaysById(
  { ledger }: Pick<Store, 'ledger'>,
  replayIds: readonly string[],
): Promise<ReadonlyMap<string, Replay>> {
  const replays = await Promise.all([...new Set(replayIds)].map((id) => ledger.getReplay(id)));
  return new Map(replays.map((replay) => [replay.id, replay]));
}
