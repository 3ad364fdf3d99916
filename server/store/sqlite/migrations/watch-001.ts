import type { Migration } from '#server/store/sqlite/migrations/migration.ts';

/**
 * `watch.db`. Samples stand side by side: one blob holds those of all series of a connection at one instant, each at its slot. So 10,000 series every 30 s
 * are one row every 30 s, and a trend is a walk over some hundred rows whatever the number of series.
 *
 * - `lag_connections.rows`: the last reading, JSON with series ids, zstd.
 * - `lag_series.slot`: its place in the blobs of its connection; free again when no blob that is kept can hold it. `id` is never given twice.
 * - `lag_samples.span`: 0 for one sample, else the milliseconds that it sums up; `at` is then where they begin.
 */
export const watch001: Migration = {
  version: 1,
  statements: `
    CREATE TABLE lag_connections (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      at INTEGER,
      took_ms INTEGER,
      notes TEXT NOT NULL,
      failing TEXT,
      rows BLOB
    ) STRICT;
    CREATE TABLE lag_series (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      connection INTEGER NOT NULL REFERENCES lag_connections (id),
      slot INTEGER NOT NULL,
      kind TEXT NOT NULL,
      name TEXT NOT NULL,
      topic TEXT NOT NULL,
      seen_at INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX lag_series_names ON lag_series (connection, kind, name, topic);
    CREATE UNIQUE INDEX lag_series_slots ON lag_series (connection, slot);
    CREATE TABLE lag_samples (
      id INTEGER PRIMARY KEY,
      connection INTEGER NOT NULL REFERENCES lag_connections (id),
      span INTEGER NOT NULL,
      at INTEGER NOT NULL,
      columns BLOB NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX lag_samples_times ON lag_samples (connection, span, at);
    CREATE TABLE counts (name TEXT NOT NULL, labels TEXT NOT NULL, n REAL NOT NULL, PRIMARY KEY (name, labels)) STRICT, WITHOUT ROWID;
    CREATE TABLE records (name TEXT PRIMARY KEY, json TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
  `,
};
