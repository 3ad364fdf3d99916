import { AppError } from '#lib/domain/errors.ts';
import type { Database } from '#server/store/sqlite/database.ts';
import type { Migration } from '#server/store/sqlite/migrations/migration.ts';

/** `RDLV`: tells our files from those of others. */
export const applicationId = 0x52444c56;

/** Brings a file to the newest layout, each step in a transaction of its own. A file that is newer or not ours is refused and stays as it is. */
export function migrate(db: Database, migrations: readonly Migration[]): void {
  checkLayout(db, migrations);
  for (const migration of migrations) {
    if (readPragma(db, 'user_version') >= migration.version) continue;
    db.transaction(() => {
      // Another thread may have taken this step while we waited for our turn.
      if (readPragma(db, 'user_version') >= migration.version) return;
      db.exec(migration.statements);
      db.exec(`PRAGMA user_version=${migration.version}; PRAGMA application_id=${applicationId};`);
    });
  }
}

/** For readers, which may not change the file: it must be ours and at the newest layout. */
export function requireLayout(db: Database, migrations: readonly Migration[]): void {
  checkLayout(db, migrations);
  if (readPragma(db, 'user_version') < newest(migrations)) {
    throw new AppError('conflict', `${db.file} is not ready yet: a writer has to open it first.`, {
      details: { file: db.file },
    });
  }
}

function checkLayout(db: Database, migrations: readonly Migration[]): void {
  const version = readPragma(db, 'user_version');
  const details = { file: db.file, key: 'REDELIVER_DATA' };
  if (version > newest(migrations)) {
    throw new AppError(
      'invalid_configuration',
      `${db.file} was written by a newer Redeliver (layout ${version}, this one knows ${newest(migrations)}). Nothing was changed: start the newer version, or choose another data folder.`,
      { details },
    );
  }
  const foreign =
    version === 0
      ? hasTables(db) && readPragma(db, 'user_version') === 0
      : readPragma(db, 'application_id') !== applicationId;
  if (foreign) {
    throw new AppError(
      'invalid_configuration',
      `${db.file} belongs to another program. Nothing was changed: choose another data folder.`,
      { details },
    );
  }
}

function hasTables(db: Database): boolean {
  return db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() !== undefined;
}

function newest(migrations: readonly Migration[]): number {
  return Math.max(0, ...migrations.map((migration) => migration.version));
}

export function readPragma(db: Pick<Database, 'prepare'>, name: 'user_version' | 'application_id'): number {
  const value = db.prepare(`PRAGMA ${name}`).get()?.[name];
  return typeof value === 'number' ? value : 0;
}
