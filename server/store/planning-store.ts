import type { RawDeadLetter } from '#lib/domain/message.ts';

/** The part of the index that a plan asks about whole pages of messages, where one question a message would take too long. */
export interface PlanningIndex {
  /** In the order of the ids; unknown ones are left out. The caller bounds the bytes: all of them are in memory together. */
  getContents(ids: readonly string[]): Promise<readonly { readonly id: string; readonly raw: RawDeadLetter }[]>;
  /**
   * Dead letters with a key that come after this number in their lane, in its order; of these keys only, where any are named. Looks at `limit`
   * of the lane and no more: `next` goes on there, and is `null` at the end.
   */
  listKeysBehind(place: LanePlace, keys: readonly string[] | null, limit: number): Promise<KeysBehind>;
  /**
   * Event ids of messages of a queue that a replay has sent, or may have; a slice of `limit` messages at most. `next` goes on, and is `null` at the end.
   */
  listSentEvents(
    queueId: string,
    cursor: string | null,
    limit: number,
  ): Promise<{ readonly eventIds: readonly string[]; readonly next: string | null }>;
}

interface LanePlace {
  readonly queueId: string;
  readonly lane: string;
  /** `null` begins with the first. */
  readonly after: string | null;
  /** The last that is looked at; `null` goes to the end. */
  readonly upTo: string | null;
}

export interface KeysBehind {
  readonly letters: readonly {
    readonly id: string;
    readonly keyDigest: string;
    /** Still there and still to be dealt with. */
    readonly isOpen: boolean;
  }[];
  readonly next: string | null;
}
