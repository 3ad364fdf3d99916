import { originalRecordOf } from '#lib/conventions/original-record.ts';
import { shareGroup } from '#lib/conventions/share-group.ts';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { PlanNotes } from '#server/replay/plan-notes.ts';
import type { Store } from '#server/store/store.ts';

/** A dead letter that is only about a message has nothing to send when that is gone. Looked at closely are only those that could be one. */
export async function refuseRemovedOriginals(
  { index }: Pick<Store, 'index'>,
  letters: readonly DeadLetter[],
  notes: PlanNotes,
): Promise<void> {
  for (const { id, preview, conventions } of letters) {
    if (preview !== '' || !conventions.some(({ name }) => name === shareGroup.name)) continue;
    const { raw } = await index.getMessage(id);
    if (originalRecordOf(raw)?.content !== 'removed') continue;
    notes.refuse(
      'original-removed',
      'are only about an original record, which retention has removed: there is nothing to send',
      id,
    );
  }
}
