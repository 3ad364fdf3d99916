import type { Migration } from '#server/store/sqlite/migrations/migration.ts';

/**
 * Returns that carry no headers of ours, how often a message came back, and what a person decided about an unknown outcome. Signs are hashes: they find
 * candidates, and what is found by them is compared. Indexed for each replay alone, because only those that are watched are asked for.
 */
export const ledger007: Migration = {
  version: 7,
  statements: `
    ALTER TABLE items ADD COLUMN event_sign INTEGER;
    ALTER TABLE items ADD COLUMN content_sign INTEGER;
    ALTER TABLE items ADD COLUMN fingerprint TEXT;       -- of the dead letter when it was planned
    ALTER TABLE items ADD COLUMN returned_by TEXT;       -- NULL of older returns, which were known by their headers
    ALTER TABLE items ADD COLUMN return_count INTEGER;   -- how often its message had come back by then, this time included
    ALTER TABLE items ADD COLUMN decision TEXT;          -- JSON, ItemDecision
    CREATE INDEX items_event_sign ON items (replay, event_sign, ordinal) WHERE event_sign IS NOT NULL AND returned_at IS NULL;
    CREATE INDEX items_content_sign ON items (replay, content_sign, ordinal) WHERE content_sign IS NOT NULL AND returned_at IS NULL;
    CREATE INDEX items_returned_as ON items (returned_message_id) WHERE returned_message_id IS NOT NULL;
  `,
};
