import type { Migration } from '#server/store/sqlite/migrations/migration.ts';

/**
 * Alerts, what is told of them, and what is told to nobody. A notification is written with the change that it tells of, in one commit, so that a crash
 * neither loses nor repeats one.
 */
export const ledger009: Migration = {
  version: 9,
  statements: `
    CREATE TABLE alerts (
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      resolved_at INTEGER,               -- NULL while it is pending or firing
      record TEXT NOT NULL               -- JSON, Alert
    ) STRICT;
    CREATE INDEX alerts_standing ON alerts (number) WHERE resolved_at IS NULL;
    CREATE INDEX alerts_resolved ON alerts (resolved_at) WHERE resolved_at IS NOT NULL;

    CREATE TABLE notifications (
      number INTEGER PRIMARY KEY,        -- the order in which they are told
      id TEXT NOT NULL UNIQUE,
      receiver TEXT NOT NULL,
      record TEXT NOT NULL,              -- JSON, Notification
      attempts INTEGER NOT NULL DEFAULT 0,
      next_at INTEGER,                   -- NULL when it was delivered or given up
      ended_at INTEGER,
      outcome TEXT CHECK (outcome IN ('delivered', 'given-up')),
      said TEXT                          -- by the last attempt, without secrets
    ) STRICT;
    CREATE INDEX notifications_waiting ON notifications (number) WHERE ended_at IS NULL;
    CREATE INDEX notifications_given_up ON notifications (receiver, number) WHERE outcome = 'given-up';
    CREATE INDEX notifications_ended ON notifications (ended_at) WHERE ended_at IS NOT NULL;

    CREATE TABLE receiver_reports (
      receiver TEXT PRIMARY KEY,
      record TEXT NOT NULL               -- JSON, ReceiverReport
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE alert_mutes (
      id TEXT PRIMARY KEY,
      until INTEGER,                     -- NULL until it is lifted
      record TEXT NOT NULL               -- JSON, Mute
    ) STRICT, WITHOUT ROWID;
  `,
};
