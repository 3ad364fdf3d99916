import { AppError } from '#lib/domain/errors.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import type { BrowseBatch, BrowseOptions, HeldBatch, WantedMessage } from '#server/brokers/driver.ts';
import { abortable, brokenBy, closeChannel, ignore } from '#server/brokers/rabbitmq/amqp-session.ts';
import { deliveryOf } from '#server/brokers/rabbitmq/delivery.ts';
import { cancelled, channelError } from '#server/brokers/rabbitmq/rabbitmq-errors.ts';
import type { ReadContext } from '#server/brokers/rabbitmq/queue-reader.ts';

/**
 * Streams are logs: reading takes nothing away, and a consumer needs a prefetch and acknowledges only to get more. basic.get on a
 * stream ends the connection, and nothing in it can be removed by itself.
 */
export async function* browseStream(
  context: ReadContext,
  queue: string,
  options: BrowseOptions,
  signal: AbortSignal,
): AsyncGenerator<BrowseBatch, void, undefined> {
  const limit = options.limit ?? Number.MAX_SAFE_INTEGER;
  const start =
    options.from !== null
      ? BigInt(options.from)
      : options.newest === true
        ? await newestFrom(context, queue, limit, signal)
        : null;
  let read = 0;
  let cursor = options.from;
  for await (const batch of readStream(context, queue, start, signal)) {
    const messages = batch.slice(0, limit - read);
    read += messages.length;
    const last = messages.at(-1)?.sequence;
    if (last !== null && last !== undefined) cursor = String(BigInt(last) + 1n);
    if (read >= limit) {
      const end = { complete: false, reason: 'limit', lostBefore: [] } as const;
      yield { messages, cursor, progress: { read, of: null, exact: false }, end };
      return;
    }
    yield { messages, cursor, progress: { read, of: null, exact: false }, end: null };
  }
  const complete = options.from === null && options.newest !== true;
  yield {
    messages: [],
    cursor,
    progress: { read, of: read, exact: true },
    end: { complete, reason: 'reached-end', lostBefore: [] },
  };
}

export async function* holdStream(
  context: ReadContext,
  queue: string,
  wanted: readonly WantedMessage[],
  signal: AbortSignal,
): AsyncGenerator<HeldBatch, void, undefined> {
  const open = new Set(wanted.map(({ identity }) => identity));
  const offsets = wanted.flatMap(({ position }) => (/^\d+$/.test(position) ? [BigInt(position)] : []));
  const first = offsets.reduce<bigint | null>(
    (least, offset) => (least === null || offset < least ? offset : least),
    null,
  );
  for await (const batch of readStream(context, queue, first, signal)) {
    const messages = batch.filter(({ identity }) => open.delete(identity));
    if (messages.length > 0) yield { messages, remove: async () => await Promise.reject(nothingRemoved(queue)) };
    if (open.size === 0) return;
  }
}

function nothingRemoved(queue: string): AppError {
  return new AppError(
    'unsupported',
    `The stream "${queue}" keeps its messages until its retention ends. They cannot be removed one by one.`,
  );
}

const prefetch = 1_000;
const batchMax = 500;
/** A stream does not tell where it ends; what it has comes without a pause. */
const quietMs = 400;

/** Everything from the offset on, or from the oldest message, until no more comes. */
async function* readStream(
  { session }: ReadContext,
  queue: string,
  from: bigint | 'last' | null,
  signal: AbortSignal,
): AsyncGenerator<readonly RawDeadLetter[], void, undefined> {
  const context = { label: session.label, subject: `stream "${queue}"` };
  const broken: Error[] = [];
  let wake: () => void = ignore;
  let arrived: RawDeadLetter[] = [];
  const channel = await session.openChannel(signal, (error) => {
    broken.push(brokenBy(error, context));
    wake();
  });
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort);
  try {
    await abortable(channel.prefetch(prefetch), signal);
    const consuming = channel.consume(
      queue,
      (message) => {
        if (message === null) {
          broken.push(
            new AppError(
              'not_found',
              `The stream "${queue}" was deleted while it was read. Look for where its messages went.`,
            ),
          );
        } else {
          const { message: raw, streamOffset, receipt } = deliveryOf(message);
          channel.ack(receipt);
          // Without an offset it was no stream after all, and nothing may be acknowledged; the caller knows the type beforehand.
          if (streamOffset !== null) {
            arrived.push({
              ...raw,
              identity: streamOffset,
              position: streamOffset,
              lane: '',
              sequence: streamOffset,
              brokerAt: null,
            });
          }
        }
        wake();
      },
      {
        arguments: {
          'x-stream-offset': from === null ? 'first' : from === 'last' ? 'last' : { '!': 'long', value: from },
        },
      },
    );
    await abortable(consuming, signal);
    for (;;) {
      if (arrived.length === 0) await Promise.race([new Promise<void>((resolve) => (wake = resolve)), quiet()]);
      if (signal.aborted) throw cancelled();
      if (broken[0] !== undefined) throw broken[0];
      if (arrived.length === 0) return;
      const batch = arrived.slice(0, batchMax);
      arrived = arrived.slice(batchMax);
      // An offset within a chunk: RabbitMQ may begin with the chunk's first message.
      const fresh =
        typeof from === 'bigint'
          ? batch.filter(({ sequence }) => sequence !== null && BigInt(sequence) >= from)
          : batch;
      if (fresh.length > 0) yield fresh;
    }
  } catch (error) {
    throw channelError(error, context);
  } finally {
    signal.removeEventListener('abort', onAbort);
    await closeChannel(channel);
  }
}

function quiet(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, quietMs));
}

/** `last` begins at the last chunk, which tells the newest offset. */
async function newestFrom(context: ReadContext, queue: string, limit: number, signal: AbortSignal): Promise<bigint> {
  let newest = 0n;
  for await (const batch of readStream(context, queue, 'last', signal))
    newest = BigInt(batch.at(-1)?.sequence ?? newest);
  const start = newest - BigInt(limit) + 1n;
  return start < 0n ? 0n : start;
}
