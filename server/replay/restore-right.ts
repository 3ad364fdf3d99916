import type { ErrorRecord } from '#lib/domain/errors.ts';
import type { Replay } from '#lib/domain/replay.ts';
import { settleRestored } from '#server/replay/restore-items.ts';
import type { Clock } from '#server/clock.ts';
import type { Store } from '#server/store/store.ts';

const pageItems = 1_000;

const nobodyKnows: ErrorRecord = {
  code: 'interrupted',
  message:
    'The console stopped between the intent and the answer: it may be back in its queue. Where it is, the next reading of the queue recognises it. Look there before you restore it again.',
};

/**
 * What was left half-done of a restore: what was sent is noted as restored, and never sent again. Of `intended` nobody knows, until a reading of the queue
 * meets the message with its mark, which makes it `sent`.
 */
export async function putRestoreRight(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  replay: Replay,
): Promise<void> {
  for (;;) {
    const intended = await store.ledger.listItems(replay.id, { states: ['intended'], after: null, limit: pageItems });
    if (intended.length === 0) break;
    // Of a log nothing is sent: there the intent is as good as done.
    await store.ledger.recordItems(
      intended.map((item) =>
        item.destination === null
          ? { itemId: item.id, state: 'sent' }
          : { itemId: item.id, state: 'unknown', reason: nobodyKnows },
      ),
      clock.now(),
    );
  }
  for (;;) {
    const sent = await store.ledger.listItems(replay.id, { states: ['sent'], after: null, limit: pageItems });
    if (sent.length === 0) return;
    await settleRestored(store, replay, sent, clock.now());
  }
}
