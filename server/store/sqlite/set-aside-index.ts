import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fingerprintVersion } from '#lib/fingerprint/fingerprint.ts';
import { applicationId, readPragma } from '#server/store/sqlite/migrate.ts';
import { index001 } from '#server/store/sqlite/migrations/index-001.ts';
import { index002 } from '#server/store/sqlite/migrations/index-002.ts';
import { index003 } from '#server/store/sqlite/migrations/index-003.ts';
import { index004 } from '#server/store/sqlite/migrations/index-004.ts';
import { index005 } from '#server/store/sqlite/migrations/index-005.ts';
import { index006 } from '#server/store/sqlite/migrations/index-006.ts';

const migrations = [index001, index002, index003, index004, index005, index006];

/**
 * The index is a cache of what the brokers hold, so one whose tables are not those that its version should have is moved away and read anew, instead of
 * keeping the console from starting. So is one with groups of another version of the fingerprint's rules: messages that are one problem by the new rules
 * would stand in two groups for as long as the old ones are there. Only for whoever has the folder to itself and has opened nothing in it. Answers the old file's new name,
 * or `null`. A file that is newer, damaged or not ours stays, and so does the ledger in any case: opening them says what to do.
 */
export function setAsideOldIndex(folder: string): string | null {
  const file = join(folder, 'index.db');
  if (!existsSync(file) || !isOutdated(file)) return null;
  let number = 1;
  while (existsSync(`${file}.old-${number}`)) number += 1;
  const old = `${file}.old-${number}`;
  // The log of changes goes along, or it would be taken for that of the new file.
  for (const suffix of ['-wal', '-shm', '']) if (existsSync(file + suffix)) renameSync(file + suffix, old + suffix);
  return old;
}

function isOutdated(file: string): boolean {
  let found: DatabaseSync | null = null;
  const expected = new DatabaseSync(':memory:');
  try {
    found = new DatabaseSync(file);
    const version = readPragma(found, 'user_version');
    const isOurs = version > 0 && readPragma(found, 'application_id') === applicationId;
    if (!isOurs || migrations.every((migration) => migration.version < version)) return false;
    for (const migration of migrations) if (migration.version <= version) expected.exec(migration.statements);
    return tablesOf(found) !== tablesOf(expected) || hasOtherGroups(found);
  } catch {
    return false;
  } finally {
    found?.close();
    expected.close();
  }
}

function hasOtherGroups(db: DatabaseSync): boolean {
  return db.prepare('SELECT 1 FROM groups WHERE version <> ? LIMIT 1').get(fingerprintVersion) !== undefined;
}

function tablesOf(db: DatabaseSync): string {
  return JSON.stringify(
    db.prepare("SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name").all(),
  );
}
