import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '#server/local-brokers/jars.ts';
import type { Availability } from '#server/local-brokers/local-broker.ts';

/** Debian 13 with RabbitMQ 4, made by `scripts/brokers-install.ts`; Debian 12 itself packages 3.10 only. */
export const newerDebianRoot = join(cacheFolder, 'rabbitmq4');

/** Written last, so that an interrupted installation is never taken for a whole one. */
export const newerDebianMarker = join(newerDebianRoot, 'installed-by-redeliver');

export function newerDebianAvailable(): Availability {
  const remedy = 'npm run brokers:install';
  if (process.platform !== 'linux')
    return { available: false, reason: 'RabbitMQ 4 for the tests needs Debian or Ubuntu.', remedy };
  if (process.getuid?.() !== 0)
    return { available: false, reason: 'RabbitMQ 4 for the tests runs by chroot, which needs root.', remedy };
  if (!existsSync(newerDebianMarker))
    return { available: false, reason: 'RabbitMQ 4 has not been installed into .cache/rabbitmq4.', remedy };
  return { available: true };
}

/**
 * A command that runs a program inside the newer Debian while it still sees the given folder under its own path. The
 * mounts belong to a namespace that ends with the process, so nothing has to be unmounted, whatever happens; each step
 * replaces the one before by `exec`, so the process that was spawned is the program.
 */
export function inNewerDebian(folder: string, program: string): { command: string; args: string[] } {
  const inside = program.slice(newerDebianRoot.length);
  const script = [
    'root=$1 folder=$2 program=$3',
    'mkdir -p "$root$folder"',
    'mount --bind "$folder" "$root$folder"',
    'mount -t proc proc "$root/proc"',
    'exec chroot "$root" "$program"',
  ].join(' && ');
  return {
    command: 'unshare',
    args: ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', newerDebianRoot, folder, inside],
  };
}
