import { originalRecordOf } from '#lib/conventions/original-record.ts';
import type { AppError, ErrorRecord } from '#lib/domain/errors.ts';
import type { Destination } from '#lib/domain/message.ts';
import type { QueueCapabilities } from '#lib/domain/queue.ts';
import type { Replay, ReplayItem } from '#lib/domain/replay.ts';
import { readWatermark, sendOneBatch, type HeldItem, type SendBatchDependencies } from '#server/replay/send-batch.ts';
import type { Throttle } from '#server/replay/throttle.ts';
import { type TroubledTopics, withOriginals } from '#server/sync/original-records.ts';

export interface SendDependencies extends Omit<SendBatchDependencies, 'watermarkOf'> {
  readonly throttle: Throttle;
  readonly order: QueueCapabilities['order'];
  /** Groups of a FIFO queue of which a message was not sent, in this pass or an earlier one: what follows it stays behind it. */
  readonly brokenLanes: Set<string>;
  /** Whether the operator still wants it: asked before each send. */
  mayGoOn(): Promise<boolean>;
}

export type PassEnd =
  /** Every item of the pass has its outcome. */
  | { readonly kind: 'finished' }
  /** The operator paused or cancelled. */
  | { readonly kind: 'halted' }
  /** The broker is in trouble; what was not sent yet stays planned. */
  | { readonly kind: 'trouble'; readonly error: AppError };

/** At most so many messages between two fsyncs: what a crash can leave unknown. */
const batchMax = 100;

/**
 * Sends the items of one queue in the order of their lanes. For each batch: the intent is on disk before the send, the outcome after it, and only
 * what was confirmed and written down is removed from the queue. The caller holds the queue's gate.
 */
export async function sendItems(
  dependencies: SendDependencies,
  replay: Replay,
  queueName: string,
  items: readonly ReplayItem[],
  signal: AbortSignal,
): Promise<PassEnd> {
  const { driver, store, throttle, brokenLanes } = dependencies;
  const byIdentity = new Map(items.map((item) => [item.identity, item]));
  const letters = new Map(
    (await store.index.getMessages(items.map((item) => item.messageId))).map((letter) => [letter.id, letter]),
  );
  const wanted = items.map(({ identity, position }) => ({ identity, position }));
  const batches = { ...dependencies, watermarkOf: watermarks(dependencies, signal) };
  const met = new Set<string>();
  const troubled: TroubledTopics = new Map();

  for await (const held of driver.hold(queueName, wanted, { insist: replay.options.insist }, signal)) {
    for (let start = 0; start < held.messages.length;) {
      const batch = held.messages.slice(start, start + throttle.batchSize(batchMax));
      start += batch.length;
      const mayGoOn = await throttle.wait(batch.length, dependencies.mayGoOn, signal);
      signal.throwIfAborted();
      if (!mayGoOn || !(await dependencies.mayGoOn())) return { kind: 'halted' };

      const context = { kind: driver.kind, queueName, origins: [] };
      const options = { conventions: dependencies.conventions, bytesMax: Number.POSITIVE_INFINITY, troubled };
      const pairs = (await withOriginals(driver, context, batch, options, signal)).flatMap((raw): HeldItem[] => {
        const item = byIdentity.get(raw.identity);
        if (!item || met.has(item.id)) return [];
        met.add(item.id);
        return [{ item, raw, letter: letters.get(item.messageId) }];
      });
      const whole = await skipWithoutMessage(dependencies, pairs);
      const { blocked, free } = splitByLane(whole, brokenLanes);
      await skip(dependencies, blocked, orderKept);
      const { unsent, trouble } = await sendOneBatch(batches, replay, held, free);
      if (trouble) return { kind: 'trouble', error: trouble };
      // What follows an unsent message of its group would overtake it.
      if (dependencies.order === 'group') for (const { raw } of unsent) brokenLanes.add(raw.lane);
    }
  }
  await skipMissing(
    dependencies,
    items.filter((item) => !met.has(item.id)),
  );
  return { kind: 'finished' };
}

const orderKept: ErrorRecord = {
  code: 'rejected',
  message: 'An earlier message of its group was not sent: this one stays behind it, so that their order is kept.',
};

const noLongerThere: ErrorRecord = {
  code: 'not_found',
  message: 'It was no longer in the queue when its turn came: it expired, or someone else took it. Nothing was sent.',
};

function splitByLane(pairs: readonly HeldItem[], broken: ReadonlySet<string>) {
  return {
    blocked: pairs.filter(({ raw }) => broken.has(raw.lane)).map(({ item }) => item),
    free: pairs.filter(({ raw }) => !broken.has(raw.lane)),
  };
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
      await skip(dependencies, [pair.item], { code, message });
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
