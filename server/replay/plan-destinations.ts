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

/** Facts of each destination, asked for once and side by side. A partition is a destination of its own: it may not exist. */
export async function readDestinations(
  driverOf: (connection: string) => BrokerDriver,
  letters: readonly DeadLetter[],
  signal: AbortSignal,
): Promise<KnownDestinations> {
  const asked = new Map<string, Promise<DestinationFacts | ErrorRecord>>();
  for (const letter of letters) {
    const key = destinationKey(letter);
    const destination = letter.origin.destination;
    if (destination === null || asked.has(key)) continue;
    asked.set(key, driverOf(connectionOf(letter)).describeDestination(destination, signal).catch(toErrorRecord));
  }
  return new Map(await Promise.all([...asked].map(async ([key, facts]) => [key, await facts] as const)));
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

export function summariseDestinations(
  letters: readonly DeadLetter[],
  facts: KnownDestinations,
  notes: PlanNotes,
): readonly PlannedDestination[] {
  const rows = new Map<string, PlannedDestination>();
  for (const letter of letters) {
    const destination = letter.origin.destination;
    if (destination === null || notes.refusalOf(letter.id)) continue;
    const known = facts.get(destinationKey(letter));
    if (!known || 'message' in known) continue;
    const shown: Destination = destination.kind === 'kafka' ? { ...destination, partition: null } : destination;
    const key = `${connectionOf(letter)} ${JSON.stringify(shown)}`;
    const row = rows.get(key);
    rows.set(key, {
      destination: shown,
      connection: connectionOf(letter),
      kind: letter.kind,
      count: (row?.count ?? 0) + 1,
      exists: known.exists,
      receivers: known.receivers,
      notes: known.notes,
    });
  }
  return [...rows.values()];
}

export function warnOfReceivers(row: PlannedDestination, letters: readonly DeadLetter[], notes: PlanNotes): void {
  const ids = letters
    .filter(
      (letter) =>
        !notes.refusalOf(letter.id) &&
        connectionOf(letter) === row.connection &&
        letter.origin.destination !== null &&
        sameDestination(letter.origin.destination, row.destination),
    )
    .map((letter) => letter.id);
  const label = destinationLabel(row.destination);
  if (row.receivers.length === 0) notes.warnAll('no-receivers', `go to ${label}, where no receiver is known`, ids);
  if (row.receivers.length > 1)
    notes.warnAll(
      'many-receivers',
      `go to ${label}, where ${row.receivers.length} receivers will each get them again: ${row.receivers.map((receiver) => receiver.name).join(', ')}`,
      ids,
    );
}

function sameDestination(a: Destination, b: Destination): boolean {
  return a.kind === 'kafka' && b.kind === 'kafka' ? a.topic === b.topic : JSON.stringify(a) === JSON.stringify(b);
}

function connectionOf(letter: Pick<DeadLetter, 'queueId'>): string {
  const parts = splitQueueId(letter.queueId);
  if (!parts) throw new AppError('internal', `The queue id ${letter.queueId} has no connection.`);
  return parts.connection;
}

export function destinationKey(letter: DeadLetter): string {
  return `${connectionOf(letter)} ${JSON.stringify(letter.origin.destination)}`;
}
