import type { BrokerDriver } from '#server/brokers/driver.ts';

/**
 * A driver that finds these queues alone. Servers are shared by tests that run side by side: an engine that found the queues of the others would read
 * them, and what it holds meanwhile is hidden from its own test.
 */
export function onlyQueues(driver: BrokerDriver, names: readonly string[]): BrokerDriver {
  return {
    ...driver,
    discover: async (signal) => (await driver.discover(signal)).filter(({ name }) => names.includes(name)),
  };
}
