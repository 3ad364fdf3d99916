import type { ErrorRecord } from '#lib/domain/errors.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { Ledger, MessageIndex, Store } from '#server/store/store.ts';
import type { WatchStore } from '#server/store/watch-store.ts';

export interface StoreThreadData {
  readonly folder: string;
  readonly role: 'writer' | 'reader';
}

/** One call over the port: `path` names the method, as `index.listMessages`. */
export interface StoreCall {
  readonly id: number;
  readonly path: string;
  readonly args: readonly unknown[];
}

export type StoreReply =
  | { readonly kind: 'ready' }
  /** The store could not be opened; the thread ends. */
  | { readonly kind: 'refused'; readonly error: ErrorRecord }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly error: ErrorRecord };

export type MethodKind = 'read' | 'write';

/** Every method of the contract; the type makes a forgotten one an error. */
export const indexMethods: Readonly<Record<keyof MessageIndex, MethodKind>> = {
  saveConnections: 'write',
  listConnections: 'read',
  saveQueues: 'write',
  saveQueueStatus: 'write',
  listQueues: 'read',
  getQueue: 'read',
  getSyncState: 'read',
  ingest: 'write',
  markGone: 'write',
  setStates: 'write',
  noteReturns: 'write',
  listMessages: 'read',
  listInOrderOfSending: 'read',
  countMessages: 'read',
  countValues: 'read',
  countUnsearched: 'read',
  listDoubtful: 'read',
  listUnsearched: 'read',
  saveDecoded: 'write',
  getMessages: 'read',
  getMessage: 'read',
  getContents: 'read',
  listKeysBehind: 'read',
  listSentEvents: 'read',
  summariseQueues: 'read',
  measureQueues: 'read',
  countArrivals: 'read',
  countRestored: 'read',
  listMetBy: 'read',
  listGroups: 'read',
  getGroup: 'read',
  listGroupParts: 'read',
  readTimeline: 'read',
  readFacets: 'read',
  listSplitOff: 'read',
  regroup: 'write',
};

export const ledgerMethods: Readonly<Record<keyof Ledger, MethodKind>> = {
  submitRequest: 'write',
  claimRequest: 'write',
  renewRequest: 'write',
  answerRequest: 'write',
  getRequest: 'read',
  beginPlan: 'write',
  addPlanItems: 'write',
  finishPlan: 'write',
  confirmReplay: 'write',
  listReplays: 'read',
  getReplay: 'read',
  listActiveReplays: 'read',
  leaseReplay: 'write',
  setReplayState: 'write',
  listItems: 'read',
  findItems: 'read',
  intend: 'write',
  recordItems: 'write',
  findOvertaken: 'read',
  listOutcomes: 'read',
  recordReturns: 'write',
  isWatched: 'read',
  findSigned: 'read',
  findReturnedAs: 'read',
  listReplaysWithUnknown: 'read',
  listUnfinishedOn: 'read',
  decideUnknown: 'write',
  listItemsOfMessages: 'read',
  lastReplays: 'read',
  measureReplays: 'read',
  forgetOld: 'write',
  archive: 'write',
  listArchived: 'read',
  readArchived: 'read',
  markRestored: 'write',
  countRestoredOf: 'read',
  linkRestored: 'write',
  forgetArchived: 'write',
  appendAudit: 'write',
  listAudit: 'read',
  listTriage: 'read',
  changeGroup: 'write',
  listNotes: 'read',
  listSplits: 'read',
  listViews: 'read',
  saveView: 'write',
  changeView: 'write',
  deleteView: 'write',
  listRedirects: 'read',
  saveRedirect: 'write',
  deleteRedirect: 'write',
  listStandingAlerts: 'read',
  listResolvedAlerts: 'read',
  saveRound: 'write',
  listWaitingNotifications: 'read',
  recordAttempt: 'write',
  listUnheard: 'read',
  tellAgain: 'write',
  listReceiverReports: 'read',
  saveReceiverReport: 'write',
  listMutes: 'read',
  saveMute: 'write',
  deleteMute: 'write',
  forgetAlerts: 'write',
};

export const watchMethods: Readonly<Record<keyof WatchStore, MethodKind>> = {
  saveLag: 'write',
  saveLagFailure: 'write',
  keepLagOf: 'write',
  latestLag: 'read',
  lagTrend: 'read',
  addCounts: 'write',
  readCounts: 'read',
  saveRecord: 'write',
  getRecord: 'read',
};

/** The method that a path names, on a store in this thread. */
export function storeMethods(store: Store, path: string): (...args: readonly unknown[]) => unknown {
  const [section = '', name = ''] = path.split('.');
  const sections: Readonly<Record<string, object>> = { index: store.index, ledger: store.ledger, watch: store.watch };
  const owner = sections[section] ?? store;
  const method: unknown = Reflect.get(owner, path.includes('.') ? name : section);
  if (typeof method !== 'function') throw new AppError('internal', `The store has no method ${path}.`);
  return (...args) => Reflect.apply(method, owner, args);
}
