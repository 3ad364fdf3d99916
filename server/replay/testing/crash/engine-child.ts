import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createBroker } from '#server/brokers/broker.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { startEngine } from '#server/engine/engine.ts';
import { createFaultGate, type Fault, watchedCalls, watchedDriver } from '#server/replay/testing/crash/fault.ts';
import {
  ballastFile,
  type ChildConnection,
  type ChildSettings,
  connectionName,
  type FromChild,
  publishTimeoutMs,
} from '#server/replay/testing/crash/engine-process.ts';
import { openEngineStore } from '#server/store/sqlite/engine-store.ts';

/** An engine as it runs in production, whose calls to its store and its broker can be struck at any step. `node engine-child.ts <settings as JSON>` */

const settings = JSON.parse(process.argv[2] ?? '') as ChildSettings;
const tell = (message: FromChild) => process.send?.(message);
const gate = createFaultGate(strike);
gate.arm(settings.fault);
const clock = { now: () => Date.now() + settings.aheadMs };

const store = await openEngineStore(settings.folder);
const driver = watchedDriver(
  createBroker(await driverFor(settings.connection), { connection: connectionName, random: Math.random }),
  gate,
);
startEngine({
  store: {
    ...store,
    index: watchedCalls('index', store.index, gate),
    ledger: watchedCalls('ledger', store.ledger, gate),
  },
  clock,
  connections: [{ name: connectionName, kind: settings.connection.kind, address: 'test', driver }],
  // The matrix asks for each read: it has to know when one is over.
  sync: { discoverEveryMs: 600_000, lookEveryMs: 600_000, scanEveryMs: 10, scanLimit: 1_000 },
  watchMs: 100,
  publishTimeoutMs,
  say: (line) => tell({ kind: 'say', line }),
});

process.on('message', (fault: Fault | null) => {
  gate.arm(fault);
  tell({ kind: 'armed' });
});
process.on('disconnect', () => process.exit(1));
tell({ kind: 'ready' });

function strike(fault: Fault): void {
  if (fault.what === 'kill') process.kill(process.pid, 'SIGKILL');
  else fillDisk();
}

/** To the last byte: a write-ahead log may still have room in blocks that it owns. */
function fillDisk(): void {
  const file = openSync(join(settings.folder, ballastFile), 'a');
  for (const size of [1 << 20, 1 << 16, 1 << 12, 512, 1]) {
    const chunk = Buffer.alloc(size, 1);
    try {
      for (;;) writeSync(file, chunk);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
    }
  }
  closeSync(file);
  tell({ kind: 'disk-full' });
}

/** Loads only the client that it needs: an engine is started hundreds of times. */
async function driverFor(connection: ChildConnection): Promise<BrokerDriver> {
  const shared = { connection: connectionName, clock: Date.now };
  switch (connection.kind) {
    case 'kafka': {
      const { createKafkaDriver } = await import('#server/brokers/kafka/kafka-driver.ts');
      return createKafkaDriver({ ...shared, brokers: connection.brokers });
    }
    case 'rabbitmq': {
      const { createRabbitMqDriver } = await import('#server/brokers/rabbitmq/rabbitmq-driver.ts');
      return createRabbitMqDriver({ ...shared, url: connection.url, managementUrl: connection.managementUrl });
    }
    case 'sqs': {
      const { createSqsDriver } = await import('#server/brokers/sqs/sqs-driver.ts');
      return createSqsDriver({
        ...shared,
        region: 'us-east-1',
        endpoint: connection.endpoint,
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
        // A killed engine's messages stay hidden for so long; two minutes by default.
        scan: { leaseSecondsMin: 4 },
      });
    }
  }
}
