import type { Database } from '#server/store/sqlite/database.ts';
import { addCounts, readCounts } from '#server/store/sqlite/watch/counts.ts';
import { keepLagOf, latestLag, saveLag, saveLagFailure } from '#server/store/sqlite/watch/lag-readings.ts';
import { lagTrend } from '#server/store/sqlite/watch/lag-trend.ts';
import { getRecord, saveRecord } from '#server/store/sqlite/watch/records.ts';
import type { WatchStore } from '#server/store/watch-store.ts';

/** Every method is `async` only by contract, as in the ledger. */
export function createWatchStore(db: Database): WatchStore {
  return {
    saveLag: async (connection, reading, taken) => saveLag(db, connection, reading, taken),
    saveLagFailure: async (connection, error, at) => saveLagFailure(db, connection, error, at),
    keepLagOf: async (connections) => keepLagOf(db, connections),
    latestLag: async (query = {}) => db.snapshot(() => latestLag(db, query)),
    lagTrend: async (query) => db.snapshot(() => lagTrend(db, query)),
    addCounts: async (counts) => addCounts(db, counts),
    readCounts: async () => readCounts(db),
    saveRecord: async (name, json, at) => saveRecord(db, name, json, at),
    getRecord: async (name) => getRecord(db, name),
  };
}
