import type { Store } from '#server/store/store.ts';

/** Which of these replays send edited copies, by id with their numbers. */
export async function editedReplays(
  { ledger }: Pick<Store, 'ledger'>,
  replayIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const replays = await Promise.all([...new Set(replayIds)].map((id) => ledger.getReplay(id)));
  return new Map(replays.flatMap(({ id, number, options }) => (options.edit === null ? [] : [[id, number] as const])));
}
