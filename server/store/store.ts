import type { DeadLetter, DeadLetterDetail, DeadLetterState, HistoryEvent } from '#lib/domain/dead-letter.ts';
import type { DecodedBody } from '#lib/payload/decoded-body.ts';
import type { ErrorRecord } from '#lib/domain/errors.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import type { Connection, Queue, ReaderState } from '#lib/domain/queue.ts';
import type {
  ItemState,
  Replay,
  ReplayAction,
  ReplayItem,
  ReplayOptions,
  ReplayPlan,
  ReplayState,
} from '#lib/domain/replay.ts';
import type { RedirectRule } from '#lib/replay/destination.ts';
import type { GroupTriage } from '#lib/domain/error-group.ts';
import type { GroupFingerprint } from '#lib/groups/split-group.ts';
import type { AlertLedger } from '#server/store/alert-ledger.ts';
import type { EngineRequest, RequestAnswer } from '#server/store/engine-request.ts';
import type { ArchiveLedger } from '#server/store/archive-ledger.ts';
import type { GroupLedger } from '#server/store/group-ledger.ts';
import type { ReturnLedger } from '#server/store/return-ledger.ts';
import type { Outcomes } from '#lib/replay/pace.ts';
import type { ReturnSigns } from '#lib/replay/returns.ts';
import type { GroupIndex } from '#server/store/group-store.ts';
import type { MeasureIndex, MeasureLedger } from '#server/store/measure-store.ts';
import type { Effort, MessageQuery } from '#server/store/message-query.ts';
import type { PlanningIndex } from '#server/store/planning-store.ts';
import type { UnsearchedIndex } from '#server/store/unsearched-store.ts';
import type { ValueIndex } from '#server/store/value-store.ts';
import type { WatchStore } from '#server/store/watch-store.ts';

/**
 * The only seam between the web and the engine. Every argument and result is plain data (structured clone), so that a store can
 * live in another thread: `sqlite/remote-store.ts` is the same contract over a message port. Every method may be called
 * concurrently, throws `AppError` only, and a write is durable as its section says when its promise settles. Times are epoch milliseconds.
 * The clauses are proven by `testing/conformance.ts` on each implementation.
 */
export interface Store {
  readonly index: MessageIndex;
  readonly ledger: Ledger;
  readonly watch: WatchStore;
  /** A number that rises with every commit of anyone to index or ledger; settles when it is above `seen`, or after `timeoutMs` with what it is then. */
  waitForChange(seen: number, timeoutMs: number): Promise<number>;
  close(): Promise<void>;
}

/** What we know of dead letters. May lose its last moments in a power cut, never its consistency: the broker still has the messages. */
export interface MessageIndex extends GroupIndex, ValueIndex, UnsearchedIndex, PlanningIndex, MeasureIndex {
  saveConnections(connections: readonly Connection[]): Promise<void>;
  listConnections(): Promise<readonly Connection[]>;

  /** Upserts what discovery found on a connection; queues of that connection that are not among them become `missing`, their messages stay. Depth, reader and sync state of known ones are kept. */
  saveQueues(connection: string, queues: readonly DiscoveredQueueRecord[]): Promise<void>;
  saveQueueStatus(queueId: string, status: QueueStatus): Promise<void>;
  listQueues(): Promise<readonly Queue[]>;
  /** `not_found` where it was never discovered. */
  getQueue(queueId: string): Promise<Queue>;
  getSyncState(queueId: string): Promise<SyncState>;

  /**
   * Writes a batch and, in the same transaction, where the reader stands. Idempotent by message id: a letter that is known is not changed,
   * except that it is marked as seen in this scan and, when it was `gone`, is what it was before again. Answers which ids were new.
   */
  ingest(batch: IngestBatch): Promise<{ readonly inserted: readonly string[] }>;
  /** Marks as gone what a complete scan did not meet, or what a log has dropped. Leaves `replayed` and `discarded` as they are. Answers how many. */
  markGone(queueId: string, which: GoneRule, at: number): Promise<number>;
  setStates(changes: readonly StateChange[]): Promise<void>;
  /** How often messages came back; a count never falls, and unknown ids are left out. */
  noteReturns(counts: readonly { readonly messageId: string; readonly returns: number }[]): Promise<void>;

