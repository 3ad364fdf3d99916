import type { Migration } from '#server/store/sqlite/migrations/migration.ts';

/** Logs are read from their newest end backwards: how far back a queue is known while that goes on. */
export const index002: Migration = {
  version: 2,
  statements: 'ALTER TABLE queues ADD COLUMN known_back_to INTEGER;',
};
