import type { BrokerCounter } from '#server/brokers/broker-counts.ts';
import { asAppError, tooLate } from '#server/brokers/broker-errors.ts';
import type { BrokerLimits } from '#server/brokers/broker-limits.ts';
import type {
  BrokerDriver,
  BrowseBatch,
  BrowseEnd,
  BrowseOptions,
  HeldBatch,
  HoldOptions,
  WantedMessage,
} from '#server/brokers/driver.ts';

export interface Patience {
  readonly connection: string;
  readonly limits: BrokerLimits;
  readonly counter: BrokerCounter;
  /** Aborted when the broker is closed. */
  readonly closing: AbortSignal;
  /** Waits before the next try; false when there is none. */
  again(error: unknown, tries: number, signal: AbortSignal): Promise<boolean>;
}

/**
 * A browse that begins again where it can do so without yielding anything twice: at the start, or from the cursor of the last batch.
 * A queue's scan that broke midway is the caller's to repeat: only the caller knows what to do with what came twice.
 */
export async function* patientBrowse(
  driver: BrokerDriver,
  queue: string,
  options: BrowseOptions,
  caller: AbortSignal,
  patience: Patience,
): AsyncGenerator<BrowseBatch, void, undefined> {
  const { limits, counter } = patience;
  let [rest, read, bytes, tries]: [BrowseOptions, number, number, number] = [options, 0, 0, 0];
  counter.called();
  for (;;) {
    const before = read;
    const goesOn = rest !== options;
    const watch = watchBatches(caller, patience, `Reading "${queue}"`, limits.batchMs);
    try {
      for await (const batch of watch.each(driver.browse(queue, rest, watch.signal))) {
        tries = 0;
        read += batch.messages.length;
        bytes += counter.read(batch.messages);
        const full = batch.end === null && bytes >= limits.browseBytesMax;
        const end = full
          ? ({ complete: false, reason: 'byte-cap', lostBefore: [] } as const)
          : goesOn
            ? endOfRest(batch.end)
            : batch.end;
        yield { ...batch, end, progress: continued(batch, before) };
        if (end !== null) return;
        rest = {
          ...options,
          from: batch.cursor,
          ...(options.limit === undefined ? {} : { limit: options.limit - read }),
        };
      }
      return;
    } catch (error) {
      tries += 1;
      const resumable = read === 0 || (rest.from !== null && options.backwards !== true && rest.limit !== 0);
      if (resumable && (await patience.again(error, tries, watch.signal))) continue;
      throw counter.counted(watch.explained(error));
    } finally {
      watch.stop();
    }
  }
}

/** What was whole since the break says nothing of what came before it: there the log may have lost something, or have been another one. */
function endOfRest(end: BrowseEnd | null): BrowseEnd | null {
  if (end?.gapless === undefined) return end;
  const { gapless: _, ...rest } = end;
  return rest;
}

/** Counts go on where the broken browse stopped; what it had still to read is unchanged by the break. */
function continued({ progress }: BrowseBatch, before: number): BrowseBatch['progress'] {
  return before === 0
    ? progress
    : { ...progress, read: before + progress.read, of: progress.of === null ? null : before + progress.of };
}

/** A hold is begun again only as long as nothing was handed out: messages that were sent must not be handed out twice. */
export async function* patientHold(
  driver: BrokerDriver,
  queue: string,
  wanted: readonly WantedMessage[],
  options: HoldOptions,
  caller: AbortSignal,
  patience: Patience,
): AsyncGenerator<HeldBatch, void, undefined> {
  const { counter } = patience;
  let handedOut = false;
  counter.called();
  for (let tries = 1; ; tries += 1) {
    const watch = watchBatches(caller, patience, `Holding messages of "${queue}"`, patience.limits.heldBatchMs);
    try {
      for await (const batch of watch.each(driver.hold(queue, wanted, options, watch.signal))) {
        handedOut = true;
        counter.read(batch.messages);
        yield {
          messages: batch.messages,
          async remove(identities) {
            const outcomes = await batch.remove(identities);
            counter.removed(outcomes);
            return outcomes;
          },
        };
      }
      return;
    } catch (error) {
      if (!handedOut && (await patience.again(error, tries, watch.signal))) continue;
      throw counter.counted(watch.explained(error));
    } finally {
      watch.stop();
    }
  }
}

/**
 * Aborts the driver when a batch takes too long. The time that the consumer takes does not count, and the driver is always waited for: it
 * has to give back what it holds.
 */
function watchBatches(caller: AbortSignal, { closing, connection }: Patience, what: string, limitMs: number) {
  const late = new AbortController();
  const signal = AbortSignal.any([caller, closing, late.signal]);
  let timer: NodeJS.Timeout | undefined;
  const start = () => {
    timer = setTimeout(() => late.abort(), limitMs);
  };
  const stop = () => clearTimeout(timer);
  return {
    signal,
    stop,
    async *each<Batch>(batches: AsyncIterable<Batch>): AsyncGenerator<Batch, void, undefined> {
      start();
      for await (const batch of batches) {
        stop();
        yield batch;
        start();
      }
      stop();
    },
    explained(error: unknown) {
      const stopped = caller.aborted || closing.aborted;
      return late.signal.aborted && !stopped ? tooLate(connection, what, limitMs, error) : asAppError(error);
    },
  };
}
