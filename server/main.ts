import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { AppError } from '#lib/domain/errors.ts';
import type { ConnectionHealth } from '#lib/domain/queue.ts';
import { withConfigured } from '#lib/conventions/chain.ts';
import { createMasking } from '#lib/masking/masking.ts';
import { systemClock } from '#server/clock.ts';
import { shownAlertSettings, usualAlerts } from '#server/config/alert-settings.ts';
import { loadConfig, type Config } from '#server/config/config.ts';
import type { ConnectionSettings } from '#server/config/connection-settings.ts';
import { consoleSettings } from '#server/config/console-settings.ts';
import { secretsOf } from '#server/config/describe-config.ts';
import { startEngineThread, type EngineThread } from '#server/engine.ts';
import { createRequestMeter } from '#server/http/request-meter.ts';
import { readRouteTemplates } from '#server/http/route-template.ts';
import { provideRuntime } from '#server/http/runtime.ts';
import { captureConsole } from '#server/log/capture-console.ts';
import { describeError, failed, type Log, type Say, silentLog } from '#server/log/log.ts';
import { sayWarnings } from '#server/log/printed-lines.ts';
import { createLog } from '#server/log/pino-log.ts';
import { createScrub } from '#server/log/scrub.ts';
import type { SandboxConnection } from '#server/sandbox/sandbox-contract.ts';
import { openMessageEditor, openPayloadReader } from '#server/payload/open-payload-reader.ts';
import { startSandbox, type Sandbox } from '#server/sandbox/sandbox.ts';
import { toSandboxView } from '#server/sandbox/sandbox-view.ts';
import { pause } from '#server/sync/repeat.ts';
import { connectStoreThreads } from '#server/store/sqlite/remote-store.ts';
import { lagEveryMs } from '#server/config/lag-settings.ts';
import { lockFolder } from '#server/store/sqlite/lock-folder.ts';
import { setAsideOldIndex } from '#server/store/sqlite/set-aside-index.ts';
import { linkWarning } from '#server/watch/alerts/link-warning.ts';
import { createMetrics } from '#server/watch/metrics/metrics.ts';
import { openWeb } from '#server/web.ts';

/** The process: store, engine and web on one machine, with the sandbox where no broker is configured. */

// What a batch of messages leaves behind is collected by the thread that read it. Several helpers for that, on a machine whose other cores are at work,
// were measured at twice the work: 29 µs a message instead of 18.
setFlagsFromString('--no-parallel-scavenge');

/** Until the configuration is read there is nothing to log; what is wrong with it goes to the terminal as it is. */
let log: Log = silentLog;

