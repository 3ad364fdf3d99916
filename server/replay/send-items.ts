import { setImmediate as immediate } from 'node:timers/promises';
import { indexHeaders } from '#lib/conventions/header-index.ts';
import { originalRecordOf } from '#lib/conventions/original-record.ts';
import { isReplayHeader, readReplayHeaders } from '#lib/conventions/replay-headers.ts';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { AppError, ErrorRecord } from '#lib/domain/errors.ts';
import type { BrokerKind, Destination, RawDeadLetter } from '#lib/domain/message.ts';
import type { QueueCapabilities } from '#lib/domain/queue.ts';
import type { Replay, ReplayItem } from '#lib/domain/replay.ts';
import type { MessageEditor } from '#server/payload/message-editor.ts';
import type { HeldBatch } from '#server/brokers/driver.ts';
import { createBatchSending } from '#server/replay/batch-sending.ts';
import { isBehindOthers } from '#server/replay/behind-others.ts';
import { editHeld } from '#server/replay/edit-held.ts';
import { leavesGroup } from '#server/replay/left-behind.ts';
import {
  makeReady,
  readWatermark,
  type HeldItem,
  type ReadyBatch,
  type SendBatchDependencies,
} from '#server/replay/send-batch.ts';
import type { Throttle } from '#server/replay/throttle.ts';
import type { Trailing } from '#server/replay/trailing.ts';
import { type TroubledTopics, withOriginals } from '#server/sync/original-records.ts';

export interface SendDependencies extends Omit<SendBatchDependencies, 'watermarkOf'> {
  readonly throttle: Throttle;
  readonly editor: MessageEditor;
  readonly order: QueueCapabilities['order'];
  /** Groups of a FIFO queue of which a message was not sent, in this pass or an earlier one: what follows it stays behind it. */
  readonly brokenLanes: Set<string>;
  /** Takes over what is still to be settled of a log at the end of its pass; it is waited for where absent. */
  readonly trailing?: Trailing | undefined;
}

export type PassEnd =
  /** Every item of the pass has its outcome. */
  | { readonly kind: 'finished' }
  /** The operator paused or cancelled. */
  | { readonly kind: 'halted' }
  /** The broker is in trouble; what was not sent yet stays planned. */
  | { readonly kind: 'trouble'; readonly error: AppError };

/**
 * At most so many messages between an intent and its outcome: what a crash can leave unknown. On Kafka the destination itself then tells what became of
 * each, so they may be more.
 */
const batchMax: Readonly<Record<BrokerKind, number>> = { kafka: 1_000, rabbitmq: 100, sqs: 100 };

/**
 * Sends the items of one queue in the order of their lanes. For each batch: the intent is on disk before the send, the outcome after it, and only
 * what was confirmed and written down is removed from the queue. The next batch is read while one is being confirmed, and intended only when
 * the outcome of that one is on disk, or on a log on its way there (`batch-sending.ts`). The caller holds the queue's gate.
 */
export async function sendItems(
  dependencies: SendDependencies,
  replay: Replay,
  queueName: string,
  items: readonly ReplayItem[],
  signal: AbortSignal,
): Promise<PassEnd> {
  const leaving = new AbortController();
  const batching = { ...dependencies, watermarkOf: watermarks(dependencies, signal) };
  const sending = createBatchSending(batching, replay);
  const wait = { signal, leaving: AbortSignal.any([signal, leaving.signal]) };
  const batches = readyBatches(batching, replay, queueName, items, wait);
  let upcoming = batches.next();
  let isFinished = false;
  try {
    for (;;) {
      const step = await upcoming;
      if (step.done === true) {
        isFinished = step.value === 'finished';
        return { kind: step.value };
      }
      if (step.value === 'drain') {
        await sending.drained();
        upcoming = batches.next();
        continue;
      }
      if (!(await dependencies.mayGoOn())) return { kind: 'halted' };
      const { unsent, trouble } = await sending.send(step.value, () => {
        // In a later turn: what is being sent is on its way before the next messages are taken apart.
        upcoming = immediate().then(() => batches.next());
        upcoming.catch(() => undefined);
      });
      if (trouble) return { kind: 'trouble', error: trouble };
      // What follows an unsent message of its group would overtake it.
      if (dependencies.order === 'group') for (const { raw } of unsent) dependencies.brokenLanes.add(raw.lane);
    }
  } finally {
    leaving.abort();
    await upcoming.catch(() => undefined);
    // Whatever ended it: what was sent is removed while it is still held.
    try {
      const settling = sending.drained();
      await (isFinished && !dependencies.canRemove && dependencies.trailing
        ? dependencies.trailing.follow(settling)
        : settling);
    } finally {
      await batches.return('halted');
    }
  }
}

