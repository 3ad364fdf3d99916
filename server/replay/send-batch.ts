import { createHash } from 'node:crypto';
import type { ConventionChain } from '#lib/conventions/chain.ts';
import { AppError, toErrorRecord, type ErrorCode, type ErrorRecord } from '#lib/domain/errors.ts';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { Destination, RawDeadLetter } from '#lib/domain/message.ts';
import { stateAfterItem, type Replay, type ReplayItem } from '#lib/domain/replay.ts';
import { makeOutgoing } from '#lib/replay/outgoing.ts';
import type { BrokerDriver, HeldBatch, OutgoingMessage, PublishOutcome } from '#server/brokers/driver.ts';
import type { Clock } from '#server/clock.ts';
import { intentMark } from '#server/replay/intent-mark.ts';
import type { ItemChange, Store } from '#server/store/store.ts';
import { pause } from '#server/sync/repeat.ts';

export interface SendBatchDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly driver: BrokerDriver;
  readonly publishTimeoutMs: number;
  /** Whose headers are failure headers; the built-in ones where absent. */
  readonly conventions?: ConventionChain | undefined;
  /** Whether what was sent can be removed from its queue; a log keeps it. */
  readonly canRemove: boolean;
  /** Where a destination ended when this pass began; see `readWatermark`. */
  watermarkOf(destination: Destination): Promise<string | null>;
}

export interface HeldItem {
  readonly item: ReplayItem;
  readonly raw: RawDeadLetter;
  readonly letter: DeadLetter | undefined;
}

export interface SentBatch {
  /** What was not sent, or nobody knows. */
  readonly unsent: readonly HeldItem[];
  /** Set when the broker is in trouble: what comes next would fare no better, so it stays planned. */
  readonly trouble: AppError | null;
}

/** Outcomes that speak of the broker rather than of the message. */
const troubles: ReadonlySet<ErrorCode> = new Set([
  'unreachable',
  'timed_out',
  'interrupted',
  'unauthenticated',
  'cancelled',
]);

/** How long a confirmed outcome waits for a ledger that is busy or whose disk is full, before it is given up as unknown. */
const recordWithinMs = 60_000;
const recordAgainMs = 250;

/** Sends one batch: intents on disk, sends, outcomes on disk, then the removal of what was confirmed. */
export async function sendOneBatch(
  dependencies: SendBatchDependencies,
  replay: Replay,
  held: HeldBatch,
  pairs: readonly HeldItem[],
): Promise<SentBatch> {
  const { store, clock } = dependencies;
  const outgoing = pairs.flatMap((pair) => toOutgoing(dependencies, replay, pair));
  if (outgoing.length === 0) return { unsent: [], trouble: null };

  await store.ledger.intend(await toIntents(dependencies, pairs), clock.now());
  const { outcomes, thrown } = await publish(dependencies, outgoing);
  await recordOutcomes(dependencies, outcomes.map(toChange));
  await showInIndex(store, replay, pairs, outcomes, clock.now());

  const sent = new Set(outcomes.filter((outcome) => outcome.kind === 'sent').map((outcome) => outcome.ref));
  await settle(
    dependencies,
    held,
    pairs.filter(({ item }) => sent.has(item.id)),
  );
  return { unsent: pairs.filter(({ item }) => !sent.has(item.id)), trouble: thrown ?? troubleIn(outcomes) };
}

function toOutgoing(
  { driver, clock, conventions }: SendBatchDependencies,
  replay: Replay,
  { item, raw, letter }: HeldItem,
): readonly OutgoingMessage[] {
  if (item.destination === null) return [];
  const { timestamp, failureHeaders } = replay.options;
  const originalAt = letter?.originalAt ?? null;
  const mark = {
    replayId: replay.id,
    itemId: item.id,
    count: (letter?.replay?.count ?? 0) + 1,
    at: clock.now(),
    ...(timestamp === 'header' && originalAt !== null && { originalAt }),
  };
  const message = makeOutgoing(raw, driver.kind, mark, failureHeaders, conventions);
  const kept = timestamp === 'original' && originalAt !== null ? { timestamp: originalAt } : {};
  const base = { ref: item.id, destination: item.destination, message, ...kept };
  if (driver.kind !== 'sqs') return [base];
  // The same within a replay, so that a repeated send is recognised; another in each replay, or SQS would swallow it for five minutes.
  return [{ ...base, deduplicationId: createHash('sha256').update(item.identity).update(replay.id).digest('hex') }];
}

