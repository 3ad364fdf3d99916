import { createHash } from 'node:crypto';
import { AppError, toErrorRecord, type ErrorRecord } from '#lib/domain/errors.ts';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { Destination, RawDeadLetter } from '#lib/domain/message.ts';
import { stateAfterItem, type Replay, type ReplayItem } from '#lib/domain/replay.ts';
import { makeOutgoing } from '#lib/replay/outgoing.ts';
import type { BrokerDriver, HeldBatch, OutgoingMessage, PublishOutcome } from '#server/brokers/driver.ts';
import type { Clock } from '#server/clock.ts';
import type { Throttle } from '#server/replay/throttle.ts';
import type { ItemChange, Store } from '#server/store/store.ts';

export interface SendDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly driver: BrokerDriver;
  readonly throttle: Throttle;
  readonly publishTimeoutMs: number;
  /** Whether what was sent can be removed from its queue; a log keeps it. */
  readonly canRemove: boolean;
  /** Whether the operator still wants it: asked before each send. */
  mayGoOn(): Promise<boolean>;
}

/** At most so many messages between two fsyncs: what a crash can leave unknown. */
const sendBatch = 100;

/**
 * Sends the items of one queue in the order of their lanes. For each batch: the intent is on disk before the send, the outcome after it, and only
 * what was confirmed and written down is removed from the queue. Answers false when the operator paused or cancelled midway.
 */
export async function sendItems(
  dependencies: SendDependencies,
  replay: Replay,
  queueName: string,
  items: readonly ReplayItem[],
  signal: AbortSignal,
): Promise<boolean> {
  const { driver, store } = dependencies;
  const byIdentity = new Map(items.map((item) => [item.identity, item]));
  const letters = new Map(
    (await store.index.getMessages(items.map((item) => item.messageId))).map((letter) => [letter.id, letter]),
  );
  const met = new Set<string>();

  for await (const held of driver.hold(
    queueName,
    items.map(({ identity, position }) => ({ identity, position })),
    { insist: replay.options.insist },
    signal,
  )) {
    for (let start = 0; start < held.messages.length;) {
      const size = dependencies.throttle.batchSize(sendBatch);
      const batch = held.messages.slice(start, start + size);
      start += batch.length;
      await dependencies.throttle.wait(batch.length, signal);
      signal.throwIfAborted();
      if (!(await dependencies.mayGoOn())) return false;
      const pairs = batch.flatMap((raw) => {
        const item = byIdentity.get(raw.identity);
        if (!item || met.has(item.id)) return [];
        met.add(item.id);
        return [{ item, raw, letter: letters.get(item.messageId) }];
      });
      await sendBatchOf(dependencies, replay, held, pairs);
    }
  }
  await skipMissing(
    dependencies,
    items.filter((item) => !met.has(item.id)),
  );
  return true;
}

interface HeldItem {
  readonly item: ReplayItem;
  readonly raw: RawDeadLetter;
  readonly letter: DeadLetter | undefined;
}

async function sendBatchOf(
  dependencies: SendDependencies,
  replay: Replay,
  held: HeldBatch,
  pairs: readonly HeldItem[],
): Promise<void> {
  const { store, clock, driver } = dependencies;
  const outgoing = pairs.flatMap((pair) => toOutgoing(replay, driver, pair, clock.now()));
  if (outgoing.length === 0) return;

  const watermarks = await readWatermarks(driver, outgoing);
  await store.ledger.intend(
    outgoing.map(({ ref, destination }) => ({ itemId: ref, watermark: watermarks.get(topicOf(destination)) ?? null })),
    clock.now(),
  );
  const outcomes = await publish(dependencies, outgoing);
  await store.ledger.recordItems(outcomes.map(toChange), clock.now());
  await showInIndex(store, replay, pairs, outcomes, clock.now());

  const sent = new Set(outcomes.filter((outcome) => outcome.kind === 'sent').map((outcome) => outcome.ref));
  await settle(
    dependencies,
    held,
    pairs.filter(({ item }) => sent.has(item.id)),
  );
}

function toOutgoing(
  replay: Replay,
  driver: BrokerDriver,
  { item, raw, letter }: HeldItem,
  now: number,
): readonly OutgoingMessage[] {
  if (item.destination === null) return [];
  const mark = { replayId: replay.id, itemId: item.id, count: (letter?.replay?.count ?? 0) + 1, at: now };
  const message = makeOutgoing(raw, driver.kind, mark, replay.options.failureHeaders);
  const base = { ref: item.id, destination: item.destination, message };
  // The same within a replay, so that a repeated send is recognised; another in each replay, or SQS would swallow it for five minutes.
  return [
    driver.kind === 'sqs'
      ? { ...base, deduplicationId: createHash('sha256').update(item.identity).update(replay.id).digest('hex') }
      : base,
  ];
}

