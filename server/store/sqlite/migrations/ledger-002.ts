import type { Migration } from '#server/store/sqlite/migrations/migration.ts';

/** What people decided about groups, and the views that they saved: none of it can be read again from a broker. */
export const ledger002: Migration = {
  version: 2,
  statements: `
    CREATE TABLE group_triage (
      fingerprint TEXT PRIMARY KEY,
      decision TEXT NOT NULL,            -- JSON, GroupDecision
      owner TEXT,
      merged_into TEXT,                  -- a fingerprint that is itself merged into none
      changed_at INTEGER NOT NULL,
      changed_by TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX group_triage_merged ON group_triage (merged_into) WHERE merged_into IS NOT NULL;

    CREATE TABLE group_notes (
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      fingerprint TEXT NOT NULL,
      at INTEGER NOT NULL,
      by TEXT NOT NULL,
      text TEXT NOT NULL
    ) STRICT;
    CREATE INDEX group_notes_group ON group_notes (fingerprint);

    CREATE TABLE group_splits (
      fingerprint TEXT PRIMARY KEY,
      split_by TEXT NOT NULL CHECK (split_by IN ('queue', 'type'))
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE saved_views (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL UNIQUE COLLATE NOCASE,
      owner TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      changed_at INTEGER NOT NULL,
      queue_id TEXT,
      filter TEXT NOT NULL,
      range TEXT                         -- JSON; NULL is all time
    ) STRICT, WITHOUT ROWID;

    CREATE INDEX audit_target ON audit (target, id);
  `,
};
