import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '#lib/domain/errors.ts';
import { isBusy, toStoreError } from '#server/store/sqlite/sqlite-errors.ts';

/** Kept here, because a connection that nobody refers to is collected, and its lock with it. */
const held = new Set<DatabaseSync>();

/** A process that is just ending still holds it for a moment. */
const waitMs = 2_000;

/**
 * Makes the data folder this process's alone until `release`, or until the process dies: the operating system then lets go, so no stale
 * file has to be cleared. Two engines on one ledger would each believe that the other's sends are the remains of a crash. Throws `conflict`
 * where another process has it.
 */
export function lockFolder(folder: string): { release(): void } {
  const file = join(folder, 'lock.db');
  let connection: DatabaseSync | null = null;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    connection = new DatabaseSync(file, { timeout: waitMs });
    connection.exec('BEGIN EXCLUSIVE');
    const mine = connection;
    held.add(mine);
    return {
      release() {
        held.delete(mine);
        mine.close();
      },
    };
  } catch (error) {
    connection?.close();
    if (isBusy(error))
      throw new AppError(
        'conflict',
        `Another Redeliver works on the data folder ${folder}. Use that one, stop it, or give this one a folder and a port of its own: REDELIVER_DATA=./data-2 PORT=3001 npm start.`,
        { details: { key: 'REDELIVER_DATA' } },
      );
    throw toStoreError(error, file);
  }
}
