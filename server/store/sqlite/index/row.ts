import type { DeadLetter, DeadLetterState } from '#lib/domain/dead-letter.ts';
import type { BrokerKind } from '#lib/domain/message.ts';
import type { Selectable } from 'kysely';
import type { MessageTable } from '#server/store/sqlite/schema.ts';

/** How states stand in the file. Never renumbered. */
export const stateCodes: Readonly<Record<DeadLetterState, number>> = {
  new: 0,
  replayed: 1,
  returned: 2,
  failed: 3,
  unknown: 4,
  discarded: 5,
  gone: 6,
};

/** States that a scan which did not meet the message turns into `gone`; a replayed or discarded one is no longer there by our own doing. */
export const goneFrom: readonly number[] = [stateCodes.new, stateCodes.returned, stateCodes.failed, stateCodes.unknown];

/** Still there and still to be dealt with. */
export const openStates: readonly number[] = goneFrom;

const statesByCode = new Map(Object.entries(stateCodes).map(([state, code]) => [code, state as DeadLetterState]));

export function stateOf(code: number): DeadLetterState {
  const state = statesByCode.get(code);
  if (state === undefined) throw new Error(`State ${code} is not known`);
  return state;
}

/** What of a letter no filter looks at, as JSON in `messages.rest`. */
type Rest = Pick<DeadLetter, 'origin' | 'conventions' | 'replay'>;

export function restOf({ origin, conventions, replay }: Rest): string {
  return JSON.stringify({ origin, conventions, replay });
}

export type MessageRow = Selectable<MessageTable> & { readonly queue_id: string };

export function toDeadLetter(row: MessageRow): DeadLetter {
  // `restOf` wrote it, and the layout of the file has been checked when it was opened.
  const rest = JSON.parse(row.rest) as Rest;
  return {
    id: row.uid,
    queueId: row.queue_id,
    kind: row.kind as BrokerKind,
    identity: row.identity,
    position: row.position,
    lane: row.lane,
    sequence: row.sequence,
    failure: {
      errorClass: row.error_class,
      errorMessage: row.error_message,
      stackTrace: row.stack_trace,
      reason: row.reason,
      attempts: row.attempts,
    },
    origin: rest.origin,
    at: row.at,
    atIs: row.at_is as DeadLetter['atIs'],
    originalAt: row.original_at,
    eventId: row.event_id,
    eventType: row.event_type,
    correlationId: row.correlation_id,
    traceId: row.trace_id,
    conventions: rest.conventions,
    replay: rest.replay,
    firstSeenAt: row.first_seen_at,
    keyText: row.key_text,
    keyDigest: row.key_digest,
    sizeBytes: row.size_bytes,
    preview: row.preview,
    state: stateOf(row.state),
    stateAt: row.state_at,
    lastReplayId: row.last_replay_id,
  };
}

/** A decimal of any length as text that sorts as the number does: how many digits, then the digits. */
export function sequenceRank(sequence: string): string {
  const digits = sequence.replace(/^0+(?=\d)/, '');
  return `${String(digits.length).padStart(3, '0')}${digits}`;
}
