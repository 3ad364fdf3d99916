import { AppError } from '#lib/domain/errors.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import type { ReadRefusal } from '#lib/domain/queue.ts';
import type { BrowseBatch, BrowseOptions } from '#server/brokers/driver.ts';
import { createIdentities, type Delivery } from '#server/brokers/rabbitmq/delivery.ts';
import { inspectQueue, openReading, type ReadContext } from '#server/brokers/rabbitmq/queue-reader.ts';
import { browseStream } from '#server/brokers/rabbitmq/stream.ts';

const batchMax = 500;

/** As the contract says. Batches come while the queue is read; what was read stays held until the last one. */
export async function* browseQueue(
  context: ReadContext,
  queue: string,
  options: BrowseOptions,
  signal: AbortSignal,
): AsyncGenerator<BrowseBatch, void, undefined> {
  const { facts, traits } = await inspectQueue(context, queue, signal);
  if (traits?.type === 'stream') return yield* browseStream(context, queue, options, signal);
  if (options.from !== null || options.backwards === true) throw noPositions(queue);
  if (facts.refusal !== null && !(options.insist === true && facts.refusal.canInsist))
    throw wouldDestroy(queue, facts.refusal);

  const limit = options.limit === undefined ? {} : { limit: options.limit };
  const pass = await openReading(context, queue, traits, limit, signal);
  const identify = createIdentities();
  let read = 0;
  try {
    for (;;) {
      const result = await pass.next(batchMax);
      if ('end' in result) {
        await pass.release();
        yield { messages: [], cursor: null, progress: progress(), end: { ...result.end, lostBefore: [] } };
        return;
      }
      read += result.length;
      yield {
        messages: result.map((delivery) => asDeadLetter(delivery, identify(delivery.contentHash))),
        cursor: null,
        progress: progress(),
        end: null,
      };
    }
  } finally {
    await pass.release();
  }

  function progress(): BrowseBatch['progress'] {
    return { read, of: Math.max(read, Math.min(pass.ready, options.limit ?? pass.ready)), exact: true };
  }
}

/** RabbitMQ numbers nothing but streams: the identity is also the position, and the whole queue is one lane. */
export function asDeadLetter({ message }: Pick<Delivery, 'message'>, identity: string): RawDeadLetter {
  return { ...message(), identity, position: identity, lane: '', sequence: null, brokerAt: null };
}

export function wouldDestroy(queue: string, refusal: ReadRefusal): AppError {
  return new AppError('would_destroy', `The queue "${queue}" was not read. ${refusal.reason} ${refusal.remedy}`, {
    details: { refusal: refusal.code, override: refusal.canInsist },
  });
}

function noPositions(queue: string): AppError {
  return new AppError(
    'unsupported',
    `The queue "${queue}" is no log: it can only be read from its oldest message on. Browse it without a position.`,
  );
}