/** Where each destination ends before the send: what comes later can be searched for our item after a crash. */
async function readWatermarks(
  driver: BrokerDriver,
  outgoing: readonly OutgoingMessage[],
): Promise<ReadonlyMap<string, string | null>> {
  const found = new Map<string, string | null>();
  if (driver.kind !== 'kafka') return found;
  for (const { destination } of outgoing) {
    const topic = topicOf(destination);
    if (!found.has(topic))
      found.set(topic, (await driver.describeDestination(destination, AbortSignal.timeout(10_000))).watermark);
  }
  return found;
}

function topicOf(destination: Destination): string {
  return destination.kind === 'kafka' ? destination.topic : '';
}

/** A send is never cut short by a shutdown: an answer that was not waited for would be unknown for no reason. */
async function publish(
  dependencies: SendDependencies,
  outgoing: readonly OutgoingMessage[],
): Promise<readonly PublishOutcome[]> {
  try {
    return await dependencies.driver.publish(outgoing, {
      timeoutMs: dependencies.publishTimeoutMs,
      signal: new AbortController().signal,
    });
  } catch (error) {
    // By the contract nothing at all was sent.
    const record = toErrorRecord(error);
    return outgoing.map(({ ref }) => ({ kind: 'failed', ref, error: record }));
  }
}

function toChange(outcome: PublishOutcome): ItemChange {
  switch (outcome.kind) {
    case 'sent':
      return { itemId: outcome.ref, state: 'sent', sentPosition: outcome.position };
    case 'failed':
      return { itemId: outcome.ref, state: 'failed', reason: outcome.error };
    case 'unknown':
      return { itemId: outcome.ref, state: 'unknown', reason: outcome.error };
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
      const state = stateAfterItem(outcome.kind === 'sent' ? 'sent' : outcome.kind);
      return messageId === undefined || state === null ? [] : [{ messageId, state, at, replayId: replay.id }];
    }),
  );
}

/** Removes what was sent, where the broker can; on a log a confirmed send is all there is to do. */
async function settle(dependencies: SendDependencies, held: HeldBatch, pairs: readonly HeldItem[]): Promise<void> {
  if (pairs.length === 0) return;
  const { store, clock } = dependencies;
  if (!dependencies.canRemove) {
    await store.ledger.recordItems(
      pairs.map(({ item }) => ({ itemId: item.id, state: 'settled' })),
      clock.now(),
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
  if (removed.length > 0) await store.ledger.recordItems(removed, clock.now());
}

async function skipMissing({ store, clock }: SendDependencies, missing: readonly ReplayItem[]): Promise<void> {
  if (missing.length === 0) return;
  const reason: ErrorRecord = {
    code: 'not_found',
    message: 'It was no longer in the queue when its turn came: it expired, or someone else took it. Nothing was sent.',
  };
  await store.ledger.recordItems(
    missing.map((item) => ({ itemId: item.id, state: 'skipped', reason })),
    clock.now(),
  );
  await store.index.setStates(
    missing.map((item) => ({ messageId: item.messageId, state: 'gone', at: clock.now(), replayId: null })),
  );
}

/** After a crash: what was sent and perhaps not removed is removed now, and never sent again. */
export async function removeSent(
  dependencies: Pick<SendDependencies, 'store' | 'clock' | 'driver' | 'canRemove'>,
  queueName: string,
  items: readonly ReplayItem[],
  insist: boolean,
  signal: AbortSignal,
): Promise<void> {
  const { driver, store, clock } = dependencies;
  if (dependencies.canRemove) {
    for await (const held of driver.hold(
      queueName,
      items.map(({ identity, position }) => ({ identity, position })),
      { insist },
      signal,
    )) {
      const outcomes = await held.remove(held.messages.map((message) => message.identity));
      const stuck = outcomes.find((outcome) => outcome.kind !== 'removed');
      if (stuck) throw new AppError(stuck.error.code, stuck.error.message);
    }
  }
  await store.ledger.recordItems(
    items.map((item) => ({ itemId: item.id, state: 'settled' })),
    clock.now(),
  );
}