/** What was started, the last first. */
const stops: (() => Promise<void>)[] = [];
/** The web is the first to be opened, and the first to be closed. */
let stopWeb = async (): Promise<void> => undefined;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { dev: { type: 'boolean', default: false } } });
  const folder = resolve(import.meta.dirname, '..');
  const config = loadConfig(process.env, (path) => readFileSync(path, 'utf8'));
  const masking = config.masking && createMasking(config.masking);
  const format = config.log.format ?? (process[config.log.to].isTTY ? 'pretty' : 'json');
  log = createLog(
    { ...config.log, format },
    createScrub(secretsOf({ ...config }), masking && ((text) => masking.text(text))),
  );
  // Who develops reads at the terminal what Next says, as it says it.
  if (!values.dev) captureConsole(log);
  const say: Say = (line, about) => (about?.code === undefined ? log.info : log.warn)(line, about);
  if (!values.dev) sayWarnings(say);
  const dataFolder = resolve(config.dataFolder);
  stopOnSignals();

  // What is most likely to be refused comes first: until then nothing was started.
  const lock = lockFolder(dataFolder);
  stops.unshift(async () => lock.release());
  const old = setAsideOldIndex(dataFolder);
  if (old !== null)
    log.warn(
      `The index was written by another version: it is now ${old}, and everything is read anew. You may delete it.`,
    );
  const routeOf = readRouteTemplates(join(folder, 'app'));
  const requests = createRequestMeter(routeOf, log);
  const web = await openWeb(config.http, values.dev, requests);
  stopWeb = () => web.stop();

  const served = Promise.withResolvers<void>();
  const sandbox = config.sandbox
    ? await startSandbox({
        folder: join(dataFolder, 'sandbox'),
        log: (line) => log.info(`sandbox: ${line}`, { thread: 'sandbox' }),
        after: served.promise,
      })
    : null;
  if (sandbox) {
    log.info('No broker is configured: starting the sandbox, a small shop whose services really fail.');
    stops.unshift(() => sandbox.stop());
  }
  const store = await connectStoreThreads({ folder: dataFolder, readers: 2, say });
  stops.unshift(() => store.close());

  const payloads = openPayloadReader(config.connections, systemClock, config.masking);
  stops.unshift(() => payloads.close());
  const editor = openMessageEditor(config.connections, systemClock, config.masking);
  stops.unshift(() => editor.close());
  let engineSeenAt: () => number | null = () => null;
  const connections = connectionsOf(config, sandbox);
  const inForce = {
    ...config,
    http: { ...config.http, port: web.port },
    connections,
    sync: syncOf(config),
    returns: returnsOf(config),
  };
  const version = versionOf(folder);
  const alerts = config.alerts ?? usualAlerts;
  const metrics = await createMetrics({
    store,
    clock: systemClock,
    connections: connections.map(({ name }) => name),
    receivers: alerts.receivers.map(({ name }) => name),
    masking,
    version,
    limits: config.metrics,
    engineSeenAt: () => engineSeenAt(),
    looks: { discoverMs: inForce.sync.discoverMs, lagMs: (connection) => lagEveryMs(config.lag, connection) },
    requests,
  });
  stops.unshift(async () => metrics.stop());
  const warning = linkWarning(alerts, config.http.host);
  if (warning !== null) log.warn(warning);
  provideRuntime({
    store,
    clock: systemClock,
    payloads,
    editor,
    ...(masking && { masking }),
    ...(config.conventions && { conventions: withConfigured(config.conventions) }),
    ...(config.links.trace !== null && { traceTemplate: config.links.trace }),
    exportsTraces: config.tracing !== undefined,
    sandbox: sandbox
      ? {
          state: () => toSandboxView(sandbox.state()),
          setMended: async (id, mended) => toSandboxView(await mend(sandbox, id, mended)),
        }
      : null,
    version,
    log,
    metrics,
    settings: consoleSettings(inForce, format),
    startedAt: systemClock.now(),
    alerts: shownAlertSettings(alerts),
    lagOf: connections.map(({ name }) => name).filter((name) => lagEveryMs(config.lag, name) !== null),
    quarantineAfter: config.returns.quarantineAfter,
    archiveMs: config.archive.keptMs,
    engineSeenAt: () => engineSeenAt(),
  });
  await web.serve(folder);
  log.info(`Redeliver is at ${web.url}`);

  // Engine and brokers take seconds and both cores: who waits for the first page gets it before them, from what is known.
  await Promise.race([web.firstAnswer, pause(firstPageWithinMs, new AbortController().signal)]);
  const engine = startEngineThread(
    {
      dataFolder,
      connections,
      sync: inForce.sync,
      conventions: config.conventions,
      masking: config.masking,
      lag: config.lag,
      quarantineAfter: config.returns.quarantineAfter,
      archiveMs: config.archive.keptMs,
      watchMs: inForce.returns.watchMs,
      alerts: { ...alerts, consoleUrl: alerts.consoleUrl ?? web.url },
      tracing: config.tracing && { ...config.tracing, version },
    },
    {
      say: (line, about) => say(line, { thread: 'engine', ...about }),
      loopDelays: (seconds) => metrics.engineLoop(seconds),
    },
  );
  stops.unshift(() => engine.stop());
  if (sandbox) explainSandbox(sandbox, engine);
  engineSeenAt = engine.seenAt;
  served.resolve();
}

