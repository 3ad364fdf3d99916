import type { Migration } from '#server/store/sqlite/migrations/migration.ts';

/** Messages of which nobody knows since when they are kept: few, and the end of a list by expiry is found without a look at all others. */
export const index006: Migration = {
  version: 6,
  statements: 'CREATE INDEX messages_kept_unknown ON messages (queue, state, at) WHERE rest ->> 11 <= 0;',
};
