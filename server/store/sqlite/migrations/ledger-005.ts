import type { Migration } from '#server/store/sqlite/migrations/migration.ts';

/** The messages that were discarded, whole: nothing is removed from a queue that is not here. */
export const ledger005: Migration = {
  version: 5,
  statements: `
    CREATE TABLE archive (
      item INTEGER PRIMARY KEY REFERENCES items (id),
      archived_at INTEGER NOT NULL,
      restored_at INTEGER,
      size_bytes INTEGER,                -- NULL where a log keeps the message
      content BLOB                       -- as in the index's contents; NULL likewise
    ) STRICT;
    CREATE INDEX archive_age ON archive (archived_at) WHERE size_bytes IS NOT NULL;
  `,
};
