import type { Database } from '#server/store/sqlite/database.ts';
import { type AlikeIntents, type AlikeItems, toChanges, toIntents } from '#server/store/sqlite/ledger/alike-items.ts';
import * as alerts from '#server/store/sqlite/ledger/alerts.ts';
import { appendAudit, listAudit } from '#server/store/sqlite/ledger/audit.ts';
import * as archive from '#server/store/sqlite/ledger/archive.ts';
import { forgetOld } from '#server/store/sqlite/ledger/forget.ts';
import { measureReplays } from '#server/store/sqlite/ledger/measures.ts';
import { listOutcomes } from '#server/store/sqlite/ledger/item-moves.ts';
import * as pages from '#server/store/sqlite/ledger/item-pages.ts';
import { intend, recordItems } from '#server/store/sqlite/ledger/items.ts';
import * as redirects from '#server/store/sqlite/ledger/redirects.ts';
import * as replays from '#server/store/sqlite/ledger/replays.ts';
import * as requests from '#server/store/sqlite/ledger/requests.ts';
import * as returns from '#server/store/sqlite/ledger/returns.ts';
import { listUnfinishedOn } from '#server/store/sqlite/ledger/unfinished.ts';
import * as triage from '#server/store/sqlite/ledger/triage.ts';
import * as views from '#server/store/sqlite/ledger/views.ts';
import type { Ledger } from '#server/store/store.ts';

/** `intend` and `recordItems` by `alike-items.ts`, for whom it is worth to hand over less. */
export interface SqliteLedger extends Ledger {
  intendAlike(alike: readonly AlikeIntents[], at: number): Promise<void>;
  recordAlike(alike: readonly AlikeItems[], at: number): Promise<void>;
}

/** Every method is `async` only by contract: it runs to its end, fsync included, in one go, and what it throws rejects its promise. */
export function createLedger(db: Database, newId: () => string): SqliteLedger {
  return {
    submitRequest: async (request, by, at) => requests.submitRequest(db, newId(), request, by, at),
    claimRequest: async (worker, now, leaseMs) => requests.claimRequest(db, worker, now, leaseMs),
    renewRequest: async (id, worker, now, leaseMs) => requests.renewRequest(db, id, worker, now, leaseMs),
    answerRequest: async (id, answer, at) => requests.answerRequest(db, id, answer, at),
    getRequest: async (id) => requests.getRequest(db, id),
    beginPlan: async (plan) => replays.beginPlan(db, plan),
    addPlanItems: async (replayId, newItems) => replays.addPlanItems(db, replayId, newItems),
    finishPlan: async (replayId, finished) => replays.finishPlan(db, replayId, finished),
    confirmReplay: async (replayId, hash, by, at) => replays.confirmReplay(db, replayId, hash, by, at),
    listReplays: async (query) => db.snapshot(() => replays.listReplays(db, query)),
    getReplay: async (idOrNumber) => db.snapshot(() => replays.getReplay(db, idOrNumber)),
    listActiveReplays: async () => db.snapshot(() => replays.listActiveReplays(db)),
    leaseReplay: async (replayId, worker, now, leaseMs) => replays.leaseReplay(db, replayId, worker, now, leaseMs),
    setReplayState: async (replayId, change) => replays.setReplayState(db, replayId, change),
    listItems: async (replayId, query) => pages.listItems(db, replayId, query),
    findItems: async (replayId, itemIds) => pages.findItems(db, replayId, itemIds),
    intend: async (wanted, at) => intend(db, wanted, at),
    intendAlike: async (alike, at) => intend(db, toIntents(alike), at),
    recordItems: async (changes, at) => recordItems(db, changes, at),
    recordAlike: async (alike, at) => recordItems(db, toChanges(alike), at),
    findOvertaken: async (replayId, messageIds, since) => pages.findOvertaken(db, replayId, messageIds, since),
    recordReturns: async (records) => returns.recordReturns(db, records),
    isWatched: async (queueId, now) => returns.isWatched(db, queueId, now),
    findSigned: async (queueId, signs, now) => returns.findSigned(db, queueId, signs, now),
    findReturnedAs: async (messageIds) => returns.findReturnedAs(db, messageIds),
    listReplaysWithUnknown: async () => returns.listReplaysWithUnknown(db),
    listUnfinishedOn: async (queueId) => db.snapshot(() => listUnfinishedOn(db, queueId)),
    decideUnknown: async (replayId, itemIds, decision) => returns.decideUnknown(db, replayId, itemIds, decision),
    listOutcomes: async (replayId) => listOutcomes(db, replayId),
    listItemsOfMessages: async (messageIds) => pages.listItemsOfMessages(db, messageIds),
    lastReplays: async () => db.snapshot(() => replays.lastReplays(db)),
    measureReplays: async () => measureReplays(db),
    forgetOld: async (before) => forgetOld(db, before),
    archive: async (entries, at) => archive.archive(db, entries, at),
    listArchived: async (query) => archive.listArchived(db, query),
    readArchived: async (itemIds) => archive.readArchived(db, itemIds),
    markRestored: async (itemIds, at) => archive.markRestored(db, itemIds, at),
    countRestoredOf: async (discardId) => archive.countRestoredOf(db, discardId),
    linkRestored: async (links) => archive.linkRestored(db, links),
    forgetArchived: async (before) => archive.forgetArchived(db, before),
    appendAudit: async (entry) => appendAudit(db, entry),
    listAudit: async (query) => listAudit(db, query),
    listTriage: async () => triage.listTriage(db),
    changeGroup: async (fingerprint, change, by, at) => triage.changeGroup(db, newId, fingerprint, change, by, at),
    listNotes: async (fingerprints) => triage.listNotes(db, fingerprints),
    listSplits: async () => triage.listSplits(db),
    listViews: async () => views.listViews(db),
    saveView: async (view) => views.saveView(db, newId(), view),
    changeView: async (id, change, at) => views.changeView(db, id, change, at),
    deleteView: async (id) => views.deleteView(db, id),
    listRedirects: async () => redirects.listRedirects(db),
    saveRedirect: async (rule) => redirects.saveRedirect(db, newId(), rule),
    deleteRedirect: async (id) => redirects.deleteRedirect(db, id),
    listStandingAlerts: async () => alerts.listStandingAlerts(db),
    listResolvedAlerts: async (limit) => alerts.listResolvedAlerts(db, limit),
    saveRound: async (result) => alerts.saveRound(db, result),
    listWaitingNotifications: async (limitEach) => alerts.listWaitingNotifications(db, limitEach),
    recordAttempt: async (id, attempt, report) => alerts.recordAttempt(db, id, attempt, report),
    listUnheard: async (receiver) => alerts.listUnheard(db, receiver),
    tellAgain: async (ids, at) => alerts.tellAgain(db, ids, at),
    listReceiverReports: async () => alerts.listReceiverReports(db),
    saveReceiverReport: async (report) => alerts.saveReceiverReport(db, report),
    listMutes: async (now) => alerts.listMutes(db, now),
    saveMute: async (mute) => alerts.saveMute(db, newId(), mute),
    deleteMute: async (id) => alerts.deleteMute(db, id),
    forgetAlerts: async (before) => alerts.forgetAlerts(db, before),
  };
}