/** `drain` asks that everything handed out before is through: then what was held is given back, or what follows depends on how it went. */
async function* readyBatches(
  dependencies: SendDependencies & SendBatchDependencies,
  replay: Replay,
  queueName: string,
  items: readonly ReplayItem[],
  { signal, leaving }: { readonly signal: AbortSignal; readonly leaving: AbortSignal },
): AsyncGenerator<ReadyBatch | 'drain', 'finished' | 'halted', undefined> {
  const { driver, throttle } = dependencies;
  const met = new Set<string>();
  // A FIFO queue shows no more than the first of a group: those behind one that stays might never be met.
  const wantedItems = await skipBroken(dependencies, items, met);
  const byIdentity = new Map(wantedItems.map((item) => [item.identity, item]));
  const letters = await lettersOf(dependencies, replay, wantedItems);
  const wanted = wantedItems.map(({ identity, position }) => ({ identity, position }));
  const troubled: TroubledTopics = new Map();

  const prepare = async (held: HeldBatch, messages: readonly RawDeadLetter[]): Promise<ReadyBatch | null> => {
    const mayGoOn = await throttle.wait(messages.length, dependencies.mayGoOn, leaving);
    signal.throwIfAborted();
    if (!mayGoOn || leaving.aborted) return null;
    // Of the message as it was read: an original that is put in its place may tell of replays of its own.
    const replays = messages.map(replaysOf);
    const context = { kind: driver.kind, queueName, origins: [] };
    const options = { conventions: dependencies.conventions, bytesMax: Number.POSITIVE_INFINITY, troubled };
    const pairs: HeldItem[] = [];
    for (const [index, raw] of (await withOriginals(driver, context, messages, options, leaving)).entries()) {
      const item = byIdentity.get(raw.identity);
      if (!item || met.has(item.id)) continue;
      met.add(item.id);
      pairs.push({ item, raw, letter: letters.get(item.messageId), replays: replays[index] ?? 0 });
    }
    const whole = await skipWithoutMessage(dependencies, pairs);
    const edited = await editHeld(dependencies, replay, whole);
    const { blocked, free } = splitByLane(dependencies, pairs, edited);
    await skip(dependencies, blocked, orderKept);
    return makeReady(dependencies, replay, held, free);
  };

  const holding = driver.hold(queueName, wanted, { insist: replay.options.insist }, leaving);
  for await (const held of withoutBroken(dependencies, holding, wantedItems, met)) {
    if (held.messages.length === 0) yield 'drain';
    for (let start = 0; start < held.messages.length;) {
      const messages = held.messages.slice(start, start + throttle.batchSize(batchMax[driver.kind]));
      start += messages.length;
      const ready = await prepare(held, messages).catch((error: unknown) => ({ error }));
      // To leave is to give back what is held: not before what was sent of it is removed.
      if (ready === null || 'error' in ready) yield 'drain';
      if (ready === null) return 'halted';
      if ('error' in ready) throw ready.error;
      if (ready.outgoing.length > 0) yield ready;
      if (dependencies.order === 'group') yield 'drain';
    }
  }
  const missing = items.filter((item) => !met.has(item.id));
  if (dependencies.canRemove || missing.length > 0) yield 'drain';
  await skipMissing(dependencies, missing);
  return 'finished';
}

/** Only for what a message itself does not tell: reading them costs as much as sending. */
async function lettersOf(
  { store }: SendDependencies,
  replay: Replay,
  items: readonly ReplayItem[],
): Promise<ReadonlyMap<string, DeadLetter>> {
  if (replay.options.timestamp === 'now') return new Map();
  const letters = await store.index.getMessages(items.map((item) => item.messageId));
  return new Map(letters.map((letter) => [letter.id, letter]));
}

function replaysOf({ headers }: RawDeadLetter): number {
  if (!headers.some(({ name }) => isReplayHeader(name))) return 0;
  return readReplayHeaders(indexHeaders(headers))?.count ?? 0;
}

const orderKept: ErrorRecord = {
  code: 'rejected',
  message: 'An earlier message of its group was not sent: this one stays behind it, so that their order is kept.',
};

