import type { AppError } from '#lib/domain/errors.ts';
import { type Replay, stateAfterItem } from '#lib/domain/replay.ts';
import type { PublishOutcome } from '#server/brokers/driver.ts';
import { createEqualsLeft, readIntentMark } from '#server/replay/intent-mark.ts';
import {
  type HeldItem,
  publish,
  type ReadyBatch,
  recordOutcomes,
  type SendBatchDependencies,
  toChange,
  toIntents,
  troubleIn,
} from '#server/replay/send-batch.ts';
import { createShowing } from '#server/replay/showing.ts';
import type { ItemChange } from '#server/store/store.ts';
import type { SpanTime } from '#server/tracing/spans.ts';

/** Sends batches one after the other. What follows a confirmed send, its removal and how it shows, goes on beside the next send. */
export interface BatchSending {
  /**
   * Intents on disk, the send, outcomes on disk. `onSend` is called when the broker has it in hand. Where the destinations themselves prove what they took, the
   * outcomes are written while the next batch is sent, or a moment later.
   */
  send(batch: ReadyBatch, onSend: () => void): Promise<SentBatch>;
  /** Everything that was sent is removed where that can be, and settled in the ledger. Throws what kept one of them from it. */
  drained(): Promise<void>;
}

export interface SentBatch {
  /** What was not sent, or nobody knows. */
  readonly unsent: readonly HeldItem[];
  /** Set when the broker is in trouble: what comes next would fare no better, so it stays planned. */
  readonly trouble: AppError | null;
}

/** So many batches may be confirmed and not yet settled: what a crash leaves to be removed. On a log there is nothing to remove. */
const finishingMax = { queue: 2, log: 8 };

/** What a batch became, as long as it is not on its way to the disk. */
interface Unwritten {
  readonly batch: ReadyBatch;
  readonly outcomes: readonly PublishOutcome[];
  readonly soon: NodeJS.Timeout;
  /** Resolves when it is on disk. */
  readonly written: PromiseWithResolvers<void>;
}

/** Outcomes wait so long for the next intent to go first: there may be none, or a rate keeps it back. */
const writtenWithinMs = 10;

/** On a log a browser sees what was sent within so long. From a queue batches are small, and only a few may wait to be settled. */
const shownWithinMs = 500;

