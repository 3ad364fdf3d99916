import type { RawDeadLetter } from '#lib/domain/message.ts';
import type { Filter } from '#lib/filter/filter.ts';
import type { DecodedBody } from '#lib/payload/decoded-body.ts';
import type { MessageQuery } from '#server/store/message-query.ts';

/** The part of the index that knows of which payloads a filter has not seen all: a schema was not to be had, they were beyond a limit, or damaged. */
export interface UnsearchedIndex {
  /**
   * Of how many dead letters within the range nobody can tell whether the filter meets them, because it hangs on such a payload. 0 for a filter that asks for
   * no payload. `capped` means "at least".
   */
  countUnsearched(query: Pick<MessageQuery, 'filter' | 'range'>): Promise<UnsearchedCount>;
  /**
   * Which of these messages, all of which the filter meets, it may meet only because nobody could look into all of their payload: what it leaves out may be
   * in them. Exact, unlike `countUnsearched`; nobody for a filter that leaves nothing out by payload. In no order.
   */
  listDoubtful(filter: Filter, messageIds: readonly string[]): Promise<readonly string[]>;
  /** Those whose schema may be there by now, and those for which there was not the time and that were not tried three times since; newest first. `next` is for the call after this one; `null` at the end. */
  listUnsearched(before: number | null, limit: number): Promise<UnsearchedPage>;
  /** What was decoded after all: from then on a filter looks into it. One for which there was not the time once more is counted as tried. */
  saveDecoded(letters: readonly { readonly messageId: string; readonly decoded: DecodedBody }[]): Promise<void>;
}

export interface UnsearchedCount {
  readonly count: number;
  readonly capped: boolean;
}

export interface UnsearchedPage {
  readonly letters: readonly { readonly id: string; readonly queueId: string; readonly raw: RawDeadLetter }[];
  readonly next: number | null;
}
