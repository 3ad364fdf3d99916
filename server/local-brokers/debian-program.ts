import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '#server/local-brokers/jars.ts';

const run = promisify(execFile);

/** What the tests talk to besides brokers: packages and their programs. */
const debianPrograms = {
  alertmanager: { package: 'prometheus-alertmanager', program: 'usr/bin/prometheus-alertmanager' },
  prometheus: { package: 'prometheus', program: 'usr/bin/prometheus' },
  promtool: { package: 'prometheus', program: 'usr/bin/promtool' },
} as const;

/**
 * The path of a program of a Debian package, which is unpacked into `.cache/debian` once and never installed: no service starts, and nothing of the
 * system changes. Throws where this is no Debian, or the package is not to be had.
 */
export async function debianProgram(name: keyof typeof debianPrograms): Promise<string> {
  const wanted = debianPrograms[name];
  const folder = join(cacheFolder, 'debian', wanted.package);
  if (!existsSync(folder)) await unpack(wanted.package, folder);
  return join(folder, wanted.program);
}

/**
 * A command that runs such a program while it sees its package's own `/usr/share`, where Alertmanager insists on a file. The mount belongs to a namespace
 * that ends with the process, and each step replaces the one before by `exec`. Needs root.
 */
export async function debianCommand(
  name: keyof typeof debianPrograms,
  args: readonly string[],
): Promise<{ readonly command: string; readonly args: readonly string[] }> {
  const program = await debianProgram(name);
  const share = join(cacheFolder, 'debian', debianPrograms[name].package, 'usr/share');
  const script = 'share=$1 program=$2; shift 2; mount --bind "$share" /usr/share && exec "$program" "$@"';
  return {
    command: 'unshare',
    args: ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', share, program, ...args],
  };
}

async function unpack(packageName: string, folder: string): Promise<void> {
  await mkdir(join(cacheFolder, 'debian'), { recursive: true });
  // Two test files may unpack at once: each works in a folder of its own, and the rename decides who was first.
  const work = await mkdtemp(join(cacheFolder, 'debian', '.unpacking-'));
  try {
    await download(packageName, work);
    const file = (await readdir(work)).find((each) => each.endsWith('.deb'));
    if (file === undefined) throw new Error(`apt-get download brought nothing for ${packageName}.`);
    await run('dpkg-deb', ['-x', join(work, file), join(work, 'root')], { timeout: 60_000 });
    await rename(join(work, 'root'), folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${packageName} could not be unpacked from Debian's package: ${why}`, { cause: error });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** A machine that was never updated knows no packages. */
async function download(packageName: string, cwd: string): Promise<void> {
  const get = () => run('apt-get', ['download', '-q', packageName], { cwd, timeout: 120_000 });
  await get().catch(async () => {
    await run('apt-get', ['update', '-q'], { timeout: 120_000 });
    await get();
  });
}
