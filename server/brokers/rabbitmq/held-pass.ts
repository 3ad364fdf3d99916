import { setTimeout as delay } from 'node:timers/promises';
import type { ConsumeMessage } from 'amqplib';
import { AppError } from '#lib/domain/errors.ts';
import type { BrowseEnd } from '#server/brokers/driver.ts';
import {
  abortable,
  answered,
  brokenBy,
  closeChannel,
  ignore,
  type AmqpSession,
} from '#server/brokers/rabbitmq/amqp-session.ts';
import { deliveryOf, type Delivery } from '#server/brokers/rabbitmq/delivery.ts';
import {
  cancelled,
  channelError,
  isExclusiveConsumer,
  type ErrorContext,
} from '#server/brokers/rabbitmq/rabbitmq-errors.ts';

/** Messages of one queue, held unacknowledged by one consumer until the pass is released. */
export interface HeldPass {
  /** How many were ready when the pass began. */
  readonly ready: number;
  /** Waits for the next deliveries, at most `batchMax` of them in queue order; an end instead when there are no more. */
  next(batchMax: number): Promise<readonly Delivery[] | PassEnd>;
  /** Acknowledges and waits until the server has taken note. After an error it is not known which were removed. */
  remove(deliveries: readonly Delivery[]): Promise<void>;
  /** How many are held and not removed. */
  left(): number;
  /** Gives back everything that was not removed and waits until it can be seen again. Safe to call twice. */
  release(): Promise<void>;
}

export interface PassEnd {
  readonly end: Pick<BrowseEnd, 'complete' | 'reason'>;
}

export interface PassOptions {
  /** Hold at most so many; a consumer can hold no more than 65,535. */
  readonly limit?: number;
  readonly heldBytesMax: number;
  /**
   * Whether the queue puts what it gets back behind everything else, as quorum queues do (measured on 3.10 and 4.0, with a delivery
   * limit and without): their order stays only when all of it is held and given back at once. Then the rest is held too, without
   * being handed out, before anything is released.
   */
  readonly returnsToTheBack: boolean;
}

/** The prefetch count has 16 bits, and 0 (no limit) makes quorum queues stop at 2,000. */
export const heldMax = 65_535;

/** Without a delivery for so long the server is asked whether there is more. */
const quietMs = 100;
/** A queue that has messages and delivers none for so long will deliver none. */
const stalledMs = 5_000;
const visibleAgainMs = 3_000;
const holdTheRestMs = 30_000;
/** An answer that takes longer than this will not come. */
const answerMs = 10_000;
/** Removing and giving back are finished, whatever else is aborted. */
const unhurried = new AbortController().signal;

/**
 * One consumer with an explicit prefetch that holds everything, then cancel, then close: the only way of giving back that was found to keep
 * the order on classic and quorum queues alike (basic.get, nack and reject do not).
 */
