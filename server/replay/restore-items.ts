import { createHash } from 'node:crypto';
import type { AppError, ErrorRecord } from '#lib/domain/errors.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import type { Replay, ReplayItem } from '#lib/domain/replay.ts';
import { makeRestored } from '#lib/replay/restored.ts';
import type { OutgoingMessage } from '#server/brokers/driver.ts';
import { mayGoOn } from '#server/replay/discard-items.ts';
import { publish, recordOutcomes, toChange, troubleIn } from '#server/replay/send-batch.ts';
import type { PassEnd, SendDependencies } from '#server/replay/send-items.ts';
import type { ItemChange, Store } from '#server/store/store.ts';

const batchMax = 100;

const noLongerKept: ErrorRecord = {
  code: 'not_found',
  message: 'It is no longer in the archive: the time for which discarded messages are kept is over. Nothing was sent.',
};

const backAlready: ErrorRecord = {
  code: 'rejected',
  message:
    'It is back in its queue already: an earlier restore of it was met there after this one was planned. Nothing was sent.',
};

const orderKept: ErrorRecord = {
  code: 'rejected',
  message:
    'An earlier message of its group was not sent back: this one stays in the archive, so that their order is kept. Restore it again after that one.',
};

/**
 * Sends discarded messages back into their dead-letter queue, with an intent before and an outcome after it, as a replay does; on a log, where they still
 * are, only their state changes. An item's `position` is the item of the discard. The caller holds the queue's gate.
 */
export async function restoreItems(
  dependencies: SendDependencies,
  replay: Replay,
  items: readonly ReplayItem[],
  signal: AbortSignal,
): Promise<PassEnd> {
  const { throttle } = dependencies;
  for (let start = 0; start < items.length;) {
    const batch = items.slice(start, start + throttle.batchSize(batchMax));
    start += batch.length;
    if (!(await mayGoOn(dependencies, batch.length, signal))) return { kind: 'halted' };
    const trouble = dependencies.canRemove
      ? await sendBack({ ...dependencies, signal }, replay, batch)
      : await showAgain(dependencies, replay, batch);
    if (trouble) return { kind: 'trouble', error: trouble };
  }
  return { kind: 'finished' };
}

async function showAgain(
  { store, clock }: SendDependencies,
  replay: Replay,
  items: readonly ReplayItem[],
): Promise<null> {
  const at = clock.now();
  const sent = items.map((item) => ({ itemId: item.id, state: 'sent' as const }));
  await store.ledger.intend(
    items.map((item) => ({ itemId: item.id, watermark: null })),
    at,
  );
  await store.ledger.recordItems(sent, at);
  await settleRestored(store, replay, items, at);
  return null;
}

async function sendBack(
  dependencies: SendDependencies & { readonly signal: AbortSignal },
  replay: Replay,
  items: readonly ReplayItem[],
): Promise<AppError | null> {
  const { store, clock, brokenLanes } = dependencies;
  const found = await store.ledger.readArchived(items.map((item) => item.position));
  const kept = new Map(found.map((archived) => [archived.itemId, archived]));
  const free: ReplayItem[] = [];
  const skipped: ItemChange[] = [];
  for (const item of items) {
    const archived = kept.get(item.position);
    const isBack = archived !== undefined && archived.restoredAt !== null;
    const reason = !archived ? noLongerKept : isBack ? backAlready : brokenLanes.has(item.lane) ? orderKept : null;
    if (reason === null) free.push(item);
    else skipped.push({ itemId: item.id, state: 'skipped', reason });
  }
  if (skipped.length > 0) await store.ledger.recordItems(skipped, clock.now());
  const outgoing = free.flatMap((item) => toOutgoing(dependencies, replay, item, kept.get(item.position)?.raw));
  if (outgoing.length === 0) return null;
  await store.ledger.intend(
    outgoing.map(({ ref }) => ({ itemId: ref, watermark: null })),
    clock.now(),
  );
  const { outcomes, thrown } = await publish(dependencies, outgoing);
  await recordOutcomes(dependencies, outcomes.map(toChange));
  const sent = new Set(outcomes.filter((outcome) => outcome.kind === 'sent').map((outcome) => outcome.ref));
  // What follows an unsent message of its group would overtake it.
  if (dependencies.order === 'group') for (const item of free) if (!sent.has(item.id)) brokenLanes.add(item.lane);
  await settleRestored(
    store,
    replay,
    items.filter((item) => sent.has(item.id)),
    clock.now(),
  );
  return thrown ?? troubleIn(outcomes);
}

function toOutgoing(
  { driver }: SendDependencies,
  replay: Replay,
  item: ReplayItem,
  raw: RawDeadLetter | undefined,
): readonly OutgoingMessage[] {
  if (item.destination === null || raw === undefined) return [];
  const message = makeRestored(raw, driver.kind, { replayId: replay.id, itemId: item.id });
  const base = { ref: item.id, destination: item.destination, message };
  return driver.kind === 'sqs'
    ? [{ ...base, deduplicationId: createHash('sha256').update(item.id).digest('hex') }]
    : [base];
}

/** What is back for certain: the archive knows it first, so that nothing is restored twice. A log still has the letter, which is open again. */
export async function settleRestored(
  store: Store,
  replay: Replay,
  items: readonly ReplayItem[],
  at: number,
): Promise<void> {
  if (items.length === 0) return;
  await store.ledger.markRestored(
    items.map((item) => item.position),
    at,
  );
  const inLog = items.filter((item) => item.destination === null);
  await store.index.setStates(inLog.map(({ messageId }) => ({ messageId, state: 'new', at, replayId: replay.id })));
  await store.ledger.recordItems(
    items.map((item) => ({ itemId: item.id, state: 'settled' })),
    at,
  );
}
