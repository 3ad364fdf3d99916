import type { Migration } from '#server/store/sqlite/migrations/migration.ts';

/** NULL: the broker does not tell what others hold. It was 0, which is also true where nobody holds any; the next look at a queue says which. */
export const index005: Migration = {
  version: 5,
  statements: `
    ALTER TABLE queues ADD COLUMN held INTEGER;
    ALTER TABLE queues DROP COLUMN held_by_others;
    ALTER TABLE queues RENAME COLUMN held TO held_by_others;
  `,
};
