import type { ReturnSigns } from '#lib/replay/returns.ts';
import type { ItemReturn, ItemDecision, ReturnSign } from '#lib/domain/item-return.ts';
import type { ReplayItem, ReplayState } from '#lib/domain/replay.ts';

/** The part of the ledger that knows what came back, and what people decided where nobody knows whether a message was sent. */
export interface ReturnLedger {
  /**
   * Links items to the dead letters that they came back as; the first return stays. A return by its headers or its position proves that an item was sent
   * whose outcome was unknown or was decided otherwise. Answers the items that were found, each in the order of the records.
   */
  recordReturns(returns: readonly ReturnRecord[]): Promise<readonly ReplayItem[]>;
  /** Whether a replay of messages of this queue is under way or watched, or ended early less than `returnWindowMs` ago. Cheap: it is asked for each batch that arrives. */
  isWatched(queueId: string, now: number): Promise<boolean>;
  /** Items of such replays that have one of these signs, were sent in the window and are not known to have come back; at most `candidatesMax` a sign more than it was asked for, those first that were sent first. */
  findSigned(
    queueId: string,
    signs: readonly ReturnSigns[],
    now: number,
  ): Promise<readonly (ReplayItem & { readonly by: 'event-id' | 'content'; readonly sign: string })[]>;
  /** Items that came back as one of these dead letters; what was restored is no return. */
  findReturnedAs(messageIds: readonly string[]): Promise<readonly ReplayItem[]>;
  /** Confirmed replays, not planned or sending, of which some items are unknown. */
  listReplaysWithUnknown(): Promise<readonly string[]>;
  /**
   * Replays, discards and restores for which messages of this queue are not done: those that are queued, sending or paused, with items that may still be
   * sent; and any with items that are intended, sent and not removed yet, or unknown. Oldest first.
   */
  listUnfinishedOn(queueId: string): Promise<readonly UnfinishedReplay[]>;
  /**
   * What a person decided: `sent` becomes sent, `not-sent` becomes failed. Items that are no longer unknown stay as they are. Answers those that were decided,
   * as they are now.
   */
  decideUnknown(replayId: string, itemIds: readonly string[], decision: ItemDecision): Promise<readonly ReplayItem[]>;
}

export interface UnfinishedReplay {
  readonly number: number;
  readonly state: ReplayState;
  /** Of this queue nothing but items of which nobody knows is left. */
  readonly onlyUnknown: boolean;
}

export interface ReturnRecord extends Omit<ItemReturn, 'count'> {
  readonly replayId: string;
  readonly itemId: string;
  readonly by: ReturnSign;
  /** As its own headers say, how often it was replayed; 0 where they do not. */
  readonly countSaid: number;
}

/** Equal messages are many at times. */
export const candidatesMax = 20;
