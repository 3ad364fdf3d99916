import { AppError } from '#lib/domain/errors.ts';
import type { LagReading, QueueLag } from '#lib/domain/lag.ts';
import { takeTurns } from '#server/brokers/take-turns.ts';
import type { QueueTotals } from '#server/brokers/rabbitmq/management-api.ts';
import type { ReadContext } from '#server/brokers/rabbitmq/queue-reader.ts';

const declaredAtOnce = 8;

const onlyKnown =
  'only dead-letter queues and their origins are looked at, and what their consumers hold is not known.';

/** By the management API; without it, or where this user may not ask it, only those in `known`, by asking for each whether it exists. */
export async function readRabbitMqLag(
  context: Pick<ReadContext, 'session' | 'management'>,
  known: readonly string[],
  signal: AbortSignal,
): Promise<LagReading> {
  const { management } = context;
  if (management === null)
    return { rows: await declared(context, known, signal), notes: [`Without a management API ${onlyKnown}`] };
  try {
    return totalled(await management.totals(signal));
  } catch (error) {
    if (!(error instanceof AppError) || (error.code !== 'forbidden' && error.code !== 'unauthenticated')) throw error;
    const notes = [`${error.message} Until then ${onlyKnown}`];
    return { rows: await declared(context, known, signal), notes };
  }
}

function totalled(queues: readonly QueueTotals[]): LagReading {
  // An exclusive queue belongs to one connection, lives as long, and is often named by chance.
  const shared = queues.filter(({ exclusive }) => exclusive !== true);
  const waiting = shared.filter(({ type }) => type !== 'stream');
  const streams = shared.length - waiting.length;
  const rows = waiting.map((queue): QueueLag => ({
    kind: 'queue',
    queue: queue.name,
    waiting: queue.messages_ready ?? null,
    held: queue.messages_unacknowledged ?? null,
    consumers: queue.consumers ?? null,
    approximate: false,
  }));
  const left = `${streams === 1 ? '1 stream is' : `${streams} streams are`} left out: a stream keeps what was read, so nothing waits in it.`;
  return { rows: rows.toSorted(byName), notes: streams === 0 ? [] : [left] };
}

async function declared(
  { session }: Pick<ReadContext, 'session'>,
  known: readonly string[],
  signal: AbortSignal,
): Promise<QueueLag[]> {
  // That nothing is known is no answer of a server: one that hangs would seem to be read.
  if (known.length === 0) await session.ask('the server', signal, () => Promise.resolve());
  const rows = await takeTurns([...new Set(known)], declaredAtOnce, async (queue): Promise<QueueLag | null> => {
    try {
      const { messageCount, consumerCount } = await session.ask(
        `queue "${queue}"`,
        signal,
        async (channel) => await channel.checkQueue(queue),
      );
      return { kind: 'queue', queue, waiting: messageCount, held: null, consumers: consumerCount, approximate: false };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code === 'not_found') return null;
      // Exclusive to another connection, or this user may not ask.
      if (error.code === 'forbidden')
        return { kind: 'queue', queue, waiting: null, held: null, consumers: null, approximate: false };
      throw error;
    }
  });
  return rows.filter((row) => row !== null).toSorted(byName);
}

function byName(a: QueueLag, b: QueueLag): number {
  return a.queue < b.queue ? -1 : a.queue > b.queue ? 1 : 0;
}
