import { AppError } from '#lib/domain/errors.ts';
import type { LagReading, QueueLag } from '#lib/domain/lag.ts';
import type { QueueDirectory } from '#server/brokers/sqs/queue-attributes.ts';
import { takeTurns } from '#server/brokers/take-turns.ts';

/** There is no request for many queues, and each one is paid for. */
const readsAtOnce = 16;

export async function readSqsLag(
  directory: QueueDirectory,
  known: readonly string[],
  signal: AbortSignal,
): Promise<LagReading> {
  const names = [...new Set(known)].toSorted();
  let hidden = 0;
  const rows = await takeTurns(names, readsAtOnce, async (queue): Promise<QueueLag | null> => {
    try {
      const { visible, inFlight } = await directory.read(queue, signal);
      return { kind: 'queue', queue, waiting: visible, held: inFlight, consumers: null, approximate: true };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code === 'not_found') return null;
      if (error.code !== 'forbidden') throw error;
      hidden += 1;
      return { kind: 'queue', queue, waiting: null, held: null, consumers: null, approximate: true };
    }
  });
  return {
    rows: rows.filter((row) => row !== null),
    notes:
      hidden === 0
        ? []
        : [
            `${hidden === 1 ? '1 queue' : `${hidden} queues`} may not be looked at by this account. Grant it sqs:GetQueueAttributes on them.`,
          ],
  };
}
