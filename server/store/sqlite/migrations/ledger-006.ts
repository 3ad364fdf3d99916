import type { Migration } from '#server/store/sqlite/migrations/migration.ts';

/** Saved decisions where dead letters go instead of where they came from. */
export const ledger006: Migration = {
  version: 6,
  statements: `
    CREATE TABLE redirects (
      number INTEGER PRIMARY KEY,        -- the order in which they are tried
      id TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL UNIQUE COLLATE NOCASE,
      connection TEXT NOT NULL,
      matches TEXT NOT NULL CHECK (matches IN ('origin', 'queue')),
      pattern TEXT NOT NULL,
      destination TEXT NOT NULL,         -- JSON, Destination
      created_at INTEGER NOT NULL,
      created_by TEXT NOT NULL
    ) STRICT;
  `,
};
