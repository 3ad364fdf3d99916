import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** More than the store needs with its write-ahead logs, and little to fill. */
const size = '96m';

export interface SmallDisk {
  readonly folder: string;
  remove(): Promise<void>;
}

/** A file system of its own that can really be full. Throws where this user may not mount one: what cannot be tried must not look as if it had been. */
export async function mountSmallDisk(): Promise<SmallDisk> {
  const folder = await mkdtemp(join(tmpdir(), 'redeliver-crash-disk-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]);
  } catch (error) {
    await rm(folder, { recursive: true });
    throw new Error(
      'A full disk needs a file system of its own: run this as root on Linux, where tmpfs can be mounted.',
      {
        cause: error,
      },
    );
  }
  return {
    folder,
    async remove() {
      await run('umount', [folder]);
      await rm(folder, { recursive: true });
    },
  };
}
