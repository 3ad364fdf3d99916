import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { cacheFolder } from '#server/local-brokers/jars.ts';
import { bundleEngine } from '#server/replay/testing/crash/bundle-engine.ts';
import type { Fault } from '#server/replay/testing/crash/fault.ts';

export const connectionName = 'crash';
export const ballastFile = 'ballast';
/** The matrix waits for it where answers are withheld, and a busy machine must not be taken for that. */
export const publishTimeoutMs = 5_000;

export type ChildConnection =
  | { readonly kind: 'kafka'; readonly brokers: readonly string[] }
  | { readonly kind: 'rabbitmq'; readonly url: string; readonly managementUrl: string }
  | { readonly kind: 'sqs'; readonly endpoint: string };

export interface ChildSettings {
  readonly folder: string;
  readonly connection: ChildConnection;
  /** The engine's clock is so far ahead: it is started when the lease of the one before it has run out, without waiting for that. */
  readonly aheadMs: number;
  readonly fault: Fault | null;
}

export type FromChild =
  | { readonly kind: 'ready' }
  | { readonly kind: 'armed' }
  | { readonly kind: 'disk-full' }
  | { readonly kind: 'say'; readonly line: string };

/** An engine in a process of its own, which can die. */
export interface EngineProcess {
  /** What it had to say, last line last. */
  readonly said: readonly string[];
  /** Whether its disk was filled. */
  readonly diskFilled: boolean;
  readonly isDead: boolean;
  /** Settles when the process counts calls towards this fault. */
  arm(fault: Fault | null): Promise<void>;
  /** `kill -9`; settles when it is gone. */
  kill(): Promise<void>;
}

const readyWithinMs = 120_000;

export async function startEngineProcess(settings: ChildSettings): Promise<EngineProcess> {
  const child = fork(await bundleEngine(), [JSON.stringify(settings)], {
    execArgv: [],
    // Without it each start compiles anew.
    env: { ...process.env, NODE_COMPILE_CACHE: join(cacheFolder, 'compile') },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const said: string[] = [];
  let dead = false;
  let diskFilled = false;
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  child.on('message', (message: FromChild) => {
    if (message.kind === 'say') said.push(message.line);
    if (message.kind === 'disk-full') diskFilled = true;
  });
  // A send to a child that died a moment ago is what this is about.
  child.on('error', () => undefined);
  const exited = once(child, 'exit').then(() => (dead = true));

  const told = async (kind: FromChild['kind']): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onMessage = (message: FromChild): void => void (message.kind === kind && resolve());
    const late = setTimeout(() => reject(new Error(`The engine was not ${kind} in time.`)), readyWithinMs);
    child.on('message', onMessage);
    try {
      await Promise.race([promise, exited]);
    } finally {
      clearTimeout(late);
      child.off('message', onMessage);
    }
  };

  // One that is armed from its start may be struck before it is ready.
  await told('ready');
  if (dead && settings.fault === null) throw new Error(`The engine did not start: ${said.join('\n')}`);
  return {
    said,
    get diskFilled() {
      return diskFilled;
    },
    get isDead() {
      return dead;
    },
    async arm(fault) {
      diskFilled = false;
      const armed = told('armed');
      send(child, fault);
      await armed;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

function send(child: ChildProcess, fault: Fault | null): void {
  if (child.connected) child.send(fault ?? { call: 'nothing', when: 'before', nth: 1, what: 'kill' });
}
