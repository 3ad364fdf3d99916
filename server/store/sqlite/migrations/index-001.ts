import type { Migration } from '#server/store/sqlite/migrations/migration.ts';

/**
 * The message index. A row is as narrow as the lists and filters allow: what repeats from message to message stands once in `phrases`, contents
 * stand in compressed blocks. States are small integers (`row.ts`). Each index of `messages` costs every message that arrives, so there are
 * only those that cover a count or an order; values and texts are found by signatures (`signatures.ts`).
 * Hot tables name no foreign keys: ingest has looked the parents up in the same transaction, and SQLite would do so for each row again.
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
      retention TEXT NOT NULL,
      reader TEXT NOT NULL,
      synced_at INTEGER,
      cursor TEXT,
      change_mark TEXT
    ) STRICT;

    -- One problem as its fingerprint tells (lib/fingerprint). Class, reason and message are those of the first letter that was met.
    CREATE TABLE groups (
      id INTEGER PRIMARY KEY,
      fingerprint TEXT NOT NULL UNIQUE,
      version INTEGER NOT NULL,
      title TEXT NOT NULL,
      explanation TEXT NOT NULL,
      parts TEXT NOT NULL,               -- JSON, FingerprintParts
      error_class TEXT,
      reason TEXT,
      example TEXT,
      split_from TEXT,                   -- the fingerprint that a person split by queue or event type; this is the part with that value
      split_by TEXT,
      split_value TEXT
    ) STRICT;
    CREATE INDEX groups_class ON groups (error_class);
    CREATE INDEX groups_split ON groups (split_from) WHERE split_from IS NOT NULL;

    -- Texts that many messages have in common: stack frames, and what was understood in the same way.
    CREATE TABLE phrases (id INTEGER PRIMARY KEY, hash INTEGER NOT NULL, text TEXT NOT NULL) STRICT;
    CREATE INDEX phrases_hash ON phrases (hash);

    CREATE TABLE messages (
      id INTEGER PRIMARY KEY,            -- the order of arrival
      uid TEXT NOT NULL,                 -- the id that everyone else knows
      queue INTEGER NOT NULL,
      grp INTEGER NOT NULL,
      at INTEGER NOT NULL,
      state INTEGER NOT NULL,
      state_before_gone INTEGER,
      state_at INTEGER NOT NULL,
      scan INTEGER NOT NULL,             -- hash of the scan that met it first; later ones stand in sightings
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
      alike INTEGER NOT NULL,            -- phrase: JSON of what neighbours mostly share (row.ts)
      stack_head TEXT,                   -- the first line of the stack trace, NULL where it is class and message
      stack_frames INTEGER,              -- phrase: the lines after the first; NULL where there is no stack trace
      rest TEXT NOT NULL                 -- JSON of what no filter looks at (row.ts)
    ) STRICT;
    CREATE INDEX messages_at ON messages (at);
    CREATE INDEX messages_queue_state_at ON messages (queue, state, at);
    CREATE INDEX messages_group_at ON messages (grp, at, queue, state);
    CREATE INDEX messages_sequence ON messages (queue, lane, sequence_rank) WHERE sequence_rank IS NOT NULL;
    CREATE INDEX messages_last_replay ON messages (last_replay_id) WHERE last_replay_id IS NOT NULL;
    CREATE INDEX messages_return_of ON messages (return_of) WHERE return_of IS NOT NULL;

    -- Numbers of messages by a hash of their uid, see uids.ts.
    CREATE TABLE young_uids (hash INTEGER, id INTEGER, PRIMARY KEY (hash, id)) STRICT, WITHOUT ROWID;
    CREATE TABLE uids (hash INTEGER, id INTEGER, PRIMARY KEY (hash, id)) STRICT, WITHOUT ROWID;

    -- Blocks of contents (content-blocks.ts) by the number of their first message; numbers of a block have no gaps.
    CREATE TABLE contents (id INTEGER PRIMARY KEY, content BLOB NOT NULL) STRICT;

    -- Messages of whose payload a filter has not seen all; those that wait do so for their schema. What was decoded later stands beside the contents.
    CREATE TABLE unsearched (id INTEGER PRIMARY KEY, waits INTEGER NOT NULL) STRICT;
    CREATE TABLE late_documents (id INTEGER PRIMARY KEY, documents BLOB NOT NULL) STRICT;

    -- Which scan met a message last, where it was met again; narrow, because a scan of a queue touches every row of it.
    CREATE TABLE sightings (id INTEGER PRIMARY KEY, scan INTEGER NOT NULL) STRICT;

    -- Kept in the transaction that changes the messages: exact at every moment.
    CREATE TABLE state_counts (queue INTEGER, state INTEGER, n INTEGER NOT NULL, PRIMARY KEY (queue, state)) STRICT, WITHOUT ROWID;
    CREATE TABLE group_counts (queue INTEGER, grp INTEGER, state INTEGER, n INTEGER NOT NULL, PRIMARY KEY (queue, grp, state)) STRICT, WITHOUT ROWID;
    -- Holds the count, too: lists of groups read it for hundreds of groups in each of their queues.
    CREATE INDEX group_counts_group ON group_counts (grp, queue, state, n);

    -- Which messages may have a run of three characters or a value: bits, see signatures.ts.
    CREATE TABLE young_signatures (id INTEGER PRIMARY KEY, bits BLOB NOT NULL) STRICT;
    CREATE TABLE signatures (id INTEGER PRIMARY KEY, bits BLOB NOT NULL) STRICT;
  `,
};
