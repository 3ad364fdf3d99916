import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChildSpec, endProcess, isRunning, type ProcessRef, startChild } from '#server/local-brokers/child.ts';
import { choosePorts, isFree, onFreePorts } from '#server/local-brokers/free-port.ts';
import type { LocalBroker, LocalBrokerKind, StartOptions } from '#server/local-brokers/local-broker.ts';
import { z } from 'zod';

/** What the three kinds differ in; starting, finding again and stopping is the same for all of them. */
export interface Recipe<PortName extends string> {
  kind: LocalBrokerKind;
  /** "Kafka 4.3.1" */
  title: string;
  portNames: readonly PortName[];
  /** Everything that decides how the broker behaves. A living broker with other settings is not taken over. */
  settings: unknown;
  env: (ports: Record<PortName, number>) => Record<string, string>;
  /** Writes the configuration, and prepares the data folder when it is new. Called before every first start. */
  prepare: (ports: Record<PortName, number>) => Promise<void>;
  /** The processes in the order of their start; the last one is the broker itself. */
  children: (ports: Record<PortName, number>) => Omit<ChildSpec, 'outlivesParent' | 'cwd'>[];
  /** Whether the broker really answers on its protocol. */
  answers: (ports: Record<PortName, number>) => Promise<boolean>;
  gracefulMs: number;
}

const stateSchema = z.object({
  kind: z.string(),
  settings: z.string(),
  ports: z.record(z.string(), z.number()),
  processes: z.array(z.object({ pid: z.number(), startedAt: z.string() })),
});

/** Starts the broker of a recipe, or takes over the one that lives in the folder already. */
export async function runBroker<PortName extends string>(
  recipe: Recipe<PortName>,
  options: StartOptions & { ports?: Partial<Record<PortName, number>> },
): Promise<LocalBroker> {
  const { folder, log = () => {}, outlivesParent = false } = options;
  await mkdir(folder, { recursive: true });
  const stateFile = join(folder, 'broker.json');
  const settings = createHash('sha256').update(JSON.stringify(recipe.settings)).digest('hex').slice(0, 16);

  const earlier = await readState(stateFile);
  const earlierPorts = earlier && portsOf(recipe, earlier.ports);
  const lives = earlier !== undefined && (await everyOneRuns(earlier.processes));
  const fits = earlier?.settings === settings && earlier.kind === recipe.kind && agree(options.ports, earlierPorts);
  if (earlier && earlierPorts && lives && fits && (await recipe.answers(earlierPorts).catch(() => false))) {
    log(`${recipe.title} is running already (process ${earlier.processes.at(-1)?.pid})`);
    return asLocalBroker(earlierPorts, earlier.processes);
  }
  if (earlier) await endAll(earlier.processes);

  for (const name of recipe.portNames) {
    const port = options.ports?.[name];
    if (port !== undefined && !(await isFree(port)))
      throw new Error(`${recipe.title} cannot start: port ${port} (${name}) is taken by another process.`);
  }
  return onFreePorts(async () => {
    const ports = await choosePorts(recipe.portNames, { ...(await stillFree(earlierPorts)), ...options.ports });
    await recipe.prepare(ports);
    return asLocalBroker(ports, await startAll(ports, []));
  });

  async function startAll(at: Record<PortName, number>, before: readonly ProcessRef[]): Promise<ProcessRef[]> {
    await endAll(before);
    const begun = performance.now();
    const started: ProcessRef[] = [];
    try {
      for (const spec of recipe.children(at)) {
        started.push(await startChild({ ...spec, cwd: folder, outlivesParent }));
        // Written after every process, so that whoever comes later finds even what a killed starter left half-way.
        await writeState({ kind: recipe.kind, settings, ports: at, processes: started });
      }
    } catch (error) {
      await endAll(started);
      throw error;
    }
    log(
      `${recipe.title} answers after ${((performance.now() - begun) / 1000).toFixed(1)} s (process ${started.at(-1)?.pid})`,
    );
    return started;
  }

  async function endAll(processes: readonly ProcessRef[], gracefulMs = recipe.gracefulMs): Promise<void> {
    for (const process of processes.toReversed()) await endProcess(process, { gracefulMs });
  }

  async function writeState(state: z.infer<typeof stateSchema>): Promise<void> {
    await writeFile(`${stateFile}.new`, `${JSON.stringify(state, null, 2)}\n`);
    await rename(`${stateFile}.new`, stateFile);
  }

  function asLocalBroker(at: Record<PortName, number>, running: readonly ProcessRef[]): LocalBroker {
    let processes = running;
    return {
      kind: recipe.kind,
      folder,
      ports: at,
      env: recipe.env(at),
      get pid() {
        return processes.at(-1)?.pid ?? -1;
      },
      async stop() {
        await endAll(processes);
      },
      async kill() {
        await endAll(processes, 0);
      },
      async start() {
        if (!(await everyOneRuns(processes))) processes = await startAll(at, processes);
      },
    };
  }
}

/** Ends whatever broker `broker.json` in the folder names, without knowing how it was started. */
export async function stopBrokerIn(folder: string): Promise<boolean> {
  const state = await readState(join(folder, 'broker.json'));
  if (!state) return false;
  let wasRunning = false;
  for (const process of state.processes.toReversed()) {
    wasRunning ||= await isRunning(process);
    await endProcess(process, { gracefulMs: 15_000 });
  }
  return wasRunning;
}

async function readState(file: string): Promise<z.infer<typeof stateSchema> | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  // A torn or older file is no reason to fail: it only means that there is nothing to take over.
  try {
    return text === undefined ? undefined : stateSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function everyOneRuns(processes: readonly ProcessRef[]): Promise<boolean> {
  const running = await Promise.all(processes.map(isRunning));
  return running.length > 0 && running.every(Boolean);
}

function portsOf<PortName extends string>(
  recipe: Recipe<PortName>,
  ports: Record<string, number>,
): Record<PortName, number> | undefined {
  const complete = recipe.portNames.every((name) => ports[name] !== undefined);
  return complete ? ports : undefined;
}

function agree(
  wanted: Partial<Record<string, number>> | undefined,
  actual: Record<string, number> | undefined,
): boolean {
  return actual !== undefined && Object.entries(wanted ?? {}).every(([name, port]) => actual[name] === port);
}

/** A broker that comes back should be found where it was, unless somebody else has moved in. */
async function stillFree<PortName extends string>(
  ports: Record<PortName, number> | undefined,
): Promise<Partial<Record<PortName, number>>> {
  if (!ports) return {};
  const free = await Promise.all(Object.values<number>(ports).map((port) => isFree(port)));
  return free.every(Boolean) ? ports : {};
}
