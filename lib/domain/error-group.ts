import type { MessageOrder } from '#lib/domain/message-order.ts';
import type { Fingerprint } from '#lib/fingerprint/fingerprint.ts';

/**
 * `new`: its first dead letter is less than a day old. `escalating`: far more in the last hour than usual. `regressed`: resolved, and a dead letter
 * came afterwards. `ignored`: by a person, until an instant or for good. `resolved`: by a person, and nothing came since. `ongoing`: everything else.
 */
export const groupStates = ['new', 'escalating', 'regressed', 'ongoing', 'ignored', 'resolved'] as const;
export type GroupState = (typeof groupStates)[number];

/** What people decided about a group: the only part of it that cannot be counted again from the messages. */
export interface GroupTriage {
  readonly fingerprint: string;
  readonly decision: GroupDecision;
  readonly owner: string | null;
  /** The group that a person merged it into; `null` where it stands for itself. Never a chain: that group is merged into none. */
  readonly mergedInto: string | null;
  /** How many there are. */
  readonly notes: number;
  readonly changedAt: number;
  readonly changedBy: string;
}

export type GroupDecision =
  | { readonly kind: 'open' }
  | { readonly kind: 'resolved'; readonly at: number }
  /** `until: null` is for good. */
  | { readonly kind: 'ignored'; readonly until: number | null };

/** A person says that one fingerprint is several problems, one for each queue or event type. */
export interface GroupSplit {
  readonly fingerprint: string;
  readonly by: 'queue' | 'type';
}

/** What a part of a split group is. */
export interface SplitFrom extends GroupSplit {
  /** The queue or event type, for people. */
  readonly value: string;
}

export interface GroupNote {
  readonly id: string;
  readonly fingerprint: string;
  readonly at: number;
  readonly by: string;
  readonly text: string;
}

/** A group as it is made by its dead letters. */
export interface GroupFacts {
  readonly fingerprint: string;
  readonly description: Omit<Fingerprint, 'id'>;
  /** As the first letter had them. */
  readonly errorClass: string | null;
  readonly errorMessage: string | null;
  readonly reason: string | null;
  /** The group that it was split off, and by what; `null` for a group that its fingerprint alone makes. */
  readonly splitFrom: SplitFrom | null;
}

/** What is drawn of what a filter meets: the dead letters, or the groups that they are. With its order. */
export type ViewPage =
  | { readonly kind: 'messages'; readonly order: MessageOrder }
  | {
      readonly kind: 'groups';
      readonly sort: 'count' | 'last' | 'first' | 'trend';
      readonly states: readonly GroupState[];
    };

/** A filter, range and place that people come back to, under a name. */
export interface SavedView {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly createdAt: number;
  readonly changedAt: number;
  /** `null`: over all queues. */
  readonly queueId: string | null;
  readonly page: ViewPage;
  readonly filter: string;
  /** A running range of the picker, as `24h`; or fixed instants; `null` is all time. */
  readonly range: string | { readonly from: number; readonly to: number } | null;
}
