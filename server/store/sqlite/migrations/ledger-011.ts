import type { Migration } from '#server/store/sqlite/migrations/migration.ts';

/** What was said to a replay from the command line stood in the audit under its number, and from the browser under its id: from here on its id is asked for. */
export const ledger011: Migration = {
  version: 11,
  statements: `
    UPDATE audit SET target = replays.id FROM replays
    WHERE audit.target = CAST(replays.number AS TEXT)
      AND audit.action IN (
        'replay.confirm', 'replay.pause', 'replay.resume', 'replay.cancel',
        'discard.confirm', 'discard.pause', 'discard.resume', 'discard.cancel',
        'restore.confirm', 'restore.pause', 'restore.resume', 'restore.cancel'
      );
  `,
};