const noLongerThere: ErrorRecord = {
  code: 'not_found',
  message: 'It was no longer in the queue when its turn came: it expired, or someone else took it. Nothing was sent.',
};

/** In their order, `kept` being those of the pairs that can be sent: one that cannot breaks its group for what follows it. */
function splitByLane(
  { order, brokenLanes }: SendDependencies,
  pairs: readonly HeldItem[],
  kept: readonly HeldItem[],
): { readonly blocked: readonly ReplayItem[]; readonly free: readonly HeldItem[] } {
  if (kept.length === pairs.length && brokenLanes.size === 0) return { blocked: [], free: kept };
  const keptOf = new Map(kept.map((pair) => [pair.item.id, pair]));
  const blocked: ReplayItem[] = [];
  const free: HeldItem[] = [];
  for (const { item, raw } of pairs) {
    const pair = keptOf.get(item.id);
    if (pair === undefined) {
      if (order === 'group') brokenLanes.add(raw.lane);
    } else if (brokenLanes.has(raw.lane)) blocked.push(item);
    else free.push(pair);
  }
  return { blocked, free };
}

/** Skips those not met whose group is broken, and answers the others. */
async function skipBroken(
  dependencies: SendDependencies,
  items: readonly ReplayItem[],
  met: Set<string>,
): Promise<readonly ReplayItem[]> {
  const { brokenLanes } = dependencies;
  const blocked = items.filter((item) => !met.has(item.id) && brokenLanes.has(item.lane));
  for (const { id } of blocked) met.add(id);
  await skip(dependencies, blocked, orderKept);
  return items.filter((item) => !met.has(item.id));
}

/** A hold that cannot meet what stands behind others is at its end where all of that is of groups that broke meanwhile. */
async function* withoutBroken(
  dependencies: SendDependencies,
  holding: AsyncIterable<HeldBatch>,
  items: readonly ReplayItem[],
  met: Set<string>,
): AsyncGenerator<HeldBatch, void, undefined> {
  try {
    yield* holding;
  } catch (error) {
    if (!isBehindOthers(error) || (await skipBroken(dependencies, items, met)).length > 0) throw error;
  }
}

/** Asked for once a pass: what comes after an earlier end comes after a later one, too. */
function watermarks({ driver }: SendDependencies, signal: AbortSignal): SendBatchDependencies['watermarkOf'] {
  const known = new Map<string, Promise<string | null>>();
  return (destination: Destination) => {
    const name = destination.kind === 'kafka' ? destination.topic : '';
    const found = known.get(name) ?? readWatermark(driver, destination, signal);
    known.set(name, found);
    return found;
  };
}

async function skip(
  { store, clock }: SendDependencies,
  items: readonly ReplayItem[],
  reason: ErrorRecord,
): Promise<void> {
  if (items.length === 0) return;
  await store.ledger.recordItems(
    items.map((item) => ({ itemId: item.id, state: 'skipped', reason })),
    clock.now(),
  );
}

/** A dead letter that is only about a message is nothing that its receivers could use. Answers those that hold theirs. */
async function skipWithoutMessage(
  dependencies: SendDependencies,
  pairs: readonly HeldItem[],
): Promise<readonly HeldItem[]> {
  const whole: HeldItem[] = [];
  for (const pair of pairs) {
    const looked = originalRecordOf(pair.raw);
    if (looked === null || looked.content === 'fetched') whole.push(pair);
    else {
      const code = looked.content === 'removed' ? 'not_found' : looked.code;
      const message = `It holds no copy of its message, and ${looked.text}. Nothing was sent.`;
      await skip(dependencies, [pair.item], { code, message, details: leavesGroup });
    }
  }
  return whole;
}

/** What a replay has sent, or may have sent, is not called gone because it is no longer there. */
async function skipMissing(dependencies: SendDependencies, missing: readonly ReplayItem[]): Promise<void> {
  if (missing.length === 0) return;
  const { store, clock } = dependencies;
  await skip(dependencies, missing, noLongerThere);
  const letters = await store.index.getMessages(missing.map((item) => item.messageId));
  const untouched = letters.filter((letter) => letter.state !== 'replayed' && letter.state !== 'unknown');
  await store.index.setStates(
    untouched.map((letter) => ({ messageId: letter.id, state: 'gone', at: clock.now(), replayId: null })),
  );
}
