import type { ReplayItemView } from '#lib/api/replays.ts';
import type { ReplayItem } from '#lib/domain/replay.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { toMessageRow, toReplayItemView } from '#server/queries/to-view.ts';

/** Items of a replay, each with what its message says of itself where the index still has it. */
export async function itemViews(
  { store, masking }: Pick<Runtime, 'store' | 'masking'>,
  items: readonly ReplayItem[],
  isEdited: boolean,
): Promise<readonly ReplayItemView[]> {
  const letters = await store.index.getMessages(items.map(({ messageId }) => messageId));
  const rows = new Map(letters.map((letter) => [letter.id, toMessageRow(letter, masking)]));
  return items.map((item) => {
    const row = rows.get(item.messageId);
    const message = row
      ? { errorClass: row.errorClass, errorMessage: row.errorMessage, reason: row.reason, key: row.key }
      : null;
    return { ...toReplayItemView(item, masking, isEdited), message };
  });
}
