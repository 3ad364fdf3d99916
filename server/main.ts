import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { AppError, toErrorRecord } from '#lib/domain/errors.ts';
import type { ConnectionHealth } from '#lib/domain/queue.ts';
import { withConfigured } from '#lib/conventions/chain.ts';
import { createMasking } from '#lib/masking/masking.ts';
import { systemClock } from '#server/clock.ts';
import { loadConfig, type Config } from '#server/config/config.ts';
import type { ConnectionSettings } from '#server/config/connection-settings.ts';
import { startEngineThread, type EngineThread } from '#server/engine.ts';
import { provideRuntime } from '#server/http/runtime.ts';
import type { SandboxConnection } from '#server/sandbox/sandbox-contract.ts';
import { openMessageEditor, openPayloadReader } from '#server/payload/open-payload-reader.ts';
import { startSandbox, type Sandbox } from '#server/sandbox/sandbox.ts';
import { toSandboxView } from '#server/sandbox/sandbox-view.ts';
import { pause } from '#server/sync/repeat.ts';
import { connectStoreThreads } from '#server/store/sqlite/remote-store.ts';
import { lockFolder } from '#server/store/sqlite/lock-folder.ts';
import { setAsideOldIndex } from '#server/store/sqlite/set-aside-index.ts';
import { openWeb } from '#server/web.ts';

/** The process: store, engine and web on one machine, with the sandbox where no broker is configured. */

// What a batch of messages leaves behind is collected by the thread that read it. Several helpers for that, on a machine whose other cores are at work,
// were measured at twice the work: 29 µs a message instead of 18.
setFlagsFromString('--no-parallel-scavenge');

const say = (line: string) => console.log(line);

/** What was started, the last first. */
const stops: (() => Promise<void>)[] = [];
/** The web is the first to be opened, and the first to be closed. */
let stopWeb = async (): Promise<void> => undefined;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { dev: { type: 'boolean', default: false } } });
  const folder = resolve(import.meta.dirname, '..');
  const config = loadConfig(process.env, (path) => readFileSync(path, 'utf8'));
  const dataFolder = resolve(config.dataFolder);
  stopOnSignals();

  // What is most likely to be refused comes first: until then nothing was started.
  const lock = lockFolder(dataFolder);
  stops.unshift(async () => lock.release());
  const old = setAsideOldIndex(dataFolder);
  if (old !== null)
    say(`The index was written by another version: it is now ${old}, and everything is read anew. You may delete it.`);
  const web = await openWeb(config.http, values.dev);
  stopWeb = () => web.stop();

  const served = Promise.withResolvers<void>();
  const sandbox = config.sandbox
    ? await startSandbox({
        folder: join(dataFolder, 'sandbox'),
        log: (line) => say(`sandbox: ${line}`),
        after: served.promise,
      })
    : null;
  if (sandbox) {
    say('No broker is configured: starting the sandbox, a small shop whose services really fail.');
    stops.unshift(() => sandbox.stop());
  }
  const store = await connectStoreThreads({ folder: dataFolder, readers: 2 });
  stops.unshift(() => store.close());

  const payloads = openPayloadReader(config.connections, systemClock, config.masking);
  stops.unshift(() => payloads.close());
  const editor = openMessageEditor(config.connections, systemClock, config.masking);
  stops.unshift(() => editor.close());
  let engineSeenAt: () => number | null = () => null;
  provideRuntime({
    store,
    clock: systemClock,
    payloads,
    editor,
    ...(config.masking && { masking: createMasking(config.masking) }),
    ...(config.conventions && { conventions: withConfigured(config.conventions) }),
    ...(config.links.trace !== null && { traceTemplate: config.links.trace }),
    sandbox: sandbox
      ? {
          state: () => toSandboxView(sandbox.state()),
          setMended: async (id, mended) => toSandboxView(await mend(sandbox, id, mended)),
        }
      : null,
    version: versionOf(folder),
    quarantineAfter: config.returns.quarantineAfter,
    archiveMs: config.archive.keptMs,
    engineSeenAt: () => engineSeenAt(),
  });
  await web.serve(folder);
  say(`Redeliver is at ${web.url}`);

  // Engine and brokers take seconds and both cores: who waits for the first page gets it before them, from what is known.
  await Promise.race([web.firstAnswer, pause(firstPageWithinMs, new AbortController().signal)]);
  const engine = startEngineThread(
    {
      dataFolder,
      connections: connectionsOf(config, sandbox),
      sync: syncOf(config),
      conventions: config.conventions,
      masking: config.masking,
      quarantineAfter: config.returns.quarantineAfter,
      archiveMs: config.archive.keptMs,
      watchMs: sandbox ? Math.min(config.returns.watchMs, sandboxWatchMsMax) : config.returns.watchMs,
    },
    say,
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
    await stop().catch((error: unknown) => console.error(`redeliver: ${toErrorRecord(error).message}`));
}

try {
  await main();
} catch (error) {
  const { code, message } = toErrorRecord(error);
  console.error(code === 'internal' && error instanceof Error ? error : `redeliver: ${message}`);
  await stopAll();
  process.exit(1);
}
