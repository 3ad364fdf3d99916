import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { ConnectionSettings } from '#server/config/connection-settings.ts';
import type { ReplayOptions } from '#lib/domain/replay.ts';
import { maxOldGenerationSizeMb } from '#server/thread-memory.ts';

export interface ReplayJob {
  readonly work: 'index' | 'replay';
  readonly dataFolder: string;
  readonly settings: ConnectionSettings;
  readonly count: number;
  readonly options?: Partial<ReplayOptions>;
}

export interface ReplayReport {
  /** `index`: until everything is indexed. `replay`: from the confirmation until everything is sent, removed and settled. */
  readonly seconds: number;
  /** From the request to the finished plan. */
  readonly planSeconds: number;
  /** Of the whole process, while it sent. */
  readonly cpuSeconds: number;
  readonly settled: number;
  readonly rssMaxBytes: number;
}

export interface BareJob {
  readonly client: 'kafkajs' | 'platformatic' | 'amqplib' | 'aws-sdk';
  readonly settings: ConnectionSettings;
  readonly count: number;
  /** Read from the first and sent to the second. */
  readonly ways: readonly (readonly [from: string, to: string])[];
}

export interface BareReport {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** The limits that `server/engine.ts` gives to the engine's thread: a nursery of 48 MB is three times this. */
const asInTheConsole = ['--max-semi-space-size=16', `--max-old-space-size=${maxOldGenerationSizeMb}`];

export const runReplayJob = (job: ReplayJob) => run<ReplayReport>('replay-child.ts', job, asInTheConsole);
export const runBareJob = (job: BareJob) => run<BareReport>('replay-bare.ts', job);

/** Each in a process of its own: nobody pays for the memory and the compiled code of another. */
async function run<Report>(file: string, job: unknown, given: readonly string[] = []): Promise<Report> {
  // The clients set timers in the past at times, which Node 24 warns of. Others, as --cpu-prof, are for whoever looks for the time.
  const asked = process.env['BENCH_NODE_FLAGS']?.split(' ') ?? [];
  const flags = ['--disable-warning=TimeoutNegativeWarning', ...given, ...asked];
  const child = spawn(process.execPath, [...flags, join(import.meta.dirname, file), JSON.stringify(job)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production', NODE_COMPILE_CACHE: join(import.meta.dirname, '../.cache/compile') },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((ended) => child.once('close', ended));
  if (code !== 0) throw new Error(`bench: ${file} ended with ${code}`);
  // What both files print.
  return JSON.parse(output) as Report;
}
