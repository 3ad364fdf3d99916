import { toErrorRecord, type ErrorRecord } from '#lib/domain/errors.ts';
import { destinationLabel } from '#lib/domain/message.ts';
import { splitQueueId } from '#lib/domain/queue.ts';
import type { PlannedDestination } from '#lib/domain/replay.ts';
import { placeName, wholePlace } from '#lib/replay/destination.ts';
import type { BrokerDriver, DestinationFacts } from '#server/brokers/driver.ts';
import { eachAtOnce } from '#server/replay/each-at-once.ts';
import type { PlanNotes } from '#server/replay/plan-notes.ts';
import type { RoutedLetter } from '#server/replay/plan-routes.ts';

/** Every answer may list all groups of a cluster: few at a time. */
const askedAtOnce = 8;

const rowsMax = 200;
const factsMax = 5_000;

/** The destinations of a plan as its pages name them: each is asked about once, and has a row that counts. */
export interface PlanDestinations {
  /** Asks about those of a page that were not met before, side by side. A partition is a destination of its own: it may not exist. */
  meet(letters: readonly RoutedLetter[], signal: AbortSignal): Promise<void>;
  /** What is known of a letter's destination, or why nothing is; `undefined` where the letter names none. */
  factsOf(letter: RoutedLetter): DestinationFacts | ErrorRecord | undefined;
  /** A letter that will be sent. Warns where nobody is known to receive it, or several do. */
  count(letter: RoutedLetter, notes: PlanNotes): void;
  /** One row for each topic, exchange and key, or queue; the first 200. */
  rows(): readonly PlannedDestination[];
  /** Messages beyond those rows. */
  further(): number;
}

export function createPlanDestinations(driverOf: (connection: string) => BrokerDriver): PlanDestinations {
  const known = new Map<string, DestinationFacts | ErrorRecord>();
  const rows = new Map<string, { readonly row: Omit<PlannedDestination, 'count'>; count: number }>();
  let further = 0;
  return {
    async meet(letters, signal) {
      // Routing keys may be as many as messages: what is asked again is asked once more, and memory stays small.
      if (known.size > factsMax) known.clear();
      const met = new Map(letters.map((letter) => [destinationKey(letter), letter]));
      await eachAtOnce(met, askedAtOnce, async ([key, { destination, connection }]) => {
        if (destination === null || known.has(key)) return;
        const asked = driverOf(connection).describeDestination(destination, signal);
        known.set(key, await asked.catch(toErrorRecord));
      });
    },
    factsOf: (letter) => known.get(destinationKey(letter)),
    count(routed, notes) {
      const { letter, destination, connection } = routed;
      const facts = known.get(destinationKey(routed));
      if (destination === null || !facts || 'message' in facts) return;
      const shown = wholePlace(destination);
      const key = JSON.stringify([connection, shown]);
      const { exists, receivers, notes: sentences } = facts;
      const row = { destination: shown, connection, kind: letter.kind, exists, receivers, notes: sentences };
      if (!rows.has(key) && rows.size >= rowsMax) {
        further += 1;
        return;
      }
      const found = rows.get(key) ?? { row, count: 0 };
      found.count += 1;
      rows.set(key, found);
      warnOfReceivers(found.row, letter.id, notes);
    },
    rows: () => [...rows.values()].map(({ row, count }) => ({ ...row, count })),
    further: () => further,
  };
}

export function refuseByDestination(
  routed: RoutedLetter,
  facts: DestinationFacts | ErrorRecord | undefined,
  notes: PlanNotes,
): void {
  const { letter, destination, rule } = routed;
  if (destination === null || facts === undefined) {
    notes.refuse('unknown-origin', 'do not say where they came from: choose a destination for them', letter.id);
    return;
  }
  const label = destinationLabel(destination);
  const isOriginal = rule === null && destinationLabel(wholePlace(destination)) === originalLabel(routed);
  const where = isOriginal ? `came from ${label}` : `would go to ${label}`;
  const ownQueue = splitQueueId(letter.queueId)?.name;
  if (placeName(destination) === ownQueue)
    notes.refuse('destination-is-source', `${where}, which is the dead-letter queue that they are in`, letter.id);
  else if ('message' in facts)
    notes.refuse('destination-unreachable', `cannot be sent now: ${facts.message}`, letter.id);
  else if (!facts.exists)
    notes.refuse(
      'destination-missing',
      `${where}, which ${isOriginal ? 'no longer exists' : 'does not exist'}`,
      letter.id,
    );
  else if (facts.writable === 'no')
    notes.refuse('destination-not-writable', `${where}, where this account may not write`, letter.id);
}

function originalLabel({ letter }: RoutedLetter): string | null {
  const { destination } = letter.origin;
  return destination === null ? null : destinationLabel(wholePlace(destination));
}

function warnOfReceivers(row: Omit<PlannedDestination, 'count'>, messageId: string, notes: PlanNotes): void {
  const label = destinationLabel(row.destination);
  const names = row.receivers.map((receiver) => receiver.name);
  if (names.length === 0) notes.warn('no-receivers', `go to ${label}, where no receiver is known`, messageId);
  else if (row.receivers.every(({ members }) => members === 0))
    notes.warn('no-receivers', `go to ${label}, where nobody receives at the moment`, messageId);
  if (names.length > 1) {
    const text = `go to ${label}, where ${names.length} receivers will each get them again: ${names.join(', ')}`;
    notes.warn('many-receivers', text, messageId);
  }
}

function destinationKey({ connection, destination }: RoutedLetter): string {
  return `${connection} ${JSON.stringify(destination)}`;
}
