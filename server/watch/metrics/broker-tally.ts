import type { Broker } from '#server/brokers/broker.ts';
import type { BrokerCounts } from '#server/brokers/broker-counts.ts';
import type { WatchStore } from '#server/store/watch-store.ts';
import { brokerCountsSince } from '#server/watch/metrics/broker-counters.ts';

export interface BrokerTally {
  /** Writes down what was done since the last time; what could not be written is in the next. */
  write(): Promise<void>;
}

/** Brings what the engine counts to the store, where the web reads it. */
export function createBrokerTally(
  brokers: readonly { readonly name: string; readonly driver: Pick<Broker, 'counts'> }[],
  watch: Pick<WatchStore, 'addCounts'>,
): BrokerTally {
  let written = new Map<string, BrokerCounts>();
  return {
    async write() {
      const now = new Map(brokers.map(({ name, driver }) => [name, driver.counts()]));
      const counts = [...now].flatMap(([name, counted]) => brokerCountsSince(name, written.get(name) ?? null, counted));
      if (counts.length > 0) await watch.addCounts(counts);
      written = now;
    },
  };
}
