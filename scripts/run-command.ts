import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

export interface CommandOptions {
  env?: Readonly<Record<string, string>>;
  /** Receives what the command prints, as it comes. */
  onOutput?: (text: string) => void;
  /** A command that takes longer is ended and counts as failed. */
  timeoutMs?: number;
}

export interface CommandResult {
  ok: boolean;
  /** Standard output alone, for reports in JSON. */
  stdout: string;
  /** Both streams as a person would have seen them. */
  output: string;
}

const running = new Set<ChildProcess>();
let ending = false;

/** Runs a command in a process group of its own, so that all that it starts can be ended with it. */
export async function runCommand(
  command: string,
  args: readonly string[],
  { env = {}, onOutput, timeoutMs }: CommandOptions = {},
): Promise<CommandResult> {
  if (ending) return { ok: false, stdout: '', output: 'Not started: the run is being ended.' };
  const [file, all] = endingWithUs(command, args);
  // What is captured is searched and shown later: no colours. Node warns when both variables are set.
  const { FORCE_COLOR: _, ...inherited } = process.env;
  const child = spawn(file, all, {
    env: { ...inherited, NO_COLOR: '1', ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let stdout = '';
  let output = '';
  const take = (text: string) => {
    output += text;
    onOutput?.(text);
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    take(text);
  });
  child.stderr.setEncoding('utf8').on('data', take);

  const timer = timeoutMs === undefined ? undefined : setTimeout(() => void tooLate(), timeoutMs);
  const tooLate = async () => {
    take(`\nEnded after ${(timeoutMs ?? 0) / 1000} s, the most that it may take.\n`);
    await endGroup(child);
  };
  return await new Promise((resolve) => {
    const finish = (ok: boolean) => {
      clearTimeout(timer);
      running.delete(child);
      // A server that a test forgot must neither keep us waiting nor stay behind.
      signalGroup(child, 'SIGKILL');
      resolve({ ok, stdout, output });
    };
    child.once('error', (error) => {
      output += error.message;
      finish(false);
    });
    child.once('close', (code) => finish(code === 0));
    // "close" waits for everybody who holds the pipes, also for a forgotten grandchild: after "exit" they get two
    // seconds.
    child.once('exit', () => setTimeout(() => signalGroup(child, 'SIGKILL'), 2_000).unref());
  });
}

/** Ends every command that is still running, and refuses new ones from now on. */
export async function endAllCommands(): Promise<void> {
  ending = true;
  await Promise.all([...running].map(endGroup));
}

async function endGroup(child: ChildProcess): Promise<void> {
  signalGroup(child, 'SIGTERM');
  for (let waited = 0; waited < 5_000 && groupLives(child); waited += 50) await delay(50);
  signalGroup(child, 'SIGKILL');
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nobody of the group is left.
  }
}

function groupLives(child: ChildProcess): boolean {
  if (child.pid === undefined) return false;
  try {
    process.kill(-child.pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** On Linux the kernel ends the command when this process is killed and cannot do it any more. */
function endingWithUs(command: string, args: readonly string[]): [string, readonly string[]] {
  const setpriv = '/usr/bin/setpriv';
  if (process.platform !== 'linux' || !existsSync(setpriv)) return [command, args];
  return [setpriv, ['--pdeathsig', 'TERM', '--', command, ...args]];
}
