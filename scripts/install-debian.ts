import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { newerDebianMarker, newerDebianRoot } from '#server/local-brokers/newer-debian.ts';

const run = promisify(execFile);
type Log = (line: string) => void;

/** A Debian package and the file that shows that it, or something as good, is there already. */
interface Wanted {
  name: string;
  present: () => boolean;
}

const brokerPackages: readonly Wanted[] = [
  { name: 'openjdk-17-jre-headless', present: () => onPath('java') },
  { name: 'maven', present: () => onPath('mvn') },
  { name: 'rabbitmq-server', present: () => existsSync('/usr/lib/rabbitmq/lib') },
];

const testPackages: readonly Wanted[] = [
  { name: 'chromium', present: () => chromiumPath() !== undefined },
  { name: 'debootstrap', present: () => existsSync(newerDebianMarker) || existsSync('/usr/sbin/debootstrap') },
];

/** The system's Chromium; Playwright's own download is not available everywhere. */
export function chromiumPath(): string | undefined {
  const candidates = [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/opt/google/chrome/chrome',
  ];
  const mac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
  return [process.env['CHROMIUM_PATH'] ?? '', ...candidates, mac].find((file) => file !== '' && existsSync(file));
}

/** Why this machine cannot be given packages by us; nothing when it can. */
export function whyNotInstallable(): string | undefined {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get')) {
    return 'This installs Debian packages and works on Debian and Ubuntu only. Elsewhere install a JDK 17, Maven, rabbitmq-server and Chromium yourself, or start the brokers with the compose.yaml of this folder.';
  }
  if (process.getuid?.() !== 0)
    return 'Installing packages needs root: run it again as `sudo npm run brokers:install`.';
  return undefined;
}

/**
 * Installs what is missing of the brokers' packages and, when asked, of what the tests need besides. Returns what it
 * installed.
 */
export async function installPackages({ forTests, log }: { forTests: boolean; log: Log }): Promise<string[]> {
  const wanted = forTests ? [...brokerPackages, ...testPackages] : brokerPackages;
  const missing = wanted.filter((item) => !item.present()).map((item) => item.name);
  if (missing.length === 0) return [];
  log(`Installing ${missing.join(', ')} with apt-get`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-q'], { env, maxBuffer: 1 << 26 });
  const command = ['install', '-y', '-q', '--no-install-recommends', ...missing];
  await withoutServicesStarting(() => run('apt-get', command, { env, maxBuffer: 1 << 26 }));
  if (missing.includes('rabbitmq-server')) await keepServiceOff('rabbitmq-server', log);
  return missing;
}

/**
 * RabbitMQ 4, whose quorum queues behave differently where it matters, from Debian 13 in a folder of its own (about a
 * minute, 500 MB).
 */
export async function installRabbitMq4(log: Log): Promise<void> {
  if (existsSync(newerDebianMarker)) return;
  const part = `${newerDebianRoot}.part-${process.pid}`;
  log('Installing RabbitMQ 4 from Debian 13 into .cache/rabbitmq4 (about a minute)');
  await mkdir(dirname(part), { recursive: true });
  try {
    const options = {
      maxBuffer: 1 << 26,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' },
    };
    await run('debootstrap', ['--variant=minbase', '--include=ca-certificates', 'trixie', part], options);
    await writeFile(join(part, 'usr/sbin/policy-rc.d'), refuseServices, { mode: 0o755 });
    await run(
      'chroot',
      [part, 'apt-get', 'install', '-y', '-q', '--no-install-recommends', 'rabbitmq-server'],
      options,
    );
    await run('chroot', [part, 'apt-get', 'clean'], options);
    await writeFile(join(part, 'installed-by-redeliver'), `${new Date().toISOString()}\n`);
    await rm(newerDebianRoot, { recursive: true, force: true });
    await rename(part, newerDebianRoot);
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

const refuseServices = '#!/bin/sh\nexit 101\n';

/**
 * Debian starts a service as soon as its package is installed, on the broker's usual ports: `policy-rc.d` is the way to
 * say no.
 */
async function withoutServicesStarting<T>(install: () => Promise<T>): Promise<T> {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return await install();
  await writeFile(policy, refuseServices);
  await chmod(policy, 0o755);
  try {
    return await install();
  } finally {
    if (readFileSync(policy, 'utf8') === refuseServices) await rm(policy);
  }
}

/** Nobody asked for a RabbitMQ that comes up with every boot. Without an init system there is nothing to switch off. */
async function keepServiceOff(service: string, log: Log): Promise<void> {
  if (!existsSync('/run/systemd/system')) return;
  await run('systemctl', ['disable', '--now', service]).catch((error: unknown) =>
    log(`The service ${service} could not be disabled: ${String(error)}`),
  );
}

function onPath(command: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, command)));
}
