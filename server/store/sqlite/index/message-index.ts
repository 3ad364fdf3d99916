import type { Database } from '#server/store/sqlite/database.ts';
import { type AlikeChanges, alikeChanges } from '#server/store/sqlite/index/alike-changes.ts';
import { readFacets } from '#server/store/sqlite/index/facets.ts';
import { getGroup, listGroupParts } from '#server/store/sqlite/index/group-details.ts';
import { listSplitOff } from '#server/store/sqlite/index/group-facts.ts';
import { listGroups } from '#server/store/sqlite/index/groups.ts';
import { createIngest } from '#server/store/sqlite/index/ingest.ts';
import { countMessages, getMessage, getMessages, listMessages } from '#server/store/sqlite/index/messages.ts';
import { listInOrderOfSending } from '#server/store/sqlite/index/order-of-sending.ts';
import * as planning from '#server/store/sqlite/index/planning.ts';
import { prepare, type PreparedBatch } from '#server/store/sqlite/index/prepare.ts';
import * as queues from '#server/store/sqlite/index/queues.ts';
import { regroup } from '#server/store/sqlite/index/regroup.ts';
import { markGone, noteReturns, setStates } from '#server/store/sqlite/index/states.ts';
import { countArrivals, countRestored, listMetBy, measureQueues } from '#server/store/sqlite/index/measures.ts';
import { summariseQueues } from '#server/store/sqlite/index/summary.ts';
import { readTimeline } from '#server/store/sqlite/index/timeline.ts';
import { countUnsearched, listDoubtful, listUnsearched, saveDecoded } from '#server/store/sqlite/index/unsearched.ts';
import { createValueCounter } from '#server/store/sqlite/index/value-counts.ts';
import type { MessageIndex } from '#server/store/store.ts';

/** On SQLite. A batch may also be prepared elsewhere: `ingest` is `ingestPrepared` of `prepare`. */
export interface SqliteMessageIndex extends MessageIndex {
  ingestPrepared(batch: PreparedBatch): ReturnType<MessageIndex['ingest']>;
  /** `setStates` is this of `alikeChanges`, for whom it is worth to hand over less. */
  setAlikeStates(changes: readonly AlikeChanges[]): Promise<void>;
}

/** Every method is `async` only by contract: it runs to its end in one go, and what it throws rejects its promise. */
export function createMessageIndex(db: Database): SqliteMessageIndex {
  const ingest = createIngest(db);
  const countValues = createValueCounter(db);
  return {
    saveConnections: async (connections) => queues.saveConnections(db, connections),
    listConnections: async () => queues.listConnections(db),
    saveQueues: async (connection, found) => queues.saveQueues(db, connection, found),
    saveQueueStatus: async (queueId, status) => queues.saveQueueStatus(db, queueId, status),
    listQueues: async () => queues.listQueues(db),
    getQueue: async (queueId) => queues.getQueue(db, queueId),
    getSyncState: async (queueId) => queues.getSyncState(db, queueId),
    ingest: async (batch) => ingest(prepare(batch)),
    ingestPrepared: async (batch) => ingest(batch),
    markGone: async (queueId, which, at) => markGone(db, queueId, which, at),
    setStates: async (changes) => setStates(db, alikeChanges(changes)),
    setAlikeStates: async (changes) => setStates(db, changes),
    noteReturns: async (counts) => noteReturns(db, counts),
    listMessages: async (query) => listMessages(db, query),
    listInOrderOfSending: async (selection, cursor, limit) => listInOrderOfSending(db, selection, cursor, limit),
    countMessages: async (query, cap) => countMessages(db, query, cap),
    countValues: async (query) => countValues(query),
    countUnsearched: async (query) => countUnsearched(db, query),
    listDoubtful: async (filter, messageIds) => listDoubtful(db, filter, messageIds),
    listUnsearched: async (before, limit) => listUnsearched(db, before, limit),
    saveDecoded: async (letters) => saveDecoded(db, letters),
    getMessages: async (ids) => getMessages(db, ids),
    getContents: async (ids) => planning.getContents(db, ids),
    listKeysBehind: async (place, keys, limit) => planning.listKeysBehind(db, place, keys, limit),
    listSentEvents: async (queueId, cursor, limit) => planning.listSentEvents(db, queueId, cursor, limit),
    getMessage: async (id) => getMessage(db, id),
    summariseQueues: async (now, triage) => summariseQueues(db, now, triage),
    measureQueues: async () => measureQueues(db),
    countArrivals: async (after) => countArrivals(db, after),
    countRestored: async (queueId, range) => countRestored(db, queueId, range),
    listMetBy: async (fingerprints, place) => listMetBy(db, fingerprints, place),
    listGroups: async (query) => listGroups(db, query),
    getGroup: async (fingerprint, triage, now) => getGroup(db, fingerprint, triage, now),
    listGroupParts: async (fingerprints) => listGroupParts(db, fingerprints),
    listSplitOff: async (fingerprints) => listSplitOff(db, fingerprints),
    regroup: async (splits, limit) => regroup(db, splits, limit),
    readFacets: async (query) => readFacets(db, query),
    readTimeline: async (query) => readTimeline(db, query),
  };
}
