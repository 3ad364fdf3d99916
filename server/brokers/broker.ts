import { setTimeout as delay } from 'node:timers/promises';
import { AppError, toErrorRecord } from '#lib/domain/errors.ts';
import { createDeadline } from '#server/brokers/backpressure.ts';
import type { BrokerDriver, OutgoingMessage, PublishOptions, PublishOutcome } from '#server/brokers/driver.ts';
import { createBrokerCounter, type BrokerCounts } from '#server/brokers/broker-counts.ts';
import { asAppError, notSentInTime, tooLate } from '#server/brokers/broker-errors.ts';
import { type BrokerLimits, defaultBrokerLimits } from '#server/brokers/broker-limits.ts';
import { patientBrowse, patientHold, type Patience } from '#server/brokers/patient-reading.ts';

/** A driver with time limits, retries of reads, a cap on what a browse brings, and counts. What users of brokers hold. */
export interface Broker extends BrokerDriver {
  /** Since it was made. */
  counts(): BrokerCounts;
}

export interface BrokerOptions {
  /** The connection's name, for errors. */
  readonly connection: string;
  readonly limits?: Partial<BrokerLimits>;
  /** 0 ≤ x < 1, spreads the retries of many readers. */
  readonly random: () => number;
}

/**
 * Wraps a driver. Reads are tried again after `unreachable` and `interrupted`, as long as nothing would be yielded twice; `check` is not, because
 * it is asked how things are now; publishing and removing never are. Where a driver breaks its contract amid a publish, the
 * messages are called `unknown`.
 */
