import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { Selection } from '#lib/domain/replay.ts';
import type { Store } from '#server/store/store.ts';

export interface SelectedPage {
  /** In order of sending, also from page to page. */
  readonly letters: readonly DeadLetter[];
  /** Ids that were picked and are not in the index. */
  readonly missing: readonly string[];
}

const pageSize = 1_000;

/** What a selection holds, a page at a time. */
export async function* selectedPages(
  store: Store,
  selection: Selection,
): AsyncGenerator<SelectedPage, void, undefined> {
  switch (selection.kind) {
    case 'messages': {
      const ids = [...new Set(selection.messageIds)];
      const letters = (await store.index.getMessages(ids)).toSorted(inOrderOfSending);
      const known = new Set(letters.map((letter) => letter.id));
      const missing = ids.filter((id) => !known.has(id));
      for (let start = 0; start === 0 || start < letters.length; start += pageSize)
        yield { letters: letters.slice(start, start + pageSize), missing: start === 0 ? missing : [] };
      return;
    }
    case 'filter': {
      const { filter, range, asOf } = selection;
      const excluded = new Set(selection.excluded);
      let cursor: string | null = null;
      do {
        const page = await store.index.listInOrderOfSending({ filter, range, arrivedBy: asOf }, cursor, pageSize);
        yield { letters: page.messages.filter((letter) => !excluded.has(letter.id)), missing: [] };
        cursor = page.nextCursor;
      } while (cursor !== null);
    }
  }
}

/** Queue by queue, lane by lane, oldest first: the order that was lost in the selection, and that a replay keeps. */
function inOrderOfSending(a: DeadLetter, b: DeadLetter): number {
  if (a.queueId !== b.queueId) return a.queueId < b.queueId ? -1 : 1;
  if (a.lane !== b.lane) return a.lane < b.lane ? -1 : 1;
  if (a.sequence !== null && b.sequence !== null) {
    return a.sequence.length - b.sequence.length || (a.sequence < b.sequence ? -1 : a.sequence > b.sequence ? 1 : 0);
  }
  return a.at - b.at;
}
