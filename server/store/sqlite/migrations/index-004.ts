import type { Migration } from '#server/store/sqlite/migrations/migration.ts';

/**
 * Which message of a queue goes first, where that is not the oldest: those that the broker counts from another time than that of their failure, and
 * those with a time to live of their own (`row.ts`). Few messages are in them, and all others cost the index nothing but a look at their JSON.
 */
export const index004: Migration = {
  version: 4,
  statements: `
    CREATE INDEX messages_kept_from ON messages (queue, state, rest ->> 11) WHERE rest ->> 11 > 0;
    CREATE INDEX messages_ends_at ON messages (queue, state, rest ->> 12) WHERE rest ->> 12 > 0;
  `,
};
