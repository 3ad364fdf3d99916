import type { Migration } from '#server/store/sqlite/migrations/migration.ts';

/**
 * What is looked for among very many items, and nothing else: an index by every state was written six times for each item that is sent. What waits has its
 * own; what is settled is most of a replay, and is found by walking through it.
 */
export const ledger010: Migration = {
  version: 10,
  statements: `
    DROP INDEX items_state;
    -- What a return proved to be sent, though it had failed before its intent.
    UPDATE items SET intended_at = sent_at WHERE state = 'sent' AND intended_at IS NULL;
    CREATE INDEX items_under_way ON items (replay, ordinal) WHERE intended_at IS NOT NULL AND settled_at IS NULL;
    CREATE INDEX items_left ON items (replay, ordinal) WHERE state IN ('failed', 'skipped', 'unknown');
  `,
};
