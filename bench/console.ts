import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** The console as people run it, in a process of its own: production build, real routes, engine and web. */
export interface BenchConsole {
  readonly url: string;
  get(path: string): Promise<unknown>;
  /** CPU seconds and the most memory so far, as Linux tells. */
  usage(): { readonly cpuSeconds: number; readonly rssMaxBytes: number };
  stop(): Promise<void>;
}

const root = resolve(import.meta.dirname, '..');
const ticksPerSecond = 100;

/** `folder` gets the configuration; dead letters are looked for in the topics of these names. */
export async function startConsole(options: {
  readonly folder: string;
  readonly dataFolder: string;
  readonly brokers: readonly string[];
  readonly topics: readonly string[];
}): Promise<BenchConsole> {
  if (!existsSync(join(root, '.next/BUILD_ID')))
    throw new Error('bench: the console is not built yet. Run "npm run build" first.');
  const config = join(options.folder, 'bench.yaml');
  const { brokers, topics } = options;
  const connection = { name: 'bench', kind: 'kafka', brokers, deadLetter: { patterns: topics } };
  // JSON is YAML.
  writeFileSync(config, JSON.stringify({ connections: [connection], sync: { discoverSeconds: 5, pollSeconds: 1 } }));
  const port = await freePort();
  const child = spawn(process.execPath, ['server/main.ts'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      // As `npm start` has it: without, each thread translates its TypeScript anew.
      NODE_COMPILE_CACHE: join(root, '.cache/compile'),
      REDELIVER_CONFIG: config,
      REDELIVER_DATA: options.dataFolder,
      HOST: '127.0.0.1',
      PORT: String(port),
    },
  });
  const url = `http://127.0.0.1:${port}`;
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(url + path);
    if (!response.ok) throw new Error(`bench: ${path} answered ${response.status}: ${await response.text()}`);
    return await response.json();
  };
  await untilAnswers(child, () => get('/api/v1/queues'));
  return { url, get, usage: () => usageOf(child.pid ?? 0), stop: () => stop(child) };
}

async function untilAnswers(child: ChildProcess, ask: () => Promise<unknown>): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`bench: the console ended with ${child.exitCode}`);
    try {
      await ask();
      return;
    } catch {
      await delay(100);
    }
  }
}

function usageOf(pid: number): ReturnType<BenchConsole['usage']> {
  // The name in parentheses may hold spaces.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const rss = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    rssMaxBytes: Number(rss) * 1_024,
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  child.kill('SIGTERM');
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  await new Promise<void>((closed) => server.close(() => closed()));
  if (address === null || typeof address === 'string') throw new Error('bench: there is no free port');
  return address.port;
}
