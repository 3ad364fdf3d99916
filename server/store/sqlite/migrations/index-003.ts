import type { Migration } from '#server/store/sqlite/migrations/migration.ts';

/** How often a message came back after it was replayed. Nearly all of them never did, and cost the index nothing. */
export const index003: Migration = {
  version: 3,
  statements: `
    ALTER TABLE messages ADD COLUMN returns INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX messages_returns ON messages (returns) WHERE returns > 0;
  `,
};
