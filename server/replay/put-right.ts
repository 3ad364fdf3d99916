import type { ErrorRecord } from '#lib/domain/errors.ts';
import type { Replay, ReplayItem } from '#lib/domain/replay.ts';
import type { Clock } from '#server/clock.ts';
import { nextInTheirGroups } from '#server/replay/behind-others.ts';
import { newestOfTheirMessages, notSettledByOthers } from '#server/replay/items-of-others.ts';
import { proveSent } from '#server/replay/prove-sent.ts';
import { removeSent } from '#server/replay/remove-sent.ts';
import { queueOf, type ReplayQueues } from '#server/replay/replay-queues.ts';
import { putRestoreRight } from '#server/replay/restore-right.ts';
import { byCopy, notInArchive } from '#server/replay/without-copy.ts';
import type { ItemChange, Store } from '#server/store/store.ts';
import { pause } from '#server/sync/repeat.ts';
import type { QueueGate } from '#server/sync/queue-gate.ts';

export interface PutRightDependencies extends ReplayQueues {
  readonly clock: Clock;
  readonly gate: QueueGate;
  /** A send whose answer took longer is not waited for. */
  readonly publishTimeoutMs: number;
}

const pageItems = 1_000;

const nobodyKnows: ErrorRecord = {
  code: 'interrupted',
  message:
    'The console stopped between the intent and the answer: it may have been sent. Look at the destination before you send it again.',
};

const provenAbsent: ErrorRecord = {
  code: 'interrupted',
  message:
    'It was not sent: its answer never came, and the destination holds everything that came since, and not this. It is safe to replay it again.',
};

/** After a send's time is over the broker may still have it in hand for a moment. */
const inHandMs = 5_000;

/**
 * What was left half-done, by this worker or one that died: `sent` is removed and never sent again. Of `intended` nobody knows, and that is what is said
 * until the destination proves it. `sent` of a discard is archived, and only to be removed; what the archive has no copy of stays.
 */
export async function putRight(dependencies: PutRightDependencies, replay: Replay, signal: AbortSignal): Promise<void> {
  const { store, clock, gate } = dependencies;
  const { action } = replay.options;
  if (action === 'restore') return putRestoreRight(dependencies, replay);
  for (;;) {
    const intended = await store.ledger.listItems(replay.id, { states: ['intended'], after: null, limit: pageItems });
    if (intended.length === 0) break;
    // Shown before it is written down, here and below: who dies in between finds the item as it was, and shows it again.
    await setStates(store, replay, intended, 'unknown', clock.now());
    await store.ledger.recordItems(
      intended.map((item) => ({ itemId: item.id, state: 'unknown', reason: nobodyKnows })),
      clock.now(),
    );
  }
  await settleUnknown(dependencies, replay, signal);
  for (;;) {
    const sent = await store.ledger.listItems(replay.id, { states: ['sent'], after: null, limit: pageItems });
    if (sent.length === 0) break;
    for (const [queueId, items] of Map.groupBy(sent, (item) => item.queueId)) {
      const { driver, name, canRemove, order } = await queueOf(dependencies, queueId);
      const { kept, lost } = canRemove && action === 'discard' ? await byCopy(store, items) : { kept: items, lost: [] };
      const own = await notSettledByOthers(store.ledger, kept);
      if (canRemove && own.length > 0) {
        const next = order === 'group' ? await nextInTheirGroups(store, replay, queueId, own) : [];
        await gate.alone(queueId, () => removeSent(driver, name, own, replay.options.insist, signal, next));
      }
      await setStates(store, replay, own, action === 'discard' ? 'discarded' : 'replayed', clock.now());
      await setStates(store, replay, lost, 'new', clock.now());
      await store.ledger.recordItems(
        [
          ...kept.map(({ id: itemId }) => ({ itemId, state: 'settled' as const })),
          ...lost.map(({ id: itemId }) => ({ itemId, state: 'settled' as const, reason: notInArchive })),
        ],
        clock.now(),
      );
    }
  }
}

/** Ends what is unknown where the destination is a log that can be searched; the rest stays unknown until it comes back. */
async function settleUnknown(dependencies: PutRightDependencies, replay: Replay, signal: AbortSignal): Promise<void> {
  const { store, clock, publishTimeoutMs } = dependencies;
  for (let after: number | null = null; ;) {
    const items: readonly ReplayItem[] = await store.ledger.listItems(replay.id, {
      states: ['unknown'],
      after,
      limit: pageItems,
    });
    after = items.at(-1)?.ordinal ?? null;
    if (after === null) return;
    const provable = items.filter((item) => item.destination?.kind === 'kafka' && item.watermark !== null);
    for (const [queueId, ofQueue] of Map.groupBy(provable, (item) => item.queueId)) {
      const { driver } = await queueOf(dependencies, queueId);
      const lastIntent = Math.max(...ofQueue.map((item) => item.intendedAt ?? 0));
      await pause(Math.max(0, lastIntent + publishTimeoutMs + inHandMs - clock.now()), signal);
      signal.throwIfAborted();
      const proofs = await proveSent(driver, ofQueue, signal);
      const changes = ofQueue.flatMap((item): ItemChange[] => {
        const proof = proofs.get(item.id);
        if (proof?.kind === 'sent') return [{ itemId: item.id, state: 'sent', sentPosition: proof.position }];
        return proof?.kind === 'not-sent' ? [{ itemId: item.id, state: 'failed', reason: provenAbsent }] : [];
      });
      const absent = ofQueue.filter((item) => proofs.get(item.id)?.kind === 'not-sent');
      await setStates(store, replay, await newestOfTheirMessages(store.ledger, absent), 'failed', clock.now());
      await store.ledger.recordItems(changes, clock.now());
    }
  }
}

function setStates(
  store: Store,
  replay: Replay,
  items: readonly ReplayItem[],
  state: 'unknown' | 'replayed' | 'failed' | 'discarded' | 'new',
  at: number,
): Promise<void> {
  return store.index.setStates(items.map((item) => ({ messageId: item.messageId, state, at, replayId: replay.id })));
}
