import { openLease, type Lease } from '#server/brokers/sqs/lease.ts';
import type { QueueAttributes, QueueDirectory } from '#server/brokers/sqs/queue-attributes.ts';
import type { SqsClient } from '#server/brokers/sqs/sqs-client.ts';
import type { ScanLimits } from '#server/brokers/sqs/sqs-settings.ts';

/** What reading needs; it knows every lease that is open, so that closing the driver gives everything back. */
export interface SqsReader {
  readonly directory: QueueDirectory;
  readonly limits: ScanLimits;
  readonly clock: () => number;
  open(queue: QueueAttributes, seconds: number): Lease;
  close(lease: Lease): Promise<void>;
  closeAll(): Promise<void>;
}

export function createSqsReader(options: {
  readonly client: SqsClient;
  readonly connection: string;
  readonly directory: QueueDirectory;
  readonly limits: ScanLimits;
  readonly clock: () => number;
}): SqsReader {
  const { client, connection, directory, limits, clock } = options;
  const open = new Set<Lease>();
  return {
    directory,
    limits,
    clock,
    open(queue, seconds) {
      const lease = openLease({
        client,
        connection,
        queue: queue.name,
        url: queue.url,
        seconds,
        longPollSeconds: limits.longPollSeconds,
        clock,
      });
      open.add(lease);
      return lease;
    },
    async close(lease) {
      open.delete(lease);
      await lease.release();
    },
    async closeAll() {
      // What cannot be given back comes back by itself when its time is over, and nobody is left to be told.
      await Promise.allSettled([...open].map((lease) => lease.release()));
      open.clear();
    },
  };
}