/** Nobody may be waiting at all: then the engine does not wait either. */
const firstPageWithinMs = 1_500;

/** In the sandbox a failure comes back within seconds, and nobody waits a quarter of an hour to see it. */
const sandboxWatchMsMax = 60_000;

function returnsOf({ sandbox, returns }: Config): Config['returns'] {
  return sandbox ? { ...returns, watchMs: Math.min(returns.watchMs, sandboxWatchMsMax) } : returns;
}

/** The sandbox is asked more often than a production broker would like. */
function syncOf({ sandbox, sync }: Config): Config['sync'] {
  if (!sandbox) return sync;
  return {
    ...sync,
    discoverMs: Math.min(sync.discoverMs, 15_000),
    pollMs: Math.min(sync.pollMs, 2_000),
    scanMs: Math.min(sync.scanMs, 4_000),
  };
}

function connectionsOf(config: Config, sandbox: Sandbox | null): readonly ConnectionSettings[] {
  return sandbox ? sandbox.connections.map(settingsOf) : config.connections.map((connection) => ({ ...connection }));
}

function settingsOf(connection: SandboxConnection): ConnectionSettings {
  switch (connection.kind) {
    case 'kafka':
      return { kind: 'kafka', name: connection.name, brokers: [...connection.brokers] };
    case 'rabbitmq':
      return { kind: 'rabbitmq', name: connection.name, url: connection.url, managementUrl: connection.managementUrl };
    case 'sqs':
      return {
        kind: 'sqs',
        name: connection.name,
        endpoint: connection.endpoint,
        region: connection.region,
        credentials: { ...connection.credentials },
      };
  }
}

/** While a broker of the sandbox comes up, or cannot, the overview says so instead of "connection refused". */
function explainSandbox(sandbox: Sandbox, engine: EngineThread): void {
  const said = new Map<string, string>();
  const explain = (connections: readonly SandboxConnection[]) => {
    for (const connection of connections) {
      const health = healthOf(connection);
      const text = JSON.stringify(health);
      if (said.get(connection.name) !== text) engine.explain(connection.name, health);
      said.set(connection.name, text);
    }
  };
  explain(sandbox.state().connections);
  sandbox.onChange((state) => explain(state.connections));
}

function healthOf(connection: SandboxConnection): ConnectionHealth | null {
  switch (connection.state) {
    case 'running':
      return null;
    case 'starting':
      return { kind: 'starting', step: connection.step };
    case 'not-started':
      return { kind: 'not-started', reason: connection.reason, remedy: connection.remedy };
  }
}

async function mend(sandbox: Sandbox, id: string, mended: boolean) {
  try {
    return await sandbox.setMended(id, mended);
  } catch (error) {
    if (error instanceof RangeError)
      throw new AppError(
        'not_found',
        `The sandbox has no service called ${id.slice(0, 100)}. GET /api/v1/sandbox lists them.`,
      );
    throw error;
  }
}

function versionOf(folder: string): string {
  const parsed: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return typeof parsed === 'object' && parsed !== null && 'version' in parsed ? String(parsed.version) : 'unknown';
}

/** First the web, then the engine, which gives back what it holds, then the rest. A second signal ends it at once. */
function stopOnSignals(): void {
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      void stopAll().finally(() => process.exit(0));
    });
  }
}

async function stopAll(): Promise<void> {
  for (const stop of [() => stopWeb(), ...stops])
    await stop().catch((error: unknown) => log.error(...failed('redeliver', error)));
}

try {
  await main();
} catch (error) {
  // To the terminal as it is, because the log may go elsewhere, and nobody looks there for why it does not start.
  const { message, stack } = describeError(error);
  process.stderr.write(`redeliver: ${[message, stack].filter((part) => part !== undefined).join('\n')}\n`);
  await stopAll();
  process.exit(1);
}
