import { readdirSync, readFileSync } from 'node:fs';

/**
 * Set in the environment of a test run; every process that comes from it inherits it, also a daemon that left its
 * group.
 */
export const runMarker = 'REDELIVER_TEST_RUN';

export interface Leftover {
  pid: number;
  command: string;
}

/** The processes of a test run that are still there. Only Linux lets us ask; elsewhere the answer is always empty. */
export function leftovers(run: string): Leftover[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid)
    .flatMap((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
        if (!environment.includes(`${runMarker}=${run}`)) return [];
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        // A process that has ended, but has not been collected by its parent, has no command line any more.
        return command === '' ? [] : [{ pid, command: command.slice(0, 160) }];
      } catch {
        return [];
      }
    });
}
