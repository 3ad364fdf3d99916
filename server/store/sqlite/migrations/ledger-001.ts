import type { Migration } from '#server/store/sqlite/migrations/migration.ts';

/** What people asked for and what became of it. Small beside the index, and on disk (fsync) with every commit. */
export const ledger001: Migration = {
  version: 1,
  statements: `
    CREATE TABLE requests (
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      kind TEXT NOT NULL,
      queue_id TEXT,
      request TEXT NOT NULL,
      submitted_by TEXT NOT NULL,
      submitted_at INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('waiting', 'claimed', 'answered')),
      worker TEXT,
      leased_until INTEGER,
      answer TEXT,
      answered_at INTEGER
    ) STRICT;
    CREATE INDEX requests_open ON requests (number) WHERE state <> 'answered';

    CREATE TABLE replays (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      state TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      created_by TEXT NOT NULL,
      confirmed_at INTEGER,
      confirmed_by TEXT,
      started_at INTEGER,
      finished_sending_at INTEGER,
      watch_until INTEGER,
      settled_at INTEGER,
      sentence TEXT NOT NULL,
      queue_ids TEXT NOT NULL,
      options TEXT NOT NULL,
      plan TEXT NOT NULL,
      plan_hash TEXT NOT NULL,
      error TEXT,
      returned INTEGER NOT NULL DEFAULT 0,
      returned_different INTEGER NOT NULL DEFAULT 0,
      worker TEXT,
      leased_until INTEGER
    ) STRICT;
    CREATE INDEX replays_active ON replays (number) WHERE state IN ('queued', 'sending', 'watching');

    CREATE TABLE replay_queues (
      queue_id TEXT NOT NULL,
      replay INTEGER NOT NULL REFERENCES replays (number),
      PRIMARY KEY (queue_id, replay)
    ) STRICT, WITHOUT ROWID;

    -- Items by state, kept in the transaction that changes them.
    CREATE TABLE accounts (
      replay INTEGER NOT NULL REFERENCES replays (number),
      state TEXT NOT NULL,
      n INTEGER NOT NULL CHECK (n >= 0),
      PRIMARY KEY (replay, state)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE items (
      id INTEGER PRIMARY KEY,
      item_id TEXT NOT NULL UNIQUE,
      replay INTEGER NOT NULL REFERENCES replays (number),
      ordinal INTEGER NOT NULL,
      message_id TEXT NOT NULL,
      queue_id TEXT NOT NULL,
      identity TEXT NOT NULL,
      position TEXT NOT NULL,
      lane TEXT NOT NULL,
      destination TEXT,
      state TEXT NOT NULL,
      reason TEXT,
      sent_position TEXT,
      watermark TEXT,
      intended_at INTEGER,
      sent_at INTEGER,
      settled_at INTEGER,
      returned_message_id TEXT,
      returned_at INTEGER,
      returned_same_error INTEGER,
      UNIQUE (replay, ordinal)
    ) STRICT;
    CREATE INDEX items_state ON items (replay, state, ordinal);
    CREATE INDEX items_message ON items (message_id);
    CREATE INDEX items_returned ON items (replay, ordinal) WHERE returned_at IS NOT NULL;

    CREATE TABLE audit (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      actor TEXT NOT NULL,
      action TEXT NOT NULL,
      target TEXT NOT NULL,
      reason TEXT,
      from_address TEXT NOT NULL,
      result TEXT NOT NULL
    ) STRICT;
  `,
};
