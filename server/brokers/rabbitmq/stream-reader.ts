import { AppError } from '#lib/domain/errors.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import { abortable, brokenBy, closeChannel, ignore } from '#server/brokers/rabbitmq/amqp-session.ts';
import { deliveryOf, type Delivery } from '#server/brokers/rabbitmq/delivery.ts';
import type { ReadContext } from '#server/brokers/rabbitmq/queue-reader.ts';
import { cancelled, channelError } from '#server/brokers/rabbitmq/rabbitmq-errors.ts';

const prefetch = 1_000;
/** A chunk comes in one go: what has not come for so long is not in it. */
const quietMs = 400;
/** A stream that has messages and delivers none for so long will deliver none. */
const stalledMs = 10_000;

/** What a stream holds now. */
export interface StreamEdges {
  readonly oldest: bigint;
  readonly newest: bigint;
}

/** `null` where it is empty. A stream tells its offsets only with its messages; nothing is taken from it. */
export async function streamEdges(
  context: ReadContext,
  queue: string,
  signal: AbortSignal,
): Promise<StreamEdges | null> {
  const oldest = await edge(context, queue, 'first', signal);
  const newest = oldest === null ? null : await edge(context, queue, 'last', signal);
  return oldest === null || newest === null ? null : { oldest, newest };
}

/** Everything from one offset up to another one that is there, in batches. Throws `interrupted` where it stops coming before. */
export async function* readStream(
  context: ReadContext,
  queue: string,
  { from, to }: { readonly from: bigint; readonly to: bigint },
  signal: AbortSignal,
): AsyncGenerator<readonly RawDeadLetter[], void, undefined> {
  if (from > to) return;
  const consumer = await openConsumer(context, queue, from, signal);
  try {
    for (let reached = from - 1n; reached < to;) {
      const arrived = await consumer.next(stalledMs);
      if (arrived.length === 0) throw stalled(queue);
      // An offset within a chunk: RabbitMQ may begin with the chunk's first message, and it goes on beyond the last one wanted.
      const wanted = arrived.filter((message) => offsetOf(message) >= from && offsetOf(message) <= to);
      if (wanted.length > 0) yield wanted;
      reached = offsetOf(arrived.at(-1));
    }
  } finally {
    await consumer.close();
  }
}

export function offsetOf(message: RawDeadLetter | undefined): bigint {
  return BigInt(message?.sequence ?? -1);
}

async function edge(
  context: ReadContext,
  queue: string,
  which: 'first' | 'last',
  signal: AbortSignal,
): Promise<bigint | null> {
  const consumer = await openConsumer(context, queue, which, signal);
  try {
    let met = await consumer.next(quietMs);
    if (met.length === 0) {
      const { messageCount } = await context.session.ask(
        `stream "${queue}"`,
        signal,
        async (channel) => await channel.checkQueue(queue),
      );
      if (messageCount === 0) return null;
      met = await consumer.next(stalledMs);
      if (met.length === 0) throw stalled(queue);
    }
    if (which === 'first') return offsetOf(met[0]);
    for (let more = met; more.length > 0; more = await consumer.next(quietMs)) met = more;
    return offsetOf(met.at(-1));
  } finally {
    await consumer.close();
  }
}

function stalled(queue: string): AppError {
  return new AppError(
    'interrupted',
    `The stream "${queue}" stopped delivering before its end. Try again; where it stops again, look at the state of the stream.`,
  );
}

interface Consumer {
  /** What has arrived since; waits for at most so long, and is empty when nothing came. */
  next(withinMs: number): Promise<readonly RawDeadLetter[]>;
  close(): Promise<void>;
}

/**
 * Reading a stream takes nothing away: a consumer needs a prefetch and acknowledges only to get more. basic.get on a stream ends the connection.
 */
async function openConsumer(
  { session }: ReadContext,
  queue: string,
  from: bigint | 'first' | 'last',
  signal: AbortSignal,
): Promise<Consumer> {
  const context = { label: session.label, subject: `stream "${queue}"` };
  let broken: Error | null = null;
  let arrived: Delivery[] = [];
  let wake: () => void = ignore;
  const fail = (error: Error): void => {
    broken ??= error;
    wake();
  };
  const channel = await session.openChannel(signal, (error) => fail(brokenBy(error, context)));
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort);
  const close = async (): Promise<void> => {
    signal.removeEventListener('abort', onAbort);
    await closeChannel(channel);
  };

  try {
    await abortable(channel.prefetch(prefetch), signal);
    const consuming = channel.consume(
      queue,
      (message) => {
        if (message === null) return fail(deleted(queue));
        try {
          arrived.push(deliveryOf(message));
        } catch (error) {
          return fail(channelError(error, context));
        }
        wake();
      },
      { arguments: { 'x-stream-offset': typeof from === 'bigint' ? { '!': 'long', value: from } : from } },
    );
    await abortable(consuming, signal);
  } catch (error) {
    await close();
    throw channelError(error, context);
  }

  return {
    close,
    async next(withinMs) {
      if (arrived.length === 0 && broken === null && !signal.aborted) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        const timer = setTimeout(resolve, withinMs);
        await promise;
        clearTimeout(timer);
        wake = ignore;
      }
      if (signal.aborted) throw cancelled();
      if (broken !== null) throw broken;
      const batch = arrived;
      arrived = [];
      // Only now: no more than the prefetch waits here for a slow reader.
      for (const { receipt } of batch) channel.ack(receipt);
      return batch.flatMap((delivery) => asStreamLetter(delivery) ?? []);
    },
  };
}

/**
 * Offsets begin again where a stream was deleted and made anew: an identity also holds what the message is. Without an offset it was no stream after
 * all; the caller knows the type beforehand.
 */
function asStreamLetter({ message, streamOffset, contentHash }: Delivery): RawDeadLetter | null {
  if (streamOffset === null) return null;
  return {
    ...message(),
    identity: `${streamOffset}@${contentHash.slice(0, 8)}`,
    position: streamOffset,
    lane: '',
    sequence: streamOffset,
    brokerAt: null,
  };
}

function deleted(queue: string): AppError {
  return new AppError(
    'not_found',
    `The stream "${queue}" was deleted while it was read. Look for where its messages went.`,
  );
}
