import type { ReplayItemView } from '#lib/api/replays.ts';
import type { ReplayItem, ReplayOptions } from '#lib/domain/replay.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { restoredTimes } from '#server/queries/archived.ts';
import { toMessageRow, toReplayItemView } from '#server/queries/to-view.ts';

/** Items of a replay, each with what its message says of itself where the index still has it. */
export async function itemViews(
  { store, masking }: Pick<Runtime, 'store' | 'masking'>,
  items: readonly ReplayItem[],
  { action, edit }: Pick<ReplayOptions, 'action' | 'edit'>,
): Promise<readonly ReplayItemView[]> {
  const restored = action === 'discard' ? await restoredTimes({ store }, items) : null;
  const letters = await store.index.getMessages(items.map(({ messageId }) => messageId));
  const rows = new Map(letters.map((letter) => [letter.id, toMessageRow(letter, masking)]));
  return items.map((item) => {
    const row = rows.get(item.messageId);
    const message = row
      ? { errorClass: row.errorClass, errorMessage: row.errorMessage, reason: row.reason, key: row.key }
      : null;
    const restoredAt = restored?.get(item.id) ?? null;
    return { ...toReplayItemView(item, masking, edit !== null), message, restoredAt };
  });
}
