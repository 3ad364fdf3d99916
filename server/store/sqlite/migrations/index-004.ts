import type { Migration } from '#server/store/sqlite/migrations/migration.ts';

/** What counts need of each message, column by column (`columns.ts`). Segments of what is there already are written by the next changes. */
export const index004: Migration = {
  version: 4,
  statements: `
    -- Blobs of one segment of messages in the order of their numbers: Float64 instants, Uint32 groups, Uint32 queue × 16 + state.
    CREATE TABLE columns (
      segment INTEGER PRIMARY KEY,
      oldest INTEGER NOT NULL,
      newest INTEGER NOT NULL,
      at BLOB NOT NULL,
      grp BLOB NOT NULL,
      place BLOB NOT NULL
    ) STRICT;
    -- Of which a message has changed since.
    CREATE TABLE stale_columns (segment INTEGER PRIMARY KEY) STRICT;
    CREATE TRIGGER messages_columns AFTER UPDATE OF at, queue, grp, state ON messages
      WHEN EXISTS (SELECT 1 FROM columns WHERE segment = (old.id - 1) / 4096)
    BEGIN
      INSERT OR IGNORE INTO stale_columns (segment) VALUES ((old.id - 1) / 4096);
    END;
  `,
};
