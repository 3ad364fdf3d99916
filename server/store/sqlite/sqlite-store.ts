import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#lib/domain/errors.ts';
import { createChanges } from '#server/store/sqlite/changes.ts';
import { type Database, type DatabaseOptions, openDatabase } from '#server/store/sqlite/database.ts';
import { createMessageIndex } from '#server/store/sqlite/index/message-index.ts';
import { createLedger } from '#server/store/sqlite/ledger/ledger.ts';
import { migrate, requireLayout } from '#server/store/sqlite/migrate.ts';
import { index001 } from '#server/store/sqlite/migrations/index-001.ts';
import { index002 } from '#server/store/sqlite/migrations/index-002.ts';
import { index003 } from '#server/store/sqlite/migrations/index-003.ts';
import { index004 } from '#server/store/sqlite/migrations/index-004.ts';
import { index005 } from '#server/store/sqlite/migrations/index-005.ts';
import { index006 } from '#server/store/sqlite/migrations/index-006.ts';
import { ledgerMigrations } from '#server/store/sqlite/migrations/ledger-migrations.ts';
import { watch001 } from '#server/store/sqlite/migrations/watch-001.ts';
import { toStoreError } from '#server/store/sqlite/sqlite-errors.ts';
import { createWatchStore } from '#server/store/sqlite/watch/watch.ts';
import type { Store } from '#server/store/store.ts';

export interface SqliteStoreOptions {
  /** Made when it is missing; holds `index.db`, `ledger.db` and `watch.db`. A local disk: WAL does not work over a network. */
  readonly folder: string;
  /** A `reader` refuses writes, and needs files that a `writer` has opened before. */
  readonly role: 'writer' | 'reader';
  readonly newId?: () => string;
  /** Another store of this process writes the index and what is watched. */
  readonly writesElsewhere?: boolean;
}

/**
 * The store on three SQLite files, in the calling thread: every call blocks it for as long as it takes, so it belongs into a worker
 * (`remote-store.ts` is the same from elsewhere). Any number of stores, threads and processes of one machine may have the files open.
 * Throws `invalid_configuration` for files that are damaged, foreign or newer, and leaves them as they are.
 */
export function openSqliteStore({
  folder,
  role,
  newId = randomUUID,
  writesElsewhere = false,
}: SqliteStoreOptions): Store {
  const readOnly = role === 'reader';
  const indexFile = join(folder, 'index.db');
  const ledgerFile = join(folder, 'ledger.db');
  const watchFile = join(folder, 'watch.db');
  if (readOnly) requireFiles(indexFile, ledgerFile, watchFile);
  else makeFolder(folder);

  const opened: Database[] = [];
  const open = (...args: Parameters<typeof openFile>): Database => {
    const db = openFile(...args);
    opened.push(db);
    return db;
  };
  try {
    const index = open(indexFile, { readOnly, synchronous: 'NORMAL', writesElsewhere }, [
      index001,
      index002,
      index003,
      index004,
      index005,
      index006,
    ]);
    const ledger = open(ledgerFile, { readOnly, synchronous: 'FULL' }, ledgerMigrations);
    const watch = open(watchFile, { readOnly, synchronous: 'NORMAL', writesElsewhere }, [watch001]);
    const changes = createChanges([index, ledger]);

    return {
      index: createMessageIndex(index),
      ledger: createLedger(ledger, newId),
      watch: createWatchStore(watch),
      waitForChange: changes.waitForChange,
      async close() {
        changes.close();
        for (const db of opened) db.close();
      },
    };
  } catch (error) {
    for (const db of opened) db.close();
    throw error;
  }
}

function openFile(file: string, options: Omit<DatabaseOptions, 'file'>, migrations: Parameters<typeof migrate>[1]) {
  const db = openDatabase({ file, ...options });
  try {
    (options.readOnly ? requireLayout : migrate)(db, migrations);
    return db;
  } catch (error) {
    db.close();
    throw toStoreError(error, file);
  }
}

function requireFiles(...files: readonly string[]): void {
  const absent = files.find((file) => !existsSync(file));
  if (absent !== undefined)
    throw new AppError('conflict', `${absent} is not there yet: a writer has to open it first.`, {
      details: { file: absent },
    });
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new AppError(
      'invalid_configuration',
      `The data folder ${folder} cannot be made. Choose another one, or give this user the right to.`,
      {
        details: { key: 'REDELIVER_DATA' },
        cause: error,
      },
    );
  }
}
