import type { ConventionChain } from '#lib/conventions/chain.ts';
import { AppError } from '#lib/domain/errors.ts';
import { splitQueueId } from '#lib/domain/queue.ts';
import type { Replay } from '#lib/domain/replay.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import type { Clock } from '#server/clock.ts';
import type { MessageEditor } from '#server/payload/message-editor.ts';
import { leavesGroup } from '#server/replay/left-behind.ts';
import type { HeldItem } from '#server/replay/send-batch.ts';
import type { ItemChange, Store } from '#server/store/store.ts';

export interface EditHeldDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly driver: BrokerDriver;
  readonly editor: MessageEditor;
  readonly conventions?: ConventionChain | undefined;
}

/**
 * What was read, as it is to be sent. Where the edit of a message fails now, though the plan could make it, nothing of that message is sent: never the original in
 * its place. Throws `unreachable` where a registry cannot be asked, and then nothing of the batch is sent yet.
 */
export async function editHeld(
  { store, clock, driver, editor, conventions }: EditHeldDependencies,
  { options: { edit } }: Replay,
  pairs: readonly HeldItem[],
): Promise<readonly HeldItem[]> {
  const [first] = pairs;
  if (edit === null || !first) return pairs;
  const connection = splitQueueId(first.item.queueId)?.connection ?? '';
  const raws = pairs.map(({ raw }) => raw);
  const edited = await editor.edit({ connection, kind: driver.kind, edit, conventions }, raws);
  const ready: HeldItem[] = [];
  const failed: ItemChange[] = [];
  for (const [index, pair] of pairs.entries()) {
    const made = edited[index];
    if (made?.kind === 'edited') ready.push({ ...pair, raw: { ...pair.raw, ...made.message } });
    else if (made?.unasked === true)
      throw new AppError('unreachable', `Messages could not be edited: ${made.problem.text} Nothing of them was sent.`);
    else {
      const message = `It could not be edited: ${made?.problem.text ?? 'editing it failed'}. Nothing was sent.`;
      failed.push({
        itemId: pair.item.id,
        state: 'skipped',
        reason: { code: 'rejected', message, details: leavesGroup },
      });
    }
  }
  if (failed.length > 0) await store.ledger.recordItems(failed, clock.now());
  return ready;
}
