import type { Migration } from '#server/store/sqlite/migrations/migration.ts';

/** What a replay's account was when a person last said go: a canary judges what came since. NULL of older ones, which had no canary. */
export const ledger003: Migration = {
  version: 3,
  statements: `ALTER TABLE replays ADD COLUMN go_account TEXT; -- JSON, ReplayAccount`,
};