export async function openHeldPass(
  session: AmqpSession,
  queue: string,
  options: PassOptions,
  signal: AbortSignal,
): Promise<HeldPass> {
  const context: ErrorContext = { label: session.label, subject: `queue "${queue}"` };
  const limit = Math.min(options.limit ?? heldMax, heldMax);
  const prefetch = options.returnsToTheBack ? heldMax : Math.max(1, limit);
  const arrived: Delivery[] = [];
  let broken: Error | null = null;
  let wake: () => void = ignore;
  let heldBytes = 0;
  let taken = 0;
  let removed = 0;
  let lastArrival = performance.now();
  let stopping = false;
  let held = 0;
  /** Delivery tags of what is held, in the order of delivery. */
  const heldTags = new Set<number>();
  let released: Promise<void> | null = null;

  const fail = (error: Error): void => {
    broken ??= error;
    wake();
  };
  const onAbort = (): void => wake();
  const channel = await session.openChannel(signal, (error) => fail(brokenBy(error, context)));
  signal.addEventListener('abort', onAbort);

  const onMessage = (message: ConsumeMessage | null): void => {
    if (message !== null) {
      held += 1;
      heldTags.add(message.fields.deliveryTag);
    }
    if (stopping) return wake();
    // RabbitMQ cancels a consumer whose queue was deleted.
    if (message === null)
      return fail(
        new AppError(
          'not_found',
          `The queue "${queue}" was deleted while it was read. Look for where its messages went.`,
        ),
      );
    lastArrival = performance.now();
    // What is over the cap stays held by the server for us and is not kept here.
    if (heldBytes >= options.heldBytesMax) return wake();
    heldBytes += message.content.length;
    try {
      arrived.push(deliveryOf(message));
    } catch (error) {
      fail(channelError(error, context));
    }
    wake();
  };

  let ready: number;
  let others: number;
  let consumerTag: string;
  try {
    ({ messageCount: ready, consumerCount: others } = await abortable(channel.checkQueue(queue), signal));
    await abortable(channel.prefetch(prefetch), signal);
    lastArrival = performance.now();
    ({ consumerTag } = await abortable(channel.consume(queue, onMessage, { noAck: false }), signal));
  } catch (error) {
    signal.removeEventListener('abort', onAbort);
    stopping = true;
    await closeChannel(channel);
    throw isExclusiveConsumer(error) ? exclusiveConsumer(queue) : channelError(error, context);
  }

  function check(): void {
    if (signal.aborted) throw cancelled();
    if (broken !== null) throw broken;
  }

  async function next(batchMax: number): Promise<readonly Delivery[] | PassEnd> {
    for (;;) {
      check();
      if (arrived.length > 0 && taken < limit) {
        const batch = arrived.splice(0, Math.min(batchMax, limit - taken));
        taken += batch.length;
        return batch;
      }
      if (heldBytes >= options.heldBytesMax) return { end: { complete: false, reason: 'byte-cap' } };
      const quiet = performance.now() - lastArrival;
      // What is held does not count as ready: at the number that was there in the beginning it is worth asking at once.
      if (taken >= Math.min(ready, limit) || quiet >= quietMs) {
        const { messageCount: left } = await ask();
        check();
        const more = left + arrived.length;
        if (taken >= limit && more > 0) return { end: { complete: false, reason: 'limit' } };
        if (arrived.length > 0) continue;
        if (left === 0 && taken >= ready) return { end: { complete: true, reason: 'reached-end' } };
        if (left === 0 && quiet >= 2 * quietMs) {
          // What the server had handed out when it counted may still be on its way, on a busy machine for long. It is here before the next answer.
          await ask();
          check();
          if (arrived.length > 0) continue;
          return { end: { complete: true, reason: 'reached-end' } };
        }
        if (quiet >= stalledMs) return { end: { complete: false, reason: 'sampled' } };
      }
      await arrivalOr(quietMs);
    }
  }

  async function ask(): Promise<{ messageCount: number }> {
    try {
      return await abortable(channel.checkQueue(queue), signal);
    } catch (error) {
      throw broken ?? channelError(error, context);
    }
  }

  async function arrivalOr(milliseconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    wake = resolve;
    const timer = setTimeout(resolve, milliseconds);
    await promise;
    clearTimeout(timer);
    wake = ignore;
  }

  async function remove(deliveries: readonly Delivery[]): Promise<void> {
    check();
    try {
      acknowledge(deliveries);
      // Acknowledgements are not answered. The channel takes its commands in order, so an answer to a later one says that they were read.
      await answered(channel.checkQueue(queue), unhurried, answerMs, session.label);
      removed += deliveries.length;
    } catch (error) {
      throw broken ?? channelError(error, context);
    }
  }

  /** Those from the first that is held on with one acknowledgement, which takes everything up to it; the others one by one. */
  function acknowledge(deliveries: readonly Delivery[]): void {
    const receipts = new Map(deliveries.map(({ receipt }) => [receipt.fields.deliveryTag, receipt]));
    let upTo: Delivery['receipt'] | undefined;
    for (const tag of heldTags) {
      const receipt = receipts.get(tag);
      if (receipt === undefined) break;
      upTo = receipt;
      receipts.delete(tag);
      heldTags.delete(tag);
    }
    if (upTo !== undefined) channel.ack(upTo, true);
    for (const [tag, receipt] of receipts) {
      channel.ack(receipt);
      heldTags.delete(tag);
    }
  }

  async function release(): Promise<void> {
    released ??= (async () => {
      signal.removeEventListener('abort', onAbort);
      stopping = true;
      arrived.length = 0;
      if (broken !== null) return;
      if (options.returnsToTheBack) await holdTheRest();
      // Closing at once after acknowledging brought half of the acknowledged messages of a quorum queue back: the cancel waits for them.
      try {
        await answered(channel.cancel(consumerTag), unhurried, answerMs, session.label);
        await answered(closeChannel(channel), unhurried, answerMs, session.label);
      } catch {
        // A server that no longer answers gives everything back when the connection is gone.
        session.drop();
        return;
      }
      if (others === 0) await visibleAgain(session, queue, held - removed);
    })();
    await released;
  }

  async function holdTheRest(): Promise<void> {
    const deadline = performance.now() + holdTheRestMs;
    let lastHeld = performance.now();
    try {
      // Where nothing is held there is no order to keep, and what does not come for so long will not come.
      while (broken === null && held > removed && held < heldMax && performance.now() < deadline) {
        if (performance.now() - lastHeld >= stalledMs) return;
        const before = held;
        const { messageCount: left } = await answered(channel.checkQueue(queue), unhurried, answerMs, session.label);
        if (left === 0 && held === before) return;
        if (held === before) await arrivalOr(quietMs);
        if (held !== before) lastHeld = performance.now();
      }
    } catch {
      // Giving back what is held is worth more than its order.
    }
  }

  return { ready, next, remove, left: () => held - removed, release };
}

/** The server gives back in its own time after the channel is closed. Where others consume, what was given back is soon gone again. */
async function visibleAgain(session: AmqpSession, queue: string, expected: number): Promise<void> {
  const deadline = performance.now() + visibleAgainMs;
  try {
    while (expected > 0 && performance.now() < deadline) {
      const { messageCount } = await session.ask(
        `queue "${queue}"`,
        unhurried,
        async (channel) => await channel.checkQueue(queue),
      );
      if (messageCount >= expected) return;
      await delay(10);
    }
  } catch {
    // The messages are back in any case; that it could not be watched is for the next call to report.
  }
}

export function exclusiveConsumer(queue: string): AppError {
  return new AppError(
    'would_destroy',
    `Another consumer has the queue "${queue}" for itself (exclusive). Stop that consumer first, then read again.`,
    { details: { refusal: 'exclusive-consumer', override: false } },
  );
}
