import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { stopBrokerIn } from '#server/local-brokers/run-broker.ts';
import { catalogue, connectionSettings } from '#server/sandbox/catalogue.ts';
import {
  type SandboxConnection,
  type SandboxReport,
  type SandboxRequest,
  type SandboxServiceId,
  sandboxServiceIds,
  type SandboxState,
  type SandboxThreadData,
} from '#server/sandbox/sandbox-contract.ts';
import { keptPorts } from '#server/sandbox/sandbox-ports.ts';
import { readSwitches } from '#server/sandbox/switches.ts';

/** A small shop whose services really consume and really fail; see README.md beside this file. */
export interface Sandbox {
  /** The settings are known at once and stay; the state of each is as of now. */
  readonly connections: readonly SandboxConnection[];
  state(): SandboxState;
  /** Called after every change, at most a few times a second. Returns what ends it. */
  onChange(listener: (state: SandboxState) => void): () => void;
  /**
   * Mends a service or breaks it again; answers when the switch is thrown and kept. While its broker is not running the switch is only
   * kept. Throws a RangeError for a service that does not exist, and an Error when the sandbox has ended.
   */
  setMended(serviceId: string, mended: boolean): Promise<SandboxState>;
  /** Stops the services and ends the brokers; one that is just coming up is waited for, but not for long. Safe to call twice. */
  stop(): Promise<void>;
}

export interface SandboxOptions {
  readonly folder: string;
  readonly log: (line: string) => void;
  /** The brokers start when this settles: they would take the machine from whoever has something more urgent to do. */
  readonly after?: Promise<unknown>;
}

/**
 * Starts the shop in a thread of its own and returns before its brokers run. `folder` holds everything that it keeps: the brokers' data,
 * `ports.json` and `switches.json`.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { folder, log } = options;
  await mkdir(folder, { recursive: true });
  const ports = await keptPorts(folder);
  const switches = readSwitches(folder);
  let state: SandboxState = {
    connections: connectionSettings(ports).map((settings) => ({ ...settings, state: 'starting', step: 'Waiting' })),
    services: catalogue.map((described) => ({
      ...described,
      mended: switches[described.id],
      processed: 0,
      failed: 0,
      running: false,
    })),
  };

  const listeners = new Set<(state: SandboxState) => void>();
  const waiting = new Map<number, (error: string | null) => void>();
  let requests = 0;
  let ended = false;
  let stopped: Promise<void> | undefined;

  const threadData: SandboxThreadData = { folder, ports };
  const thread = new Worker(new URL('./sandbox-thread.ts', import.meta.url), {
    name: 'sandbox',
    workerData: threadData,
    // kafkajs 2.2.4 sets timers in the past (`throttledUntil = -1` minus now, requestQueue/index.js), which Node 24 warns of.
    execArgv: ['--disable-warning=TimeoutNegativeWarning'],
  });
  thread.on('message', (report: SandboxReport) => {
    switch (report.kind) {
      case 'state':
        return publish(report.state);
      case 'answer':
        waiting.get(report.requestId)?.(report.error);
        return waiting.delete(report.requestId);
      case 'log':
        return log(report.line);
      case 'stopped':
        // Whatever a client library still holds open must not keep the thread.
        return void thread.terminate();
    }
  });
  thread.on('error', (error) => {
    log(`The sandbox failed: ${error.message}`);
    const failed = {
      state: 'not-started',
      reason: `The sandbox failed: ${error.message}`,
      remedy: 'npm start',
    } as const;
    publish({
      connections: connectionSettings(ports).map((settings) => ({ ...settings, ...failed })),
      services: state.services.map((service) => ({ ...service, running: false })),
    });
  });
  const gone = new Promise<void>((resolve) => {
    thread.on('exit', () => {
      ended = true;
      for (const answer of waiting.values()) answer('The sandbox has ended.');
      waiting.clear();
      resolve();
    });
  });

  function publish(next: SandboxState): void {
    state = next;
    for (const listener of listeners) listener(state);
  }

  function ask(request: SandboxRequest): void {
    thread.postMessage(request);
  }

  const begin = () => ask({ kind: 'begin' });
  void (options.after ?? Promise.resolve()).then(begin, begin);

  return {
    get connections() {
      return state.connections;
    },
    state: () => state,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async setMended(serviceId, mended) {
      if (!isServiceId(serviceId)) throw new RangeError(`The sandbox has no service "${serviceId}".`);
      if (ended || stopped) throw new Error('The sandbox has ended.');
      requests += 1;
      const requestId = requests;
      const error = await new Promise<string | null>((resolve) => {
        waiting.set(requestId, resolve);
        ask({ kind: 'set-mended', requestId, serviceId, mended });
      });
      if (error !== null) throw new Error(error);
      return state;
    },
    async stop() {
      stopped ??= end();
      await stopped;
    },
  };

  async function end(): Promise<void> {
    if (!ended) ask({ kind: 'stop' });
    // A start cannot be called off, fetching jars can take minutes, and nobody who pressed Ctrl-C waits for them.
    const isStarting = state.connections.some((connection) => connection.state === 'starting');
    const patience = setTimeout(() => void thread.terminate(), isStarting ? 3_000 : 15_000);
    await gone;
    clearTimeout(patience);
    // A thread that ended in another way than by itself has left them to us.
    await Promise.all(['kafka', 'rabbitmq'].map((name) => stopBrokerIn(join(folder, name))));
  }
}

function isServiceId(text: string): text is SandboxServiceId {
  return sandboxServiceIds.some((id) => id === text);
}
