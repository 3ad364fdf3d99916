import type { Migration } from '#server/store/sqlite/migrations/migration.ts';

/** What waits, queue by queue, so that each is worked on by itself; and how many got their outcome in each second of late, by which a replay tells its pace. */
export const ledger008: Migration = {
  version: 8,
  statements: `
    CREATE INDEX items_waiting ON items (replay, queue_id, ordinal) WHERE state = 'planned';
    CREATE TABLE paces (
      replay INTEGER NOT NULL REFERENCES replays (number),
      second INTEGER NOT NULL,
      n INTEGER NOT NULL,
      PRIMARY KEY (replay, second)
    ) STRICT, WITHOUT ROWID;
  `,
};