  /**
   * Newest first by `at`, then by arrival. Keyset paging: a cursor stays true while messages arrive. `invalid_request` for a cursor that is not ours.
   * No question holds up the others: where the effort is spent before the page is full, the page says how far it looked, and its cursor goes on there.
   */
  listMessages(query: MessageQuery): Promise<MessagePage>;
  /**
   * What a replay of a whole filter sends, in the order in which it is sent: queue by queue, lane by lane, by its number where the broker gives one; the others
   * by time. Meets every message once that matched when the walk came by, also while messages arrive. The cursor is for the next call alone.
   */
  listInOrderOfSending(selection: FrozenSelection, cursor: string | null, limit: number): Promise<MessagePage>;
  /** Exact up to `cap`, then `{ count: cap, capped: true }`. `capped` is also said of what was counted until the effort was spent. */
  countMessages(
    query: Pick<MessageQuery, 'filter' | 'range' | 'effort'>,
    cap: number,
  ): Promise<{ readonly count: number; readonly capped: boolean }>;
  /** In the order of the ids; unknown ones are left out. */
  getMessages(ids: readonly string[]): Promise<readonly DeadLetter[]>;
  /** `not_found` where it was never indexed. History holds what the index knows; the ledger's part is added by `queries/`. */
  getMessage(id: string): Promise<DeadLetterDetail>;
  /** One row a queue, for the overview. */
  summariseQueues(now: number, triage?: readonly GroupTriage[]): Promise<readonly QueueSummary[]>;
}

export type DiscoveredQueueRecord = Pick<Queue, 'name' | 'kind' | 'foundBy' | 'origins' | 'capabilities'>;

export interface QueueStatus {
  readonly depth?: Queue['depth'];
  readonly heldByOthers?: number | null;
  readonly capabilities?: Queue['capabilities'];
  readonly retention?: Queue['retention'];
  readonly reader?: ReaderState;
  readonly knownBackTo?: number | null;
  readonly syncedAt?: number;
}

export interface SyncState {
  readonly cursor: string | null;
  /** The driver's mark when the last scan ended; `null` before the first. */
  readonly changeMark: string | null;
}

export interface IngestBatch {
  readonly queueId: string;
  readonly letters: readonly {
    readonly letter: Omit<DeadLetter, 'queueId'>;
    readonly raw: RawDeadLetter;
    /** What `letter.fingerprint` names. Where a class has far too many groups, the store counts the letter in one that stands for the further ones. */
    readonly group: GroupFingerprint;
    /** What a filter looks into besides the body, where there is more. */
    readonly decoded?: DecodedBody | undefined;
  }[];
  /** Absent: stays as it is. */
  readonly cursor?: string | null;
  /** Where the reader stood before this batch: `conflict`, and nothing is written, where it stands elsewhere. So batches may follow each other before the first is confirmed. */
  readonly after?: string | null;
  readonly changeMark?: string;
  /** Names the scan that met them; a later `markGone` refers to it. */
  readonly scan: string;
}

export type GoneRule =
  | { readonly kind: 'not-seen-in'; readonly scan: string }
  | { readonly kind: 'before'; readonly lane: string; readonly sequence: string };

export interface StateChange {
  readonly messageId: string;
  readonly state: DeadLetterState;
  readonly at: number;
  readonly replayId: string | null;
}

/** A filter as it was at an instant: what arrived later is not in it. */
export interface FrozenSelection extends Pick<MessageQuery, 'filter' | 'range'> {
  readonly arrivedBy: number;
}

export interface MessagePage {
  readonly messages: readonly DeadLetter[];
  /** `null` at the end. */
  readonly nextCursor: string | null;
  /** Where the effort was spent first: in the order of the list, everything up to `searchedTo` was looked at, `examined` messages for this page. */
  readonly incomplete: { readonly searchedTo: number; readonly examined: number } | null;
}

