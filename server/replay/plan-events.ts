import { destinationLabel } from '#lib/domain/message.ts';
import { wholePlace } from '#lib/replay/destination.ts';
import { createDigestSet, type DigestSet } from '#server/replay/digest-set.ts';
import type { PlanNotes } from '#server/replay/plan-notes.ts';
import type { RoutedLetter } from '#server/replay/plan-routes.ts';
import type { Store } from '#server/store/store.ts';

/** Event ids that are remembered, of the selection and of what was sent before: 32 MB at most. */
const eventsMax = 2_000_000;
const slice = 10_000;

/** Whether an event goes to one place twice: with another message of the selection, or because an earlier replay has sent one with its id. */
export interface PlanEvents {
  /** Before the letters of a page are noted. */
  meet(letters: readonly RoutedLetter[], signal: AbortSignal): Promise<void>;
  /** A letter that will be sent. */
  note(letter: RoutedLetter, notes: PlanNotes): void;
}

export function createPlanEvents({ index }: Pick<Store, 'index'>): PlanEvents {
  const selected = createDigestSet();
  const sent = new Map<string, DigestSet>();
  let remembered = 0;

  async function sentOf(queueId: string, signal: AbortSignal): Promise<DigestSet> {
    const events = createDigestSet();
    for (let cursor: string | null = null; remembered + events.size < eventsMax;) {
      signal.throwIfAborted();
      const page: Awaited<ReturnType<typeof index.listSentEvents>> = await index.listSentEvents(queueId, cursor, slice);
      for (const eventId of page.eventIds) events.add(eventId);
      cursor = page.next;
      if (cursor === null) break;
    }
    remembered += events.size;
    return events;
  }

  return {
    async meet(letters, signal) {
      for (const { letter } of letters) {
        if (letter.eventId === null || sent.has(letter.queueId)) continue;
        sent.set(letter.queueId, await sentOf(letter.queueId, signal));
      }
    },
    note({ letter, destination, connection }, notes) {
      const { eventId } = letter;
      if (eventId === null || destination === null) return;
      const place = `${connection} ${destinationLabel(wholePlace(destination))}`;
      if (selected.size + remembered >= eventsMax)
        notes.warn('events-not-compared', 'are too many to look for their event ids among the others', letter.id);
      else if (!selected.add(`${place} ${eventId}`))
        notes.warn(
          'duplicate-event',
          'have the event id of another one in this plan, and go to the same place',
          letter.id,
        );
      // What came back, or was sent itself, is said to be replayed before.
      const isKnown = letter.replay !== null || letter.state === 'replayed' || letter.state === 'unknown';
      if (!isKnown && sent.get(letter.queueId)?.has(eventId) === true)
        notes.warn(
          'event-sent-before',
          'have the event id of a dead letter from the same queue that an earlier replay has sent, or may have',
          letter.id,
        );
    },
  };
}
