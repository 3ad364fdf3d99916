import type { Migration } from '#server/store/sqlite/migrations/migration.ts';

/** A saved view is of the dead letters or of their groups, and keeps the order. Older ones show the newest first, as they always did. */
export const ledger004: Migration = {
  version: 4,
  statements: `ALTER TABLE saved_views ADD COLUMN page TEXT NOT NULL DEFAULT '{"kind":"messages","order":"newest"}'; -- JSON, ViewPage`,
};
