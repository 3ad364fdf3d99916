/**
 * Gets from the Node on PATH (20 or newer) to an installed project and the Node 24 that it needs. Plain JavaScript
 * without dependencies.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installIsStale } from './staleness.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const major = Number(process.versions.node.split('.')[0]);

/** Says one thing and ends; for what the reader can mend, a stack trace would only hide the sentence. */
export function fail(message) {
  console.error(message);
  process.exit(1);
}

export function refuseOldNode() {
  if (major < 20)
    fail(`Redeliver needs Node 20 or newer to start (this is ${process.version}); it brings its own Node 24.`);
}

/**
 * npm runs us in a shell, and that shell passes no signal on: whoever ends `npm start` from outside would leave us behind. We notice by our
 * parent, which changes when the shell is gone.
 */
export function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return;
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && process.kill(process.pid, 'SIGTERM'), 250).unref();
}

export function ensureInstalled(say) {
  if (!installIsStale(root)) return;
  say(
    existsSync(join(root, 'node_modules'))
      ? 'Bringing the packages up to date (npm ci)'
      : 'Installing packages (npm ci)',
  );
  // Development packages are wanted even where NODE_ENV=production would leave them out: the build and the tests need
  // them.
  const wishes = ['--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  let result = npm(['ci', ...wishes]);
  // Some versions of npm refuse a lockfile that lacks the optional packages of other systems. What it does hold is kept
  // by this as well.
  if (result.status !== 0 && /in sync/.test(result.stderr)) result = npm(['install', '--no-save', ...wishes]);
  if (result.status !== 0) {
    fail(`npm ci failed${result.error ? `: ${result.error.message}` : ''}.\n${result.stdout}\n${result.stderr}`);
  }
}

/**
 * The path of a Node 24 or newer: the one that runs, or the one that npm installed with the package `node`. That
 * package links its binary in a script of its own, which npm may have been told not to run: then the binary's package
 * is fetched directly.
 */
export function findNode24(say) {
  if (major >= 24) return process.execPath;
  const linked = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(linked)) return linked;

  const { version } = JSON.parse(readFileSync(join(root, 'node_modules', 'node', 'package.json'), 'utf8'));
  const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
  const name = `${prefix}-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const folder = join(root, '.cache', `node-${version}`);
  const fetched = join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(fetched)) {
    say(`Fetching Node ${version} (npm package ${name})`);
    const { stderr } = npm([
      'install',
      '--prefix',
      folder,
      '--no-save',
      '--no-audit',
      '--no-fund',
      `${name}@${version}`,
    ]);
    if (!existsSync(fetched)) {
      fail(
        `Redeliver needs Node 24; this is ${process.version}, and npm could not provide the package ${name}@${version}. ` +
          `Install Node 24, or allow the install script of the package "node" (npm rebuild node --ignore-scripts=false).\n${stderr}`,
      );
    }
  }
  return fetched;
}

function npm(args) {
  // Under `npm start` this is the npm that was called, which need not be the one on PATH.
  const cli = process.env.npm_execpath;
  const [command, before] = cli && /npm-cli\.[cm]?js$/.test(cli) ? [process.execPath, [cli]] : ['npm', []];
  return spawnSync(command, [...before, ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    shell: command === 'npm' && process.platform === 'win32',
  });
}

/**
 * Runs Node with the arguments in a process group of its own and becomes its double: signals go on to it, its exit code
 * comes back. The group of its own lets a Ctrl-C arrive once, through us, and not a second time from the terminal,
 * which would read as "at once, please".
 */
export function becomeNode(node, args) {
  const bound = process.platform === 'linux' && existsSync('/usr/bin/setpriv');
  // On Linux the kernel ends the child when this process is killed and cannot pass anything on.
  const [command, before] = bound ? ['/usr/bin/setpriv', ['--pdeathsig', 'TERM', '--', node]] : [node, []];
  const child = spawn(command, [...before, ...args], {
    cwd: root,
    stdio: 'inherit',
    detached: process.platform !== 'win32',
    // What was stripped and compiled once is not again, in no thread and at no later start.
    env: { NODE_COMPILE_CACHE: join(root, '.cache/compile'), ...process.env },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => fail(`${node} could not be started: ${error.message}`));
  child.once('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}