export interface QueueSummary {
  readonly queueId: string;
  /** Indexed and not gone, replayed or discarded. */
  readonly open: number;
  readonly indexed: number;
  readonly byState: Readonly<Partial<Record<DeadLetterState, number>>>;
  readonly newInDay: number;
  /** 24 counts, oldest hour first, ending now. */
  readonly hourly: readonly number[];
  readonly oldestAt: number | null;
  readonly newestAt: number | null;
  /**
   * Of the open messages, for `soonestExpiry`: the earliest time from which the broker counts how long it keeps one, and the earliest end of a time to live of
   * their own. The first is `null` where that of the oldest message is not known, unless the broker tells it of another one.
   */
  readonly keptFrom: number | null;
  readonly endsAt: number | null;
  /** The group with most open messages in this queue, merged ones as one where `triage` is given. */
  readonly topGroup: { readonly fingerprint: string; readonly title: string; readonly count: number } | null;
  /** How it fails, as the first letter of that group had it. */
  readonly topError: {
    readonly errorClass: string | null;
    readonly errorMessage: string | null;
    readonly count: number;
  } | null;
}

/** What people asked for and what became of it. Every write is on disk (fsync) when its promise settles. */
export interface Ledger extends GroupLedger, ArchiveLedger, ReturnLedger, AlertLedger, MeasureLedger {
  /** Requests are how the web asks the engine. A waiting `sync` for the same queue is answered with that one's id instead of a second. */
  submitRequest(request: EngineRequest, by: string, at: number): Promise<string>;
  /**
   * Takes the oldest waiting request, or one whose lease ran out; `null` when there is none. What was taken three times without an answer is answered as
   * `interrupted` instead.
   */
  claimRequest(
    worker: string,
    now: number,
    leaseMs: number,
  ): Promise<{ readonly id: string; readonly request: EngineRequest; readonly by: string } | null>;
  /** False when another worker has it by now. */
  renewRequest(id: string, worker: string, now: number, leaseMs: number): Promise<boolean>;
  answerRequest(id: string, answer: RequestAnswer, at: number): Promise<void>;
  /** `not_found` for an unknown id. */
  getRequest(
    id: string,
  ): Promise<{ readonly state: 'waiting' | 'claimed' | 'answered'; readonly answer: RequestAnswer | null }>;

  /**
   * A plan is a replay that waits for its operator. It is written in pieces, because it may have a million items; nobody sees it before it is finished,
   * and one that never is finished is forgotten like a plan that nobody confirmed. `conflict` for an id that is taken.
   */
  beginPlan(plan: NewPlan): Promise<void>;
  /** With rising ordinals; refused ones come as `skipped` with their reason. `not_found` where no plan of that id is being written. */
  addPlanItems(replayId: string, items: readonly NewItem[]): Promise<void>;
  /** From then on it is a replay in state `planned`. */
  finishPlan(replayId: string, finished: FinishedPlan): Promise<Replay>;
  /** `planned → queued` when the hash is the plan's; else `stale_plan`, or `conflict` when it is past that. */
  confirmReplay(replayId: string, hash: string, by: string, at: number): Promise<Replay>;
  /** Newest first, without plans that nobody confirmed unless asked for. */
  listReplays(query: {
    readonly limit: number;
    readonly before: number | null;
    readonly withPlans: boolean;
  }): Promise<readonly Replay[]>;
  /** By id or by number as text. `not_found`. */
  getReplay(idOrNumber: string): Promise<Replay>;
  /** Replays that the engine must work on: queued, sending, watching, and in any later state those with items that are `intended` or `sent`. */
  listActiveReplays(): Promise<readonly Replay[]>;
  /** One worker at a time; false when another one has it. The same worker renews. */
  leaseReplay(replayId: string, worker: string, now: number, leaseMs: number): Promise<boolean>;
  /** Only along the allowed ways (see `replay-transitions.ts`), else `conflict`. */
  setReplayState(replayId: string, change: ReplayStateChange): Promise<Replay>;

