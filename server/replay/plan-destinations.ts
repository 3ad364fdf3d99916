import { AppError, toErrorRecord, type ErrorRecord } from '#lib/domain/errors.ts';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import { destinationLabel, type Destination } from '#lib/domain/message.ts';
import { splitQueueId } from '#lib/domain/queue.ts';
import type { PlannedDestination } from '#lib/domain/replay.ts';
import type { BrokerDriver, DestinationFacts } from '#server/brokers/driver.ts';
import type { PlanNotes } from '#server/replay/plan-notes.ts';

/** What is known of each destination of a plan, or why nothing is. */
export type KnownDestinations = ReadonlyMap<string, DestinationFacts | ErrorRecord>;

/** What our replay headers add to a message at most, in bytes. */
const replayHeaderBytes = 260;

/** Every answer may list all groups of a cluster: few at a time. */
const askedAtOnce = 8;

/** Facts of each destination, asked for once and side by side. A partition is a destination of its own: it may not exist. */
export async function readDestinations(
  driverOf: (connection: string) => BrokerDriver,
  letters: readonly DeadLetter[],
  signal: AbortSignal,
): Promise<KnownDestinations> {
  const wanted = new Map(letters.map((letter) => [destinationKey(letter), letter]));
  const known = new Map<string, DestinationFacts | ErrorRecord>();
  const rest = wanted.entries();
  const askOn = async () => {
    for (const [key, letter] of rest) {
      const { destination } = letter.origin;
      if (destination === null) continue;
      known.set(
        key,
        await driverOf(connectionOf(letter)).describeDestination(destination, signal).catch(toErrorRecord),
      );
    }
  };
  await Promise.all(Array.from({ length: askedAtOnce }, askOn));
  return known;
}

export function refuseByDestination(
  letter: DeadLetter,
  facts: DestinationFacts | ErrorRecord | undefined,
  notes: PlanNotes,
): void {
  const destination = letter.origin.destination;
  if (destination === null || facts === undefined) {
    notes.refuse('unknown-origin', 'do not say where they came from', letter.id);
    return;
  }
  if ('message' in facts) notes.refuse('destination-unreachable', `cannot be sent now: ${facts.message}`, letter.id);
  else if (!facts.exists)
    notes.refuse(
      'destination-missing',
      `came from ${destinationLabel(destination)}, which no longer exists`,
      letter.id,
    );
  else if (facts.writable === 'no')
    notes.refuse(
      'destination-not-writable',
      `came from ${destinationLabel(destination)}, where this account may not write`,
      letter.id,
    );
  else if (facts.maxMessageBytes !== null && letter.sizeBytes + replayHeaderBytes > facts.maxMessageBytes) {
    notes.refuse(
      'too-large',
      `are larger than the destination takes (${facts.maxMessageBytes.toLocaleString('en-US')} bytes): they stay here`,
      letter.id,
    );
  }
}

/** One row for each topic, exchange and key, or queue; warns of those where nobody is known to receive, or several do. */
export function summariseDestinations(
  letters: readonly DeadLetter[],
  facts: KnownDestinations,
  notes: PlanNotes,
): readonly PlannedDestination[] {
  const rows = new Map<string, { row: PlannedDestination; ids: string[] }>();
  for (const letter of letters) {
    const destination = letter.origin.destination;
    const known = facts.get(destinationKey(letter));
    if (destination === null || !known || 'message' in known || notes.refusalOf(letter.id)) continue;
    const shown: Destination = destination.kind === 'kafka' ? { ...destination, partition: null } : destination;
    const connection = connectionOf(letter);
    const key = JSON.stringify([connection, shown]);
    const { exists, receivers, notes: sentences } = known;
    const row = { destination: shown, connection, kind: letter.kind, exists, receivers, notes: sentences };
    const found = rows.get(key) ?? { row: { ...row, count: 0 }, ids: [] };
    found.ids.push(letter.id);
    rows.set(key, found);
  }
  for (const { row, ids } of rows.values()) warnOfReceivers(row, ids, notes);
  return [...rows.values()].map(({ row, ids }) => ({ ...row, count: ids.length }));
}

function warnOfReceivers(row: PlannedDestination, ids: readonly string[], notes: PlanNotes): void {
  const label = destinationLabel(row.destination);
  const names = row.receivers.map((receiver) => receiver.name);
  if (names.length === 0) notes.warnAll('no-receivers', `go to ${label}, where no receiver is known`, ids);
  if (names.length > 1) {
    const text = `go to ${label}, where ${names.length} receivers will each get them again: ${names.join(', ')}`;
    notes.warnAll('many-receivers', text, ids);
  }
}

function connectionOf(letter: Pick<DeadLetter, 'queueId'>): string {
  const parts = splitQueueId(letter.queueId);
  if (!parts) throw new AppError('internal', `The queue id ${letter.queueId} has no connection.`);
  return parts.connection;
}

export function destinationKey(letter: DeadLetter): string {
  return `${connectionOf(letter)} ${JSON.stringify(letter.origin.destination)}`;
}