async function toIntents(dependencies: SendBatchDependencies, pairs: readonly HeldItem[]) {
  return Promise.all(
    pairs.flatMap(({ item, raw }) => {
      const { destination } = item;
      if (destination === null) return [];
      return [
        dependencies.watermarkOf(destination).then((watermark) => ({
          itemId: item.id,
          watermark: intentMark({ watermark, equals: raw.equals === undefined ? 1 : raw.equals }),
        })),
      ];
    }),
  );
}

/** A send is never cut short by a shutdown: an answer that was not waited for would be unknown for no reason. */
async function publish(
  dependencies: SendBatchDependencies,
  outgoing: readonly OutgoingMessage[],
): Promise<{ outcomes: readonly PublishOutcome[]; thrown: AppError | null }> {
  const { driver, publishTimeoutMs: timeoutMs } = dependencies;
  try {
    return {
      outcomes: await driver.publish(outgoing, { timeoutMs, signal: new AbortController().signal }),
      thrown: null,
    };
  } catch (error) {
    // By the contract nothing at all was sent.
    const record = toErrorRecord(error);
    const outcomes = outgoing.map(({ ref }) => ({ kind: 'failed' as const, ref, error: record }));
    return { outcomes, thrown: new AppError(record.code, record.message) };
  }
}

/** The first outcome that speaks of the broker. */
export function troubleIn(outcomes: readonly PublishOutcome[]): AppError | null {
  for (const outcome of outcomes) {
    if (outcome.kind !== 'sent' && troubles.has(outcome.error.code))
      return new AppError(outcome.error.code, outcome.error.message);
  }
  return null;
}

export function toChange(outcome: PublishOutcome): ItemChange {
  switch (outcome.kind) {
    case 'sent':
      return { itemId: outcome.ref, state: 'sent', sentPosition: outcome.position };
    case 'failed':
      return { itemId: outcome.ref, state: 'failed', reason: outcome.error };
    case 'unknown':
      return { itemId: outcome.ref, state: 'unknown', reason: outcome.error };
  }
}

/** What the broker has confirmed is known, and must not become unknown because somebody else writes to the ledger. */
export async function recordOutcomes({ store, clock }: Pick<SendBatchDependencies, 'store' | 'clock'>, changes: readonly ItemChange[]): Promise<void> {
  const until = clock.now() + recordWithinMs;
  for (;;) {
    try {
      return await store.ledger.recordItems(changes, clock.now());
    } catch (error) {
      const code: ErrorRecord['code'] = toErrorRecord(error).code;
      if (code === 'conflict' || code === 'cancelled' || clock.now() >= until) throw error;
      await pause(recordAgainMs, new AbortController().signal);
    }
  }
}

async function showInIndex(
  store: Store,
  replay: Replay,
  pairs: readonly HeldItem[],
  outcomes: readonly PublishOutcome[],
  at: number,
): Promise<void> {
  const messageIds = new Map(pairs.map(({ item }) => [item.id, item.messageId]));
  await store.index.setStates(
    outcomes.flatMap((outcome) => {
      const messageId = messageIds.get(outcome.ref);
      const state = stateAfterItem(outcome.kind, 'replay');
      return messageId === undefined || state === null ? [] : [{ messageId, state, at, replayId: replay.id }];
    }),
  );
}

/** Removes what was sent, where the broker can; on a log a confirmed send is all there is to do. */
async function settle(dependencies: SendBatchDependencies, held: HeldBatch, pairs: readonly HeldItem[]): Promise<void> {
  if (pairs.length === 0) return;
  if (!dependencies.canRemove) {
    await recordOutcomes(
      dependencies,
      pairs.map(({ item }) => ({ itemId: item.id, state: 'settled' })),
    );
    return;
  }
  const byIdentity = new Map(pairs.map(({ item }) => [item.identity, item.id]));
  const outcomes = await held.remove([...byIdentity.keys()]);
  const removed = outcomes.flatMap((outcome) => {
    const itemId = byIdentity.get(outcome.identity);
    return outcome.kind === 'removed' && itemId !== undefined ? [{ itemId, state: 'settled' as const }] : [];
  });
  // What was sent and could not be removed stays `sent`: the next pass removes it, and never sends it again.
  if (removed.length > 0) await recordOutcomes(dependencies, removed);
}

/** Where a destination ends now: what comes later can be searched for our item after a crash. `null` where that cannot be told. */
export async function readWatermark(
  driver: BrokerDriver,
  destination: Destination,
  signal: AbortSignal,
): Promise<string | null> {
  if (driver.kind !== 'kafka') return null;
  try {
    return (await driver.describeDestination(destination, signal)).watermark;
  } catch (error) {
    // Without it a crash leaves an unknown item to a person; that is no reason not to send.
    if (signal.aborted) throw error;
    return null;
  }
}
