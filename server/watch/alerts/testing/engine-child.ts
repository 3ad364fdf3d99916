import { createBroker } from '#server/brokers/broker.ts';
import { createKafkaDriver } from '#server/brokers/kafka/kafka-driver.ts';
import { systemClock } from '#server/clock.ts';
import type { AlertSettings } from '#server/config/alert-settings.ts';
import { startEngine } from '#server/engine/engine.ts';
import { openEngineStore } from '#server/store/sqlite/engine-store.ts';
import { onlyQueues } from '#server/brokers/testing/only-queues.ts';

/** An engine as it runs in production, on one queue, in a process that can be killed. `node engine-child.ts <settings as JSON>` */

export interface AlertChildSettings {
  readonly folder: string;
  readonly connection: string;
  readonly brokers: readonly string[];
  readonly queue: string;
  /** Absent: lag is not read. */
  readonly lagEveryMs?: number;
  readonly alerts: AlertSettings & { readonly consoleUrl: string };
}

const settings = JSON.parse(process.argv[2] ?? '') as AlertChildSettings;
const { connection, queue } = settings;
const broker = createBroker(createKafkaDriver({ connection, brokers: settings.brokers, clock: Date.now }), {
  connection,
  random: Math.random,
});
const driver = onlyQueues(broker, [queue]);
startEngine({
  store: await openEngineStore(settings.folder),
  clock: systemClock,
  connections: [{ name: connection, kind: 'kafka', address: 'test', driver }],
  sync: { discoverEveryMs: 60_000, lookEveryMs: 200, scanEveryMs: 60_000, scanLimit: 1_000 },
  watchMs: 1_000,
  publishTimeoutMs: 10_000,
  alerts: settings.alerts,
  lagEveryMs: () => settings.lagEveryMs ?? null,
  say: (line) => console.error(line),
});
process.on('disconnect', () => process.exit(1));
process.send?.('ready');
