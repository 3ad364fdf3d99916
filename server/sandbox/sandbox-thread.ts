import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { type BrokerShop, endAll, NotStarted, type ShopContext } from '#server/sandbox/broker-shop.ts';
import { catalogue, connectionSettings } from '#server/sandbox/catalogue.ts';
import { openKafkaShop } from '#server/sandbox/kafka-shop.ts';
import { openRabbitMqShop } from '#server/sandbox/rabbitmq-shop.ts';
import type {
  SandboxConnection,
  SandboxConnectionProgress,
  SandboxReport,
  SandboxRequest,
  SandboxServiceId,
  SandboxState,
  SandboxThreadData,
} from '#server/sandbox/sandbox-contract.ts';
import { diceFrom, seededRoll } from '#server/sandbox/seed/dice.ts';
import { openSqsShop } from '#server/sandbox/sqs-shop.ts';
import { startStorefront } from '#server/sandbox/storefront.ts';
import { readSwitches, writeSwitches } from '#server/sandbox/switches.ts';

/** The shop, in a thread of its own: its seeding, its consumers and the server for SQS never hold up the console's main thread. */
function runSandbox({ folder, ports }: SandboxThreadData, report: (message: SandboxReport) => void) {
  let switches = readSwitches(folder);
  let stopping = false;
  const begun = Promise.withResolvers<void>();
  const counts = new Map(catalogue.map(({ id }) => [id, { processed: 0, failed: 0 }]));
  const shops = new Map<SandboxConnection['name'], BrokerShop>();
  const progress = new Map<SandboxConnection['name'], SandboxConnectionProgress>();
  const reportSoon = throttled(250, () => report({ kind: 'state', state: state() }));

  const opening = Promise.all([
    open('sqs', (context) => openSqsShop(context, ports.sqs)),
    open('kafka', (context) => openKafkaShop(context, ports.kafka)),
    open('rabbitmq', (context) => openRabbitMqShop(context, ports.rabbitmq)),
  ]);
  const storefront = startStorefront(() => [...shops.values()], diceFrom(Math.random));

  async function open(
    name: SandboxConnection['name'],
    openShop: (context: ShopContext) => Promise<BrokerShop>,
  ): Promise<void> {
    const step = (line: string) => {
      progress.set(name, { state: 'starting', step: line });
      report({ kind: 'log', line });
      reportSoon();
    };
    await begun.promise;
    if (stopping) return;
    try {
      const shop = await openShop({
        folder: join(folder, name),
        isMended: (id) => switches[id],
        tally,
        step,
        // The same past on every machine: what a page or a picture shows of it can be shown again.
        dice: diceFrom(seededRoll(name.length)),
      });
      if (stopping) return await shop.stop();
      // A switch may have been thrown while the services were being started.
      for (const [id, service] of shop.services) await service.setMended(switches[id]);
      shops.set(name, shop);
      progress.set(name, { state: 'running' });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const remedy = error instanceof NotStarted ? error.remedy : 'npm start';
      progress.set(name, { state: 'not-started', reason, remedy });
      report({ kind: 'log', line: `${name} was not started: ${reason}` });
    }
    reportSoon();
  }

  function tally(id: SandboxServiceId) {
    const count = counts.get(id) ?? { processed: 0, failed: 0 };
    const counter = (what: 'processed' | 'failed') => () => {
      count[what] += 1;
      reportSoon();
    };
    return { processed: counter('processed'), failed: counter('failed') };
  }

  function state(): SandboxState {
    return {
      connections: connectionSettings(ports).map((settings) => ({
        ...settings,
        ...(progress.get(settings.name) ?? { state: 'starting', step: 'Waiting' }),
      })),
      services: catalogue.map((described) => ({
        ...described,
        mended: switches[described.id],
        ...(counts.get(described.id) ?? { processed: 0, failed: 0 }),
        running: shops.get(described.connection)?.services.get(described.id)?.running() ?? false,
      })),
    };
  }

  return {
    begin: begun.resolve,
    async setMended(serviceId: SandboxServiceId, mended: boolean): Promise<void> {
      switches = { ...switches, [serviceId]: mended };
      await writeSwitches(folder, switches);
      for (const shop of shops.values()) await shop.services.get(serviceId)?.setMended(mended);
      report({ kind: 'state', state: state() });
    },
    async stop(): Promise<void> {
      stopping = true;
      begun.resolve();
      await storefront.stop();
      // A broker that is just coming up is ended as soon as it has come: half a start cannot be ended cleanly.
      await opening;
      await endAll([() => inParallel([...shops.values()].map((shop) => shop.stop()))]);
    },
  };
}

async function inParallel(endings: readonly Promise<void>[]): Promise<void> {
  const failures = (await Promise.allSettled(endings)).filter((ending) => ending.status === 'rejected');
  if (failures.length > 0) throw new AggregateError(failures.map((failure) => failure.reason));
}

/** Calls at once, and then at most once an interval, the last time after the last request. */
function throttled(intervalMs: number, call: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let again = false;
  return function request() {
    if (timer !== undefined) {
      again = true;
      return;
    }
    call();
    timer = setTimeout(() => {
      timer = undefined;
      if (again) {
        again = false;
        request();
      }
    }, intervalMs);
    timer.unref();
  };
}

const port = parentPort;
if (port === null) throw new Error('sandbox-thread.ts is started by sandbox.ts, as a worker thread.');
const report = (message: SandboxReport) => port.postMessage(message);
const sandbox = runSandbox(workerData, report);

// A client library that loses its broker in the background costs that broker's part of the shop, not all of it.
process.on('unhandledRejection', (reason) =>
  report({ kind: 'log', line: `A service of the sandbox failed: ${String(reason)}` }),
);

port.on('message', (request: SandboxRequest) => {
  switch (request.kind) {
    case 'begin':
      return sandbox.begin();
    case 'set-mended':
      void sandbox.setMended(request.serviceId, request.mended).then(
        () => report({ kind: 'answer', requestId: request.requestId, error: null }),
        (error: unknown) => report({ kind: 'answer', requestId: request.requestId, error: String(error) }),
      );
      break;
    case 'stop':
      void sandbox
        .stop()
        .catch((error: unknown) => report({ kind: 'log', line: `The sandbox did not end cleanly: ${String(error)}` }))
        .finally(() => report({ kind: 'stopped' }));
      break;
  }
});