export function createBatchSending(
  dependencies: SendBatchDependencies,
  replay: Replay,
  logShownWithinMs: number = shownWithinMs,
): BatchSending {
  const { store, clock, tracing } = dependencies;
  const finishing = new Set<Promise<void>>();
  /** Removed and shown, and not yet written down: it goes with the outcomes of the next batch. */
  let removed: ItemChange[] = [];
  const equalsLeft = createEqualsLeft();
  let failure: { readonly error: unknown } | null = null;
  let isSending = false;
  let unwritten: Unwritten | null = null;
  /** The outcomes of the last batch, until they are on disk. */
  let writing = Promise.resolve();
  const showing = createShowing(store, dependencies.canRemove ? 0 : logShownWithinMs);

  const takeRemoved = (): readonly ItemChange[] => {
    const taken = removed;
    removed = [];
    return taken;
  };

  /** What is left of a batch here are ids: its messages are let go of while these wait for the index. */
  function finish(batch: ReadyBatch, outcomes: readonly PublishOutcome[]): Promise<void> {
    return settle(remove(batch, sentOf(batch, outcomes)), showInIndex(batch, outcomes));
  }

  /** An item is settled only when the index shows it: what is `sent` after a crash is put right, what is settled is never looked at again. */
  async function settle(removing: Promise<readonly ItemChange[]>, shown: Promise<void>): Promise<void> {
    const [settled] = await Promise.all([removing, shown]);
    removed.push(...settled);
    // Where no outcome will come soon to take it along, as with a low rate or after a pause.
    if (!isSending && removed.length > 0) await recordOutcomes(dependencies, takeRemoved());
  }

  /** What was sent and could not be removed stays `sent`: the next pass removes it, and never sends it again. */
  async function remove({ held }: ReadyBatch, pairs: readonly HeldItem[]): Promise<readonly ItemChange[]> {
    const settled = pairs.map(({ item }) => ({ itemId: item.id, state: 'settled' as const }));
    if (pairs.length === 0 || !dependencies.canRemove) return settled;
    const outcomes = await held.remove(pairs.map(({ item }) => item.identity));
    const gone = new Set(outcomes.flatMap((outcome) => (outcome.kind === 'removed' ? [outcome.identity] : [])));
    return settled.filter((_, index) => gone.has(pairs[index]?.item.identity ?? ''));
  }

  function showInIndex({ pairs }: ReadyBatch, outcomes: readonly PublishOutcome[]): Promise<void> {
    const at = clock.now();
    const messageIds = new Map(pairs.map(({ item }) => [item.id, item.messageId]));
    return showing.show(
      outcomes.flatMap((outcome) => {
        const messageId = messageIds.get(outcome.ref);
        const state = stateAfterItem(outcome.kind, 'replay');
        return messageId === undefined || state === null ? [] : [{ messageId, state, at, replayId: replay.id }];
      }),
    );
  }

  function trace(batch: ReadyBatch, outcomes: readonly PublishOutcome[], time: SpanTime): void {
    if (!tracing) return;
    const pairs = new Map(batch.pairs.map((pair) => [pair.item.id, pair]));
    const items = outcomes.flatMap((outcome) => {
      const pair = pairs.get(outcome.ref);
      return pair ? [{ ...pair, outcome }] : [];
    });
    tracing.sent(replay, items, time);
  }

  /** Writes down what the last batch became, and lets what follows go on beside. Once for each batch: it may be asked for by its time, by the next intent, or by whoever waits for it. */
  function write({ batch, outcomes, soon, written }: Unwritten): void {
    unwritten = null;
    clearTimeout(soon);
    const recording = recordOutcomes(dependencies, [...takeRemoved(), ...outcomes.map(toChange)]);
    written.resolve(recording);
    const work: Promise<void> = recording
      .then(() => finish(batch, outcomes))
      .catch((error: unknown) => void (failure ??= { error }))
      .finally(() => finishing.delete(work));
    finishing.add(work);
  }

  /**
   * The next intent goes first, and the outcomes of the batch before are written while that one is being sent. So a crash may leave two batches intended, which is why
   * both have to be provable by their destination.
   */
  async function intend(batch: ReadyBatch): Promise<boolean> {
    const intents = await toIntents(dependencies, batch.pairs, equalsLeft);
    const marks = new Set(intents.map(({ watermark }) => watermark));
    const isProvable = !dependencies.canRemove && [...marks].every(hasWatermark);
    if (unwritten && !isProvable) await writeNow(unwritten);
    const intending = store.ledger.intend(intents, clock.now());
    if (unwritten) write(unwritten);
    await intending;
    return isProvable;
  }

  function writeNow(last: Unwritten): Promise<void> {
    if (unwritten === last) write(last);
    return last.written.promise;
  }

  return {
    async send(batch, onSend) {
      isSending = true;
      try {
        const before = writing;
        const isProvable = await intend(batch);
        const from = clock.now();
        const sending = publish(dependencies, batch.outgoing);
        onSend();
        const { outcomes, thrown } = await sending;
        trace(batch, outcomes, { from, to: clock.now() });
        const written = Promise.withResolvers<void>();
        // Whoever needs it waits for it; nobody does where the sending ends before.
        written.promise.catch(() => undefined);
        const last: Unwritten = { batch, outcomes, written, soon: setTimeout(() => write(last), writtenWithinMs) };
        unwritten = last;
        writing = written.promise;
        await before;
        const sent = sentOf(batch, outcomes);
        const unsent = sent === batch.pairs ? [] : without(batch.pairs, sent);
        // What was not sent is in the account before anybody asks it whether the next batch may go, as a canary does.
        if (!isProvable || unsent.length > 0) await writeNow(last);
        const most = dependencies.canRemove ? finishingMax.queue : finishingMax.log;
        // Small batches come to that before they are many enough to be shown together.
        if (finishing.size > most) await showing.hurried(() => Promise.race(finishing));
        equalsLeft.noteTaken(sent.map(({ raw }) => raw));
        return { unsent, trouble: thrown ?? troubleIn(outcomes) };
      } finally {
        isSending = false;
      }
    },

    async drained() {
      if (unwritten) write(unwritten);
      await showing.hurried(async () => void (await Promise.all(finishing)));
      const settled = takeRemoved();
      if (settled.length > 0) await recordOutcomes(dependencies, settled);
      const failed = failure;
      failure = null;
      if (failed !== null) throw failed.error;
    },
  };
}

/** Mostly all of them. */
function sentOf({ pairs }: ReadyBatch, outcomes: readonly PublishOutcome[]): readonly HeldItem[] {
  if (outcomes.length === pairs.length && outcomes.every(({ kind }) => kind === 'sent')) return pairs;
  const sent = new Set(outcomes.flatMap((outcome) => (outcome.kind === 'sent' ? [outcome.ref] : [])));
  return pairs.filter(({ item }) => sent.has(item.id));
}

function without(pairs: readonly HeldItem[], those: readonly HeldItem[]): readonly HeldItem[] {
  const left = new Set(pairs);
  for (const pair of those) left.delete(pair);
  return [...left];
}

function hasWatermark(mark: string | null): boolean {
  return (readIntentMark(mark)?.watermark ?? null) !== null;
}
