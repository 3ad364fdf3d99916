import { formatCount } from '#components/ui/numbers.ts';
import type { Tone } from '#components/ui/pill.tsx';
import type { ListedMessage, MessageRow } from '#lib/api/messages.ts';
import type { MessageOrder } from '#lib/domain/message-order.ts';
import type { DeadLetterState } from '#lib/domain/dead-letter.ts';

export const stateTones: Record<DeadLetterState, Tone> = {
  new: 'failing',
  replayed: 'motion',
  returned: 'attention',
  failed: 'failing',
  unknown: 'attention',
  discarded: 'plain',
  gone: 'plain',
};

export const stateMeanings: Record<DeadLetterState, string> = {
  new: 'Nobody has put it back yet',
  replayed: 'Sent back, not seen again so far',
  returned: 'A replayed message that came back',
  failed: 'A replay of it was refused',
  unknown: 'A replay may have sent it: nobody can tell',
  discarded: 'Removed by a person',
  gone: 'The broker no longer holds it',
};

/** The state as a row shows it. One that came back stays what it was, replayed, but nobody should think that it stayed gone. */
export function stateMark(row: Pick<ListedMessage, 'state' | 'cameBackAs' | 'returns' | 'quarantined'>): {
  readonly tone: Tone;
  readonly word: string;
  readonly meaning: string;
} {
  if (row.quarantined && row.state !== 'gone' && row.state !== 'discarded')
    return {
      tone: 'attention',
      word: 'quarantined',
      meaning: `Came back ${formatCount(row.returns)} times: it is not sent again unless the plan is told to. It is ${row.state}`,
    };
  if (row.state === 'replayed' && row.cameBackAs !== null)
    return { tone: 'attention', word: row.state, meaning: 'Sent back, and came back' };
  return { tone: stateTones[row.state], word: row.state, meaning: stateMeanings[row.state] };
}

export interface TieMark {
  readonly words: string;
  readonly title: string;
  readonly messageId: string;
  readonly replayNumber: number;
}

/** What replays tie a row to: the message that it came back as, and the one that it was. */
export function tieMarks({ cameBackAs, returnOf }: Pick<ListedMessage, 'cameBackAs' | 'returnOf'>): readonly TieMark[] {
  return [
    ...(cameBackAs ? [{ ...cameBackAs, words: 'came back', title: 'Open the message that it came back as' }] : []),
    ...(returnOf
      ? [{ ...returnOf, words: 'its original', title: 'Open the message that it was before its replay' }]
      : []),
  ];
}

/** One line for the table: the message of the error, its class where there is no message, else the broker's reason. */
export function errorLine(row: Pick<MessageRow, 'errorClass' | 'errorMessage' | 'reason'>): string | null {
  return row.errorMessage ?? row.errorClass ?? row.reason;
}

export interface FreshView {
  /** The rows that are shown, in their places, with what is new about them. */
  readonly rows: readonly ListedMessage[];
  /** How many match now and are not shown; `null` where there are none. */
  readonly announcement: string | null;
}

/**
 * Rows keep their place while the index changes under them: a fresh reading brings new states to rows that are there, and what is
 * new is announced instead of pushed in. `freshLimit` is how many rows the fresh reading asked for.
 */
export function withFresh(
  shown: readonly ListedMessage[],
  fresh: readonly ListedMessage[] | undefined,
  freshLimit: number,
  allLoaded: boolean,
  order: MessageOrder,
): FreshView {
  if (!fresh) return { rows: shown, announcement: null };
  const now = new Map(fresh.map((row) => [row.id, row]));
  const known = new Set(shown.map((row) => row.id));
  // A row past the end of what is shown is the next page, not news.
  const last = shown.at(-1);
  const isPast = (row: ListedMessage) => !allLoaded && last !== undefined && !standsBefore(row, last, order);
  const added = fresh.filter((row) => !known.has(row.id) && !isPast(row)).length;
  const atLeast = fresh.length >= freshLimit && added >= fresh.length;
  return {
    rows: shown.map((row) => now.get(row.id) ?? row),
    announcement: added === 0 ? null : `${formatCount(added)}${atLeast ? '+' : ''} new`,
  };
}

/** As the store orders them. */
function standsBefore(row: ListedMessage, other: ListedMessage, order: MessageOrder): boolean {
  switch (order) {
    case 'newest':
      return row.at > other.at;
    case 'oldest':
      return row.at < other.at;
    case 'expiring':
      if (row.expires === null || other.expires === null)
        return row.expires === other.expires ? row.at < other.at : row.expires !== null;
      return row.expires.at < other.expires.at;
  }
}

/** Ids from one row to another, both included, whichever comes first. */
export function idsBetween(rows: readonly MessageRow[], fromId: string | null, toId: string): readonly string[] {
  const to = rows.findIndex((row) => row.id === toId);
  const from = rows.findIndex((row) => row.id === fromId);
  if (to < 0) return [];
  if (from < 0) return [toId];
  return rows.slice(Math.min(from, to), Math.max(from, to) + 1).map((row) => row.id);
}

/** Where a replay would go, without the partition: that is for the message's own page. */
export function originName(row: Pick<MessageRow, 'origin'>): string | null {
  const { destination, label } = row.origin;
  return destination?.kind === 'kafka' ? destination.topic : label;
}

/** Whether the origin column is worth its width. Messages that do not name their origin do not make it so. */
export function hasSeveralOrigins(rows: readonly MessageRow[]): boolean {
  return new Set(rows.map(originName).filter((name) => name !== null)).size > 1;
}
