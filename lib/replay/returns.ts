import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { ReturnSign } from '#lib/domain/item-return.ts';
import type { ItemState, ReplayItem } from '#lib/domain/replay.ts';
import { mark } from '#lib/masking/mark.ts';

type Letter = Omit<DeadLetter, 'queueId'>;

/** Texts by which items and dead letters are brought together; equal texts are a reason to compare, and no more. */
export interface ReturnSigns {
  readonly event: string | null;
  /** Key and the beginning of the payload. */
  readonly content: string | null;
}

/** So often a message may come back before it is held; see `returns.quarantineAfter` of the configuration. */
export const usualQuarantineAfter = 3;

/** So long after its send a message may come back that does not say so itself. */
export const returnWindowMs = 24 * 3_600_000;

const eventCharactersMax = 200;

export function signsOf(letter: Pick<Letter, 'eventId' | 'keyDigest' | 'preview'>): ReturnSigns {
  const event = letter.eventId?.slice(0, eventCharactersMax).toWellFormed() ?? '';
  const preview = letter.preview.toWellFormed();
  return {
    // What is masked is the same for all, and tells nothing apart.
    event: event === '' || event.includes(mark) ? null : event,
    content: preview === '' ? null : `${letter.keyDigest ?? ''}\0${preview}`,
  };
}

/** Two machines never agree to the millisecond. */
const clockSkewMs = 2_000;

const wasSent: ReadonlySet<ItemState> = new Set(['sent', 'settled']);

/** What a candidate is looked at for. */
export type SentItem = Pick<
  ReplayItem,
  'messageId' | 'queueId' | 'state' | 'returned' | 'intendedAt' | 'destination' | 'sentPosition'
>;

/**
 * Whether a dead letter without replay headers may be this item that came back. `position` is certain; `maybe` is as good as the sign that brought them
 * together; `no` where anything speaks against it.
 */
export function compareWithItem(letter: Letter, queueId: string, item: SentItem): 'position' | 'maybe' | 'no' {
  if (!wasSent.has(item.state) || item.returned !== null || item.intendedAt === null) return 'no';
  if (item.messageId === letter.id || item.queueId !== queueId) return 'no';
  const place = comparePlaces(letter, item);
  if (place !== 'untold') return place === 'same' ? 'position' : 'no';
  // What died before the send is another message.
  if (letter.at < item.intendedAt - clockSkewMs) return 'no';
  // A broker that dead-letters by itself keeps all headers, ours too.
  return letter.kind !== 'kafka' && letter.failure.reason !== null ? 'no' : 'maybe';
}

function comparePlaces(letter: Letter, { destination, sentPosition }: SentItem): 'same' | 'other' | 'untold' {
  if (sentPosition === null || destination === null) return 'untold';
  const from = letter.origin.destination;
  switch (destination.kind) {
    case 'kafka': {
      const said = letter.origin.position;
      if (from?.kind !== 'kafka' || from.topic !== destination.topic || said === null || !said.includes(':'))
        return 'untold';
      return said === sentPosition ? 'same' : 'other';
    }
    case 'sqs':
      // The broker's own redrive keeps the id; a consumer that writes the message anew gives it another.
      if (letter.identity === sentPosition) return 'same';
      return letter.failure.reason === 'redrive' ? 'other' : 'untold';
    case 'rabbitmq':
      return 'untold';
  }
}

/** By what a return was recognised, in words. */
export const signWords: Readonly<Record<ReturnSign, string>> = {
  headers: 'it carries its replay headers',
  position: "it has the broker's number of the message that was sent",
  'event-id': 'the event id is the same',
  content: 'key and payload are the same',
};
