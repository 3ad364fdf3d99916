import type { DeadLetterState } from '#lib/domain/dead-letter.ts';
import type { GroupFacts, GroupSplit, GroupState, GroupTriage, SplitFrom } from '#lib/domain/error-group.ts';
import type { MessageQuery } from '#server/store/message-query.ts';

/**
 * The part of the index that counts by group. What people decided about groups stands in the ledger and is handed in: `triage` makes merged
 * groups one, and gives each its state. Counts are exact for what was looked at, whatever was merged, split, marked as gone or met again.
 */
export interface GroupIndex {
  /** Groups with a dead letter within filter and range that are in one of the states. */
  listGroups(query: GroupQuery): Promise<GroupList>;
  /** One group, whatever the range; that of a merged fingerprint alone. `not_found` where it was never met. */
  getGroup(fingerprint: string, triage: readonly GroupTriage[], now: number): Promise<GroupDetails>;
  /** Of these fingerprints those that were ever met, in any order; counted each for itself. */
  listGroupParts(fingerprints: readonly string[]): Promise<readonly GroupPart[]>;
  /** What was split off one of these groups, and what of these was split off. */
  listSplitOff(
    fingerprints: readonly string[],
  ): Promise<readonly { readonly fingerprint: string; readonly splitFrom: SplitFrom }[]>;
  /**
   * Moves messages to where these splits want them: out of groups that are split, and back out of parts whose split is no more. At most `limit` of one
   * group in one transaction; answers how many, and is called again until that is 0.
   */
  regroup(splits: readonly GroupSplit[], limit: number): Promise<number>;
  /** Dead letters by `at`, stacked by group. */
  readTimeline(query: TimelineQuery): Promise<Timeline>;
  /** Which values fields have among the matches; in the order of the fields. */
  readFacets(query: FacetQuery): Promise<readonly Facet[]>;
}

/** `effort` is for what has to be asked of single messages: default 50,000 messages and 150 ms. */
export type CountQuery = Pick<MessageQuery, 'filter' | 'range' | 'effort'>;

export interface GroupQuery extends CountQuery {
  readonly now: number;
  readonly triage: readonly GroupTriage[];
  readonly states: readonly GroupState[];
  /** `trend`: how far the last quarter of the trend is above the mean of those before it. */
  readonly sort: 'count' | 'last' | 'first' | 'trend';
  readonly limit: number;
}

export interface GroupList {
  readonly groups: readonly GroupEntry[];
  /** Groups that filter and range meet, whatever state was asked for and whatever the limit. */
  readonly byState: Readonly<Partial<Record<GroupState, number>>>;
  /** Dead letters that filter and range meet. */
  readonly count: number;
  /** Dead letters older than this were not looked at; `null` where all were. */
  readonly searchedTo: number | null;
  /** What every `trend` covers: the range, or the last day of it where it is open. */
  readonly trendFrom: number;
  readonly trendTo: number;
  /** `all-time`: within the range there are too many messages to count each group by queue. */
  readonly queueCounts: 'matching' | 'all-time';
}

export interface GroupEntry extends GroupFacts {
  readonly state: GroupState;
  readonly regressedAt: number | null;
  /** Within filter and range; so are `queues` and `trend`. */
  readonly count: number;
  /** Of the whole group, whatever filter and range; so are `firstAt` and `lastAt`. */
  readonly open: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** How many fingerprints are in it. */
  readonly members: number;
  /** Most first. */
  readonly queues: readonly { readonly queueId: string; readonly count: number }[];
  /** 24 counts, oldest first. */
  readonly trend: readonly number[];
}

export interface GroupDetails extends GroupEntry {
  readonly trendFrom: number;
  readonly trendTo: number;
  readonly byState: Readonly<Partial<Record<DeadLetterState, number>>>;
  /** What a person has split it into, as far as the messages have been moved; most frequent first. */
  readonly splitInto: readonly GroupPart[];
  /** The fingerprints that are merged into it, most frequent first, itself not among them. */
  readonly mergedMembers: readonly GroupPart[];
  /** Keys of its newest messages, most frequent first. */
  readonly keys: readonly { readonly value: string; readonly count: number }[];
  readonly keyCount: KeyCount;
  readonly newestMessageId: string | null;
  readonly oldestMessageId: string | null;
  /** Of its messages that replays of ours have touched, the newest. */
  readonly touchedMessageIds: readonly string[];
  /** Replays that messages of it came back from, among its newest. */
  readonly returnedFrom: readonly string[];
}

/** How many keys a group's messages have. */
export interface KeyCount {
  /** Of keys that are not masked. */
  readonly distinct: number;
  /** Messages with a masked key: the index has no digest of it, so which of them have the same is not known. */
  readonly masked: number;
  /** Only so many of its newest messages were looked at; `null` where all were. */
  readonly among: number | null;
}

export interface GroupPart {
  readonly fingerprint: string;
  readonly title: string;
  readonly count: number;
}

export interface TimelineQuery extends CountQuery {
  readonly now: number;
  readonly triage: readonly GroupTriage[];
  readonly buckets: number;
  /** So many groups have a series of their own, the most frequent first. */
  readonly groups: number;
}

export interface Timeline {
  readonly from: number;
  readonly to: number;
  readonly bucketMs: number;
  readonly series: readonly {
    readonly fingerprint: string;
    readonly title: string;
    readonly counts: readonly number[];
  }[];
  readonly other: { readonly groups: number; readonly counts: readonly number[] };
  /** All matches, also those outside. */
  readonly count: number;
  /** Matches before `from` or after `to`: where no range is given, clocks far off do not stretch it. */
  readonly outside: number;
  readonly searchedTo: number | null;
}

export type FacetField = 'queue' | 'class' | 'type' | 'state' | 'key' | 'origin';

export interface FacetQuery extends CountQuery {
  readonly fields: readonly FacetField[];
  /** So many values of each. */
  readonly limit: number;
}

export interface Facet {
  readonly field: FacetField;
  /** Most frequent first. */
  readonly values: readonly { readonly value: string; readonly count: number }[];
  /** Counted among so many of the newest matches; `null` where all were counted. */
  readonly among: number | null;
}