  listItems(
    replayId: string,
    query: {
      readonly states?: readonly ItemState[];
      readonly after: number | null;
      readonly limit: number;
      readonly returnedOnly?: boolean;
      readonly queueId?: string;
      readonly notReturned?: boolean;
      /** Those that were settled at that instant or after it. */
      readonly settledFrom?: number;
      /** From the last of the replay to its first; not together with `after`. */
      readonly newestFirst?: boolean;
    },
  ): Promise<readonly ReplayItem[]>;
  /** Those of these items that this replay has, in any order. */
  findItems(replayId: string, itemIds: readonly string[]): Promise<readonly ReplayItem[]>;
  /** `intended`, before a send. Only from `planned`. */
  intend(items: readonly ItemIntent[], at: number): Promise<void>;
  /** Outcomes after a send, and `settled` after a removal; only forward, else `conflict` and nothing of the batch is written. */
  recordItems(changes: readonly ItemChange[], at: number): Promise<void>;
  /** Those of these messages that another replay has begun to send at that instant or after it, or of which it was proven or decided only then that they were sent. */
  findOvertaken(replayId: string, messageIds: readonly string[], since: number): Promise<readonly string[]>;
  /** How many of a replay's items were sent, failed or became unknown in each second of the minute before the last one: the oldest first, without seconds of none. */
  listOutcomes(replayId: string): Promise<readonly Outcomes[]>;
  /** Replay items of these messages, newest first: has it been replayed before, is it in a replay now. */
  listItemsOfMessages(messageIds: readonly string[]): Promise<
    readonly (ReplayItem & {
      readonly replayNumber: number;
      readonly replayState: ReplayState;
      readonly by: string;
      readonly action: ReplayAction;
    })[]
  >;
  /** The last confirmed replay of each queue, for the overview. */
  lastReplays(): Promise<readonly { readonly queueId: string; readonly replay: Replay }[]>;

  /**
   * Drops plans that were made before this instant and that nobody confirmed, cancelled ones included, and requests that were answered before it.
   * A small batch a call, so that nobody waits long behind it: answers how many went, and is called again until that is 0. What was confirmed
   * stays for ever, and so does the audit.
   */
  forgetOld(before: number): Promise<number>;

  /** In the order in which they are tried: the oldest first. */
  listRedirects(): Promise<readonly RedirectRule[]>;
  /** `conflict` where another rule has the name, whatever its case. */
  saveRedirect(rule: Omit<RedirectRule, 'id'>): Promise<RedirectRule>;
  /** `not_found` where it is gone already. */
  deleteRedirect(id: string): Promise<void>;

  appendAudit(entry: AuditEntry): Promise<void>;
  listAudit(query: {
    readonly limit: number;
    readonly before: number | null;
    /** Absent: of anything. */
    readonly target?: string;
    /** Absent: any; else only what was done, and not what was refused. */
    readonly done?: readonly string[];
  }): Promise<readonly (AuditEntry & { readonly id: number })[]>;
}

export interface NewPlan {
  readonly id: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly options: ReplayOptions;
}

/** What is known of a plan when its last item is written. */
export interface FinishedPlan {
  readonly plan: ReplayPlan;
  readonly sentence: string;
  readonly queueIds: readonly string[];
}

export interface NewItem extends Omit<
  ReplayItem,
  | 'replayId'
  | 'sentPosition'
  | 'watermark'
  | 'intendedAt'
  | 'sentAt'
  | 'settledAt'
  | 'returned'
  | 'fingerprint'
  | 'decision'
> {
  /** By which its return is found that does not say so itself, and its error compared. */
  readonly signs?: ReturnSigns & { readonly fingerprint: string };
}

export interface ReplayStateChange {
  readonly state: ReplayState;
  /** Only from one of these, also where it is in `state` already. */
  readonly from?: readonly ReplayState[];
  readonly at: number;
  readonly watchUntil?: number;
  readonly error?: ErrorRecord;
  /** Written in the same commit. */
  readonly audit?: AuditEntry;
}

export interface ItemIntent {
  readonly itemId: string;
  readonly watermark: string | null;
}

export interface ItemChange {
  readonly itemId: string;
  readonly state: Exclude<ItemState, 'planned' | 'intended'>;
  readonly reason?: ErrorRecord;
  readonly sentPosition?: string | null;
}

export interface AuditEntry {
  readonly at: number;
  readonly actor: string;
  /** `replay.plan`, `replay.confirm`, `replay.pause`, `queue.sync`, `sandbox.mend`… */
  readonly action: string;
  /** Queue id, replay id… */
  readonly target: string;
  readonly reason: string | null;
  /** Address and kind of the caller: `127.0.0.1 console`, `127.0.0.1 script`. */
  readonly from: string;
  readonly result: string;
}

export type { Effort, HistoryEvent, MessageQuery };
