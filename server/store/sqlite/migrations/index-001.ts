import type { Migration } from '#server/store/sqlite/migrations/migration.ts';

/**
 * The message index. What filters and lists look at stands first in a row, what only a message's page shows stands last or in a table
 * of its own, so that a walk over messages reads few pages. States are small integers (`row.ts`).
 * The indexes cover the counts: one range count per queue and state, or per queue and error group, never touches a row.
 */
export const index001: Migration = {
  version: 1,
  statements: `
    CREATE TABLE connections (name TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;

    CREATE TABLE queues (
      id INTEGER PRIMARY KEY,
      queue_id TEXT NOT NULL UNIQUE,
      connection TEXT NOT NULL,
      name TEXT NOT NULL,
      kind TEXT NOT NULL,
      found_by TEXT NOT NULL,
      origins TEXT NOT NULL,
      capabilities TEXT NOT NULL,
      depth TEXT,
      held_by_others INTEGER NOT NULL DEFAULT 0,
      reader TEXT NOT NULL,
      synced_at INTEGER,
      cursor TEXT,
      change_mark TEXT
    ) STRICT;

    -- One error as people count it: class, reason and the message without its numbers and ids (error-shape.ts).
    CREATE TABLE error_groups (
      id INTEGER PRIMARY KEY,
      digest TEXT NOT NULL UNIQUE,
      error_class TEXT,
      reason TEXT,
      example TEXT
    ) STRICT;
    CREATE INDEX error_groups_class ON error_groups (error_class);

    CREATE TABLE messages (
      id INTEGER PRIMARY KEY,            -- the order of arrival
      uid TEXT NOT NULL UNIQUE,          -- the id that everyone else knows
      queue INTEGER NOT NULL REFERENCES queues (id),
      grp INTEGER NOT NULL REFERENCES error_groups (id),
      at INTEGER NOT NULL,
      state INTEGER NOT NULL,
      state_before_gone INTEGER,
      state_at INTEGER NOT NULL,
      sequence_rank TEXT,                -- the sequence as text that sorts as the number does
      lane TEXT NOT NULL,
      key_digest TEXT,
      key_text TEXT,
      correlation_id TEXT,
      event_id TEXT,
      event_type TEXT,
      last_replay_id TEXT,
      return_of TEXT,                    -- the replay whose message this is
      error_class TEXT,
      error_message TEXT,
      reason TEXT,
      preview TEXT NOT NULL,
      size_bytes INTEGER NOT NULL,
      first_seen_at INTEGER NOT NULL,
      original_at INTEGER,
      attempts INTEGER,
      at_is TEXT NOT NULL,
      kind TEXT NOT NULL,
      identity TEXT NOT NULL,
      position TEXT NOT NULL,
      sequence TEXT,
      trace_id TEXT,
      rest TEXT NOT NULL,
      stack_trace TEXT
    ) STRICT;
    CREATE INDEX messages_at ON messages (at);
    CREATE INDEX messages_queue_at ON messages (queue, at);
    CREATE INDEX messages_queue_state_at ON messages (queue, state, at);
    CREATE INDEX messages_queue_group_at ON messages (queue, grp, at, state);
    CREATE INDEX messages_sequence ON messages (queue, lane, sequence_rank) WHERE sequence_rank IS NOT NULL;
    CREATE INDEX messages_key_digest ON messages (key_digest, at) WHERE key_digest IS NOT NULL;
    CREATE INDEX messages_key_text ON messages (key_text) WHERE key_text IS NOT NULL;
    CREATE INDEX messages_correlation ON messages (correlation_id) WHERE correlation_id IS NOT NULL;
    CREATE INDEX messages_event ON messages (event_id) WHERE event_id IS NOT NULL;
    CREATE INDEX messages_event_type ON messages (event_type) WHERE event_type IS NOT NULL;
    CREATE INDEX messages_last_replay ON messages (last_replay_id) WHERE last_replay_id IS NOT NULL;
    CREATE INDEX messages_return_of ON messages (return_of) WHERE return_of IS NOT NULL;

    CREATE TABLE contents (id INTEGER PRIMARY KEY REFERENCES messages (id), content BLOB NOT NULL) STRICT;

    -- Which scan met a message last; narrow, because a scan of a queue touches every row of it.
    CREATE TABLE sightings (id INTEGER PRIMARY KEY REFERENCES messages (id), scan TEXT NOT NULL) STRICT;

    -- Kept in the transaction that changes the messages: exact at every moment.
    CREATE TABLE state_counts (queue INTEGER, state INTEGER, n INTEGER NOT NULL, PRIMARY KEY (queue, state)) STRICT, WITHOUT ROWID;
    CREATE TABLE group_counts (queue INTEGER, grp INTEGER, state INTEGER, n INTEGER NOT NULL, PRIMARY KEY (queue, grp, state)) STRICT, WITHOUT ROWID;
    CREATE INDEX group_counts_group ON group_counts (grp, queue);

    -- Folded texts (lib/filter/fold.ts) by their runs of three characters, without positions: a fifth of the size and half the work of an index
    -- that knows them. It names candidates, and each is then looked at.
    CREATE VIRTUAL TABLE message_texts USING fts5 (
      class, message, key, type, preview,
      content='', contentless_delete=1, detail=none, tokenize='trigram case_sensitive 1'
    );
  `,
};
