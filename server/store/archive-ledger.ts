import type { RawDeadLetter } from '#lib/domain/message.ts';
import type { ItemState } from '#lib/domain/replay.ts';

/** What people discarded, kept so that it can be put back: the part of the ledger beside the items of a discard. */
export interface ArchiveLedger {
  /**
   * Writes the messages whole and makes their items `sent`, in one transaction: when it settles they are on disk and may be removed from their
   * queue. Only from `planned`, else `conflict`; then nothing of the batch is written.
   */
  archive(entries: readonly ArchiveEntry[], at: number): Promise<void>;
  /** Without contents. Of one discard in its order, a page at a time; or of some messages, the newest discard of each first. */
  listArchived(query: ArchiveQuery): Promise<readonly ArchivedMessage[]>;
  /** The messages as they were; those that are no longer kept are left out, and so are those that a log keeps. */
  readArchived(
    itemIds: readonly string[],
  ): Promise<readonly { readonly itemId: string; readonly restoredAt: number | null; readonly raw: RawDeadLetter }[]>;
  /** They are back. The first time stays; those that are no longer kept are left out. */
  markRestored(itemIds: readonly string[], at: number): Promise<void>;
  /** So many messages of this discard are back, by restores that came after it. Known for ever, also of what is no longer kept. */
  countRestoredOf(discardId: string): Promise<number>;
  /**
   * Links items of restores to the dead letters as which they were met in their queue again; the first stays. That proves an item was sent of which nobody
   * knew, or which was taken for failed, and the archive notes that the message is back. What names no item of a restore that may have been sent is left out:
   * anyone may write the mark. Answers those of them that are the dead letters that were restored.
   */
  linkRestored(links: readonly RestoredLink[]): Promise<readonly MetRestored[]>;
  /**
   * Drops messages that were archived before this instant and are out of their queue; what a log keeps itself costs no room and stays. A small batch a call: answers how many
   * went, and is called again until that is 0. That they were discarded stays in the ledger for ever.
   */
  forgetArchived(before: number): Promise<number>;
}

export interface ArchiveEntry {
  /** Of a discard. */
  readonly itemId: string;
  /** `null` where a log keeps the message, and being discarded is a state alone. */
  readonly raw: RawDeadLetter | null;
  /** See `intent-mark.ts`. */
  readonly mark: string;
}

export interface RestoredLink {
  readonly replayId: string;
  readonly itemId: string;
  readonly messageId: string;
  readonly at: number;
}

/** A dead letter that is a discarded one again. */
export interface MetRestored {
  readonly messageId: string;
  /** The restore. */
  readonly replayId: string;
  /** The dead letter that was discarded. */
  readonly restoredFrom: string;
}

export type ArchiveQuery =
  | { readonly messageIds: readonly string[] }
  | { readonly discardId: string; readonly after: number | null; readonly limit: number };

export interface ArchivedMessage {
  /** The item of the discard. */
  readonly itemId: string;
  readonly discardId: string;
  readonly discardNumber: number;
  /** Who confirmed the discard. */
  readonly by: string;
  readonly ordinal: number;
  readonly messageId: string;
  readonly queueId: string;
  readonly identity: string;
  readonly lane: string;
  /** `sent`: archived and perhaps not removed yet. `settled`: it is out of its queue. */
  readonly state: ItemState;
  readonly archivedAt: number;
  readonly restoredAt: number | null;
  /** `null` where a log keeps the message. */
  readonly sizeBytes: number | null;
}