export function createBroker(driver: BrokerDriver, options: BrokerOptions): Broker {
  const limits = { ...defaultBrokerLimits, ...options.limits };
  const counter = createBrokerCounter();
  const closing = new AbortController();
  const patience: Patience = { connection: options.connection, limits, counter, closing: closing.signal, again };

  /** Waits before the next try; false when there is none, or the error is not one that passes. */
  async function again(error: unknown, tries: number, signal: AbortSignal): Promise<boolean> {
    const passes = error instanceof AppError && (error.code === 'unreachable' || error.code === 'interrupted');
    if (!passes || tries >= limits.triesMax || signal.aborted) return false;
    counter.retried();
    const wait = options.random() * Math.min(limits.backoffCapMs, limits.backoffBaseMs * 2 ** tries);
    return await delay(wait, true, { signal }).catch(() => false);
  }

  async function call<Result>(
    what: string,
    limitMs: number,
    caller: AbortSignal,
    triesMax: number,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const late = AbortSignal.timeout(limitMs);
    const signal = AbortSignal.any([caller, closing.signal, late]);
    counter.called();
    for (let tries = 1; ; tries += 1) {
      try {
        return await untilAborted(work(signal), signal);
      } catch (error) {
        if (tries < triesMax && (await again(error, tries, signal))) continue;
        const stopped = caller.aborted || closing.signal.aborted;
        throw counter.counted(
          late.aborted && !stopped ? tooLate(options.connection, what, limitMs, error) : asAppError(error),
        );
      }
    }
  }

  async function publish(
    messages: readonly OutgoingMessage[],
    publishing: PublishOptions,
  ): Promise<readonly PublishOutcome[]> {
    counter.called();
    const limitMs = publishing.timeoutMs + limits.publishGraceMs;
    const late = createDeadline(limitMs, limitMs);
    // The driver is stopped by it, too: what our caller was told is unknown must not be sent after that.
    const signal = AbortSignal.any([publishing.signal, closing.signal, late.signal]);
    const heldUp = (isHeldUp: boolean): void => {
      late.heldUp(isHeldUp);
      publishing.heldUp?.(isHeldUp);
    };
    let outcomes: readonly PublishOutcome[];
    try {
      const work = driver.publish(messages, { ...publishing, signal, heldUp });
      outcomes = (await answerOf(work, late.signal, limits.publishEndMs)) ?? [];
    } catch (error) {
      if (error instanceof AppError) {
        const isLate = late.signal.aborted && error.code === 'cancelled';
        throw counter.counted(isLate ? notSentInTime(options.connection, limitMs, error) : error);
      }
      // Neither an error of the contract nor an answer in time: nobody knows what was sent.
      outcomes = [];
    } finally {
      late.end();
    }
    const settled = complete(messages, outcomes);
    counter.published(settled);
    return settled;
  }

  /** One outcome a message and in their order, whatever the driver answered. */
  function complete(
    messages: readonly OutgoingMessage[],
    outcomes: readonly PublishOutcome[],
  ): readonly PublishOutcome[] {
    const inOrder =
      outcomes.length === messages.length && messages.every(({ ref }, index) => outcomes[index]?.ref === ref);
    if (inOrder) return outcomes;
    const byRef = new Map(outcomes.map((outcome) => [outcome.ref, outcome]));
    const error = toErrorRecord(
      new AppError(
        'timed_out',
        `The connection "${options.connection}" gave no answer for this message. Look for it in its destination before sending it again.`,
      ),
    );
    return messages.map(({ ref }) => byRef.get(ref) ?? { kind: 'unknown', ref, error });
  }

  return {
    kind: driver.kind,
    check: (signal) => call('The check', limits.callMs, signal, 1, (inner) => driver.check(inner)),
    discover: (signal) =>
      call('The search for dead-letter queues', limits.discoverMs, signal, limits.triesMax, (inner) =>
        driver.discover(inner),
      ),
    inspect: (queue, signal) =>
      call(`Looking at "${queue}"`, limits.callMs, signal, limits.triesMax, (inner) => driver.inspect(queue, inner)),
    describeDestination: (destination, signal) =>
      call('Looking at the destination', limits.callMs, signal, limits.triesMax, (inner) =>
        driver.describeDestination(destination, inner),
      ),
    browse: (queue, browsing, signal) => patientBrowse(driver, queue, browsing, signal, patience),
    hold: (queue, wanted, holding, signal) => patientHold(driver, queue, wanted, holding, signal, patience),
    publish,
    topology: (signal) =>
      call('Looking at the topology', limits.discoverMs, signal, limits.triesMax, (inner) => driver.topology(inner)),
    readLag: (known, signal) =>
      call('Reading the lag', limits.discoverMs, signal, limits.triesMax, (inner) => driver.readLag(known, inner)),
    moveAll: {
      facts: (queue, signal) =>
        call(`Looking at "${queue}"`, limits.callMs, signal, limits.triesMax, (inner) =>
          driver.moveAll.facts(queue, inner),
        ),
      start: (queue, moving, signal) =>
        call(`Moving all of "${queue}"`, limits.callMs, signal, 1, (inner) =>
          driver.moveAll.start(queue, moving, inner),
        ),
      progress: (queue, signal) =>
        call(`Looking at the move of "${queue}"`, limits.callMs, signal, limits.triesMax, (inner) =>
          driver.moveAll.progress(queue, inner),
        ),
      cancel: (queue, signal) =>
        call(`Cancelling the move of "${queue}"`, limits.callMs, signal, 1, (inner) =>
          driver.moveAll.cancel(queue, inner),
        ),
    },
    counts: () => counter.counts(),
    async close() {
      closing.abort();
      await driver.close();
    },
  };
}

/** Its own answer, for `endMs` after the abort; then `null`. */
async function answerOf<Result>(work: Promise<Result>, signal: AbortSignal, endMs: number): Promise<Result | null> {
  const given = Promise.withResolvers<null>();
  let timer: NodeJS.Timeout | undefined;
  const abort = (): void => {
    timer = setTimeout(() => given.resolve(null), endMs);
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, given.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    // Whoever comes second has no one left to tell.
    work.catch(() => {});
  }
}

/** A driver that does not look at its signal must not hang its caller. */
async function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const aborted = Promise.withResolvers<never>();
  const abort = () =>
    aborted.reject(new AppError('cancelled', 'Stopped before it was finished. Ask again if it is still wanted.'));
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
    // Whoever comes second has no one left to tell.
    work.catch(() => {});
    aborted.promise.catch(() => {});
  }
}
