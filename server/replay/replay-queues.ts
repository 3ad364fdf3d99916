import type { QueueCapabilities } from '#lib/domain/queue.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import type { Store } from '#server/store/store.ts';

export interface ReplayQueues {
  readonly store: Store;
  driverOf(connection: string): BrokerDriver;
}

export interface ReplayQueue {
  readonly driver: BrokerDriver;
  readonly name: string;
  readonly canRemove: boolean;
  readonly order: QueueCapabilities['order'];
}

/** How a replay reaches a dead-letter queue. `not_found` where queue or connection are no longer known. */
export async function queueOf({ store, driverOf }: ReplayQueues, queueId: string): Promise<ReplayQueue> {
  const { connection, name, capabilities } = await store.index.getQueue(queueId);
  return { driver: driverOf(connection), name, canRemove: capabilities.remove, order: capabilities.order };
}
