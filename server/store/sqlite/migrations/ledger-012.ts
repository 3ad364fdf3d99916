import type { Migration } from '#server/store/sqlite/migrations/migration.ts';

/** How often a request was taken up: one that ends its engine each time is not taken up for ever. */
export const ledger012: Migration = {
  version: 12,
  statements: 'ALTER TABLE requests ADD COLUMN taken INTEGER NOT NULL DEFAULT 0',
};
