import type { ReplayItem } from '#lib/domain/replay.ts';
import type { ItemChange } from '#server/replay/taken-since.ts';
import type { Store } from '#server/store/store.ts';

const changes = {
  forgotten: { kind: 'gone', one: 'is no longer in the archive', many: 'are no longer in the archive' },
  restored: { kind: 'restored-meanwhile', one: 'is back in its queue', many: 'are back in their queue' },
} as const satisfies Readonly<Record<string, ItemChange>>;

/** Of items of a restore what became of the archived messages that they put back; `null` of those that are as they were. */
export async function changesInArchive(
  { ledger }: Pick<Store, 'ledger'>,
  items: readonly ReplayItem[],
): Promise<(item: ReplayItem) => ItemChange | null> {
  const found = await ledger.listArchived({ messageIds: items.map(({ messageId }) => messageId) });
  const archived = new Map(found.map((each) => [each.itemId, each]));
  return ({ position }) => {
    const kept = archived.get(position);
    if (!kept) return changes.forgotten;
    return kept.restoredAt === null ? null : changes.restored;
  };
}
