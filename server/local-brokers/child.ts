import { execFile, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface ChildSpec {
  /** For messages: "Kafka". */
  name: string;
  command: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  cwd: string;
  /** Standard output and error are appended here. */
  logFile: string;
  /** Asked again and again until it says true; it must answer or fail within a second or two. */
  isReady: () => Promise<boolean>;
  readyWithinMs: number;
  outlivesParent: boolean;
}

/**
 * A process as it can be found again later: process ids are reused, so the time of its start belongs to its identity.
 */
export interface ProcessRef {
  pid: number;
  startedAt: string;
}

/**
 * Starts a process in a group of its own and returns when it is ready; when it does not get there, nothing is left
 * running.
 */
export async function startChild(spec: ChildSpec): Promise<ProcessRef> {
  const logStart = existsSync(spec.logFile) ? statSync(spec.logFile).size : 0;
  const log = openSync(spec.logFile, 'a');
  const [command, args] = spec.outlivesParent ? [spec.command, spec.args] : boundToParent(spec.command, spec.args);
  // The group of its own keeps a Ctrl-C in the terminal from reaching the broker before those who use it have finished.
  // Next's types insist on NODE_ENV in every environment, also in that of a broker, which does not care.
  const env = { NODE_ENV: 'production' as const, ...spec.env, ...markOfTestRun() };
  const child = spawn(command, args, { cwd: spec.cwd, env, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);

  let ended: string | undefined;
  child.once('error', (error) => (ended = error.message));
  child.once('exit', (code, signal) => (ended ??= signal ? `was ended by ${signal}` : `exited with code ${code}`));
  child.unref();

  const deadline = Date.now() + spec.readyWithinMs;
  while (ended === undefined && Date.now() < deadline) {
    if (await spec.isReady().catch(() => false)) {
      // A stranger on the same port may have answered in the place of a process that could not bind it.
      await delay(20);
      if (ended !== undefined || child.pid === undefined) break;
      return { pid: child.pid, startedAt: (await startTimeOf(child.pid)) ?? '' };
    }
    await delay(100);
  }

  if (child.pid !== undefined && ended === undefined) {
    await endProcess({ pid: child.pid, startedAt: (await startTimeOf(child.pid)) ?? '' }, { gracefulMs: 0 });
    ended = `was not ready within ${Math.round(spec.readyWithinMs / 1000)} s`;
  }
  throw new Error(
    `${spec.name} did not start: it ${ended}. The end of its log (${spec.logFile}):\n${tailOf(spec.logFile, logStart)}`,
  );
}

/**
 * Ends a process and its group: SIGTERM first, SIGKILL when the time for a graceful end is over. Returns when it is
 * gone.
 */
export async function endProcess(ref: ProcessRef, { gracefulMs }: { gracefulMs: number }): Promise<void> {
  if (!(await isRunning(ref))) return;
  if (gracefulMs > 0) {
    signalGroup(ref.pid, 'SIGTERM');
    if (await isGoneWithin(ref, gracefulMs)) return;
  }
  signalGroup(ref.pid, 'SIGKILL');
  if (!(await isGoneWithin(ref, 10_000))) throw new Error(`Process ${ref.pid} is still there 10 s after SIGKILL.`);
}

export async function isRunning(ref: ProcessRef): Promise<boolean> {
  return (await startTimeOf(ref.pid)) === ref.startedAt;
}

async function isGoneWithin(ref: ProcessRef, milliseconds: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  while (await isRunning(ref)) {
    if (Date.now() > deadline) return false;
    await delay(25);
  }
  return true;
}

/**
 * When the process was started, in whatever unit the system has; nothing when there is no such process, or only its
 * remains.
 */
async function startTimeOf(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    try {
      // The second field is the command in parentheses and may hold spaces; the state and the start time are fields 3
      // and 22.
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? undefined : fields[19];
    } catch {
      return undefined;
    }
  }
  const answer = await run('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => undefined);
  return answer?.stdout.trim() || undefined;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already, which is what was wanted.
  }
}

/**
 * Lets the kernel end the child when its parent dies, however it dies; elsewhere than on Linux nothing like it exists.
 */
function boundToParent(command: string, args: readonly string[]): [string, readonly string[]] {
  const setpriv = '/usr/bin/setpriv';
  if (process.platform !== 'linux' || !existsSync(setpriv)) return [command, args];
  return [setpriv, ['--pdeathsig', 'TERM', '--', command, ...args]];
}

/** A test run looks for this mark in every process at its end, to be sure that nothing of it is left. */
function markOfTestRun(): Record<string, string> {
  const run = process.env['REDELIVER_TEST_RUN'];
  return run === undefined ? {} : { REDELIVER_TEST_RUN: run };
}

function tailOf(file: string, from: number): string {
  const text = existsSync(file) ? readFileSync(file).subarray(from).toString('utf8') : '';
  return text.trimEnd().split('\n').slice(-30).join('\n');
}
