import { parentPort, workerData } from 'node:worker_threads';
import { withConfigured } from '#lib/conventions/chain.ts';
import { createMasking } from '#lib/masking/masking.ts';
import { createBroker } from '#server/brokers/broker.ts';
import { createDriver } from '#server/brokers/registry.ts';
import { systemClock } from '#server/clock.ts';
import type { ConnectionSettings } from '#server/config/connection-settings.ts';
import { lagEveryMs } from '#server/config/lag-settings.ts';
import { earlierCapabilities } from '#server/engine/earlier-capabilities.ts';
import { startEngine } from '#server/engine/engine.ts';
import type { EngineThreadData, FromEngine, ToEngine } from '#server/engine/engine-thread-contract.ts';
import { failed, type Say } from '#server/log/log.ts';
import { createLateDecoding } from '#server/payload/decode-late.ts';
import { openBodyDecoder, openMessageEditor, registriesOf } from '#server/payload/open-payload-reader.ts';
import { repeat } from '#server/sync/repeat.ts';
import { openEngineStore } from '#server/store/sqlite/engine-store.ts';
import { openTracing } from '#server/tracing/tracing.ts';
import { createBrokerTally } from '#server/watch/metrics/broker-tally.ts';
import { watchLoop } from '#server/watch/metrics/loop-delay.ts';

/** The composition root of the engine: its own writer on the store, a driver for each connection. Runs in a worker thread. */

const publishTimeoutMs = 15_000;
const aliveEveryMs = 5_000;
const countEveryMs = 5_000;
/** For schemas that were not to be had. */
const lookAgainEveryMs = 30_000;

const port = parentPort;
if (!port) throw new Error('engine-thread.ts runs as a worker thread; start server/main.ts.');
const data = workerData as EngineThreadData;
const tell = (message: FromEngine) => port.postMessage(message);
const say: Say = (line, about) => tell({ kind: 'say', line, about });

const store = await openEngineStore(data.dataFolder, () => {
  say(
    "The ledger's thread ended unexpectedly. What it has written stands: the engine begins anew and puts right what was under way.",
    { code: 'internal' },
  );
  // Of this thread alone; `server/engine.ts` starts it again.
  process.exit(1);
});
const bodies = openBodyDecoder(data.connections, systemClock, data.masking);
const connections = data.connections.map((settings) => ({
  name: settings.name,
  kind: settings.kind,
  address: addressOf(settings),
  groupedBy: settings.grouping?.attributes,
  driver: createBroker(createDriver(settings, { ...systemClock, earlier: earlierCapabilities(store, settings.name) }), {
    connection: settings.name,
    random: Math.random,
    limits: { browseBytesMax: data.sync.browseBytesMax },
  }),
}));
const engine = startEngine({
  store,
  registries: registriesOf(data.connections, systemClock),
  clock: systemClock,
  connections,
  sync: {
    discoverEveryMs: data.sync.discoverMs,
    lookEveryMs: data.sync.pollMs,
    scanEveryMs: data.sync.scanMs,
    scanLimit: data.sync.browseMessagesMax,
    reading: {
      conventions: withConfigured(data.conventions ?? []),
      masking: data.masking && createMasking(data.masking),
      bodies,
    },
  },
  watchMs: data.watchMs,
  archiveMs: data.archiveMs,
  quarantineAfter: data.quarantineAfter,
  alerts: data.alerts,
  lagEveryMs: (connection) => lagEveryMs(data.lag, connection),
  publishTimeoutMs,
  tracing: data.tracing && (await tracingOf(data.tracing)),
  editor: openMessageEditor(data.connections, systemClock, data.masking),
  say,
});

const stopping = new AbortController();
const tally = createBrokerTally(connections, store.watch);
const counting = repeat(
  () => countEveryMs,
  () => tally.write().catch((error: unknown) => say(...failed('broker counts', error))),
  stopping.signal,
);
const late = createLateDecoding(store.index, bodies);
const lookingAgain = repeat(
  () => lookAgainEveryMs,
  async () => {
    await late.look(stopping.signal).catch((error: unknown) => say(...failed('late payloads', error)));
  },
  stopping.signal,
);

const loop = watchLoop();
const tellAlive = () => tell({ kind: 'alive', loopDelays: loop.take() });
tellAlive();
const alive = setInterval(tellAlive, aliveEveryMs);

port.on('message', (message: ToEngine) => {
  switch (message.kind) {
    case 'explain':
      return engine.sync.explain(message.connection, message.health);
    case 'stop':
      return void stop();
  }
});

async function stop(): Promise<void> {
  clearInterval(alive);
  loop.stop();
  stopping.abort();
  await engine.stop();
  await Promise.all([lookingAgain, counting]);
  await tally.write().catch((error: unknown) => say(...failed('broker counts', error)));
  await bodies.close();
  await store.close();
  tell({ kind: 'stopped' });
  port?.close();
}

/** Replays do without spans rather than not run. */
async function tracingOf({ version, ...settings }: NonNullable<EngineThreadData['tracing']>) {
  const masking = data.masking && createMasking(data.masking);
  try {
    return await openTracing({ settings, version, masking, say });
  } catch (error) {
    say(...failed('tracing', error));
    return undefined;
  }
}

/** Where a connection points, for people: never with its credentials. */
function addressOf(settings: ConnectionSettings): string {
  switch (settings.kind) {
    case 'kafka':
      return settings.brokers.join(', ');
    case 'rabbitmq': {
      const { host, pathname } = new URL(settings.url);
      return pathname.length > 1 ? `${host}${pathname}` : host;
    }
    case 'sqs':
      return settings.endpoint === undefined ? settings.region : new URL(settings.endpoint).host;
  }
}
