import { createHash } from 'node:crypto';
import { AppError, toErrorRecord, type ErrorRecord } from '#lib/domain/errors.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import type { Replay, ReplayItem } from '#lib/domain/replay.ts';
import { makeRestored } from '#lib/replay/restored.ts';
import type { OutgoingMessage, PublishOutcome } from '#server/brokers/driver.ts';
import { mayGoOn } from '#server/replay/discard-items.ts';
import { recordOutcomes, toChange, troubleIn } from '#server/replay/send-batch.ts';
import type { PassEnd, SendDependencies } from '#server/replay/send-items.ts';
import type { Store } from '#server/store/store.ts';

const batchMax = 100;

const noLongerKept: ErrorRecord = {
  code: 'not_found',
  message: 'It is no longer in the archive: the time for which discarded messages are kept is over. Nothing was sent.',
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
      ? await sendBack(dependencies, replay, batch)
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
  dependencies: SendDependencies,
  replay: Replay,
  items: readonly ReplayItem[],
): Promise<AppError | null> {
  const { store, clock, driver, publishTimeoutMs: timeoutMs } = dependencies;
  const kept = new Map(
    (await store.ledger.readArchived(items.map((item) => item.position))).map(({ itemId, raw }) => [itemId, raw]),
  );
  const forgotten = items.filter((item) => !kept.has(item.position));
  if (forgotten.length > 0) {
    const skipped = forgotten.map((item) => ({ itemId: item.id, state: 'skipped' as const, reason: noLongerKept }));
    await store.ledger.recordItems(skipped, clock.now());
  }
  const outgoing = items.flatMap((item) => toOutgoing(dependencies, replay, item, kept.get(item.position)));
  if (outgoing.length === 0) return null;
  await store.ledger.intend(
    outgoing.map(({ ref }) => ({ itemId: ref, watermark: null })),
    clock.now(),
  );
  let outcomes: readonly PublishOutcome[];
  let thrown: AppError | null = null;
  try {
    // Never cut short by a shutdown: an answer that was not waited for would be unknown for no reason.
    outcomes = await driver.publish(outgoing, { timeoutMs, signal: new AbortController().signal });
  } catch (error) {
    // By the contract nothing at all was sent.
    const record = toErrorRecord(error);
    outcomes = outgoing.map(({ ref }) => ({ kind: 'failed', ref, error: record }));
    thrown = new AppError(record.code, record.message);
  }
  await recordOutcomes(dependencies, outcomes.map(toChange));
  const sent = new Set(outcomes.filter((outcome) => outcome.kind === 'sent').map((outcome) => outcome.ref));
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
