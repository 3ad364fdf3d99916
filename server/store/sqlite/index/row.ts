import type { DeadLetter, DeadLetterState } from '#lib/domain/dead-letter.ts';
import type { BrokerKind } from '#lib/domain/message.ts';
import { type RawBuilder, type Selectable, sql, type SqlBool } from 'kysely';
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

/**
 * Still there and still to be dealt with; a scan that did not meet such a message turns it into `gone`. A replayed or discarded one is no longer there by
 * our own doing.
 */
export const openStates: readonly number[] = [
  stateCodes.new,
  stateCodes.returned,
  stateCodes.failed,
  stateCodes.unknown,
];

const statesByCode = new Map(Object.entries(stateCodes).map(([state, code]) => [code, state as DeadLetterState]));

export function stateOf(code: number): DeadLetterState {
  const state = statesByCode.get(code);
  if (state === undefined) throw new Error(`State ${code} is not known`);
  return state;
}

type Letter = Omit<DeadLetter, 'queueId'>;

/** What neighbours mostly have in common: JSON that stands once for all of them. */
type Alike = readonly [
  kind: BrokerKind,
  atIs: DeadLetter['atIs'],
  conventions: DeadLetter['conventions'],
  destination: DeadLetter['origin']['destination'],
  failedIn: string | null,
];

export function alikeOf({ kind, atIs, conventions, origin }: Letter): string {
  return JSON.stringify([kind, atIs, conventions, origin.destination, origin.failedIn] satisfies Alike);
}

/** What is a message's own and seldom looked at by a filter, as JSON in `messages.rest`. */
type Rest = readonly [
  identity: string,
  /** `0` where it is the identity. */
  position: string | 0,
  sequence: string | null,
  traceId: string | null,
  sizeBytes: number,
  firstSeenAt: number,
  originalAt: number | null,
  attempts: number | null,
  originPosition: string | null,
  replay: DeadLetter['replay'],
  /** This and what follows is absent where there is none, as mostly, and in rows of before it was read. */
  causationId?: string | null,
  /** `null` where it is `at`, and 0 where nobody knows. */
  keptFrom?: number | null,
  endsAt?: number | null,
];

export function restOf(letter: Letter): string {
  const rest: Rest = [
    letter.identity,
    letter.position === letter.identity ? 0 : letter.position,
    letter.sequence,
    letter.traceId,
    letter.sizeBytes,
    letter.firstSeenAt,
    letter.originalAt,
    letter.failure.attempts,
    letter.origin.position,
    letter.replay,
  ];
  const { causationId, keptFrom, endsAt, at } = letter;
  const last = [causationId, keptFrom === at ? null : (keptFrom ?? 0), endsAt];
  while (last.at(-1) === null) last.pop();
  return JSON.stringify([...rest, ...last]);
}

/** Of a message `m`, and NULL where the letter has none; each column of JSON that a filter does look at. */
export const restColumns = {
  traceId: sql`m.rest ->> 3`,
  sizeBytes: sql`m.rest ->> 4`,
  originalAt: sql`m.rest ->> 6`,
  attempts: sql`m.rest ->> 7`,
  causationId: sql`m.rest ->> 10`,
  /** NULL where nobody knows. */
  keptFrom: sql`case m.rest ->> 11 when 0 then null else coalesce(m.rest ->> 11, m.at) end`,
  endsAt: sql`m.rest ->> 12`,
} as const;

/** The destination of `alikeOf`'s JSON. */
export function destinationOf(alike: string): DeadLetter['origin']['destination'] {
  const [, , , destination] = JSON.parse(alike) as Alike;
  return destination;
}

/** Of a message `m`. */
export const firstSeenAt = sql<number>`m.rest ->> 5`;

/** Whether a message `m` had been seen by then. */
export function arrivedBy(instant: number): RawBuilder<SqlBool> {
  return sql<SqlBool>`${firstSeenAt} <= ${instant}`;
}

/** Frames repeat from message to message and the first line does not; where it is class and message it is not kept a second time. */
export function splitStack({
  stackTrace,
  errorClass,
  errorMessage,
}: DeadLetter['failure']): { readonly head: string | null; readonly frames: string } | null {
  if (stackTrace === null) return null;
  const end = stackTrace.indexOf('\n');
  const head = end < 0 ? stackTrace : stackTrace.slice(0, end);
  return {
    head: head === `${errorClass}: ${errorMessage}` ? null : head,
    frames: end < 0 ? '' : stackTrace.slice(end),
  };
}

export type MessageRow = Selectable<MessageTable> & {
  readonly queue_id: string;
  readonly alike_text: string;
  readonly frames_text: string | null;
  readonly fingerprint: string;
};

/** What stands before `where`, of a query for `MessageRow`s whose table `m` of messages is in the `from` already. */
export const messageRowColumns = sql`m.*, q.queue_id, a.text as alike_text, f.text as frames_text, g.fingerprint`;
export const messageRowJoins = sql`
  join queues as q on q.id = m.queue join groups as g on g.id = m.grp join phrases as a on a.id = m.alike left join phrases as f on f.id = m.stack_frames`;

export function toDeadLetter(row: MessageRow): DeadLetter {
  // `alikeOf` and `restOf` wrote them, and the layout of the file has been checked when it was opened.
  const [kind, atIs, conventions, destination, failedIn] = JSON.parse(row.alike_text) as Alike;
  const rest = JSON.parse(row.rest) as Rest;
  const [identity, position, sequence, traceId, sizeBytes, firstSeenAt, originalAt, attempts, originPosition] = rest;
  const [, , , , , , , , , replay, causationId = null, keptFrom = null, endsAt = null] = rest;
  return {
    id: row.uid,
    queueId: row.queue_id,
    kind,
    identity,
    position: position === 0 ? identity : position,
    lane: row.lane,
    sequence,
    failure: {
      errorClass: row.error_class,
      errorMessage: row.error_message,
      stackTrace:
        row.frames_text === null
          ? null
          : `${row.stack_head ?? `${row.error_class}: ${row.error_message}`}${row.frames_text}`,
      reason: row.reason,
      attempts,
    },
    origin: { destination, failedIn, position: originPosition },
    at: row.at,
    atIs,
    originalAt,
    eventId: row.event_id,
    eventType: row.event_type,
    correlationId: row.correlation_id,
    causationId,
    keptFrom: keptFrom === null ? row.at : keptFrom === 0 ? null : keptFrom,
    endsAt,
    traceId,
    conventions,
    replay,
    firstSeenAt,
    keyText: row.key_text,
    keyDigest: row.key_digest,
    sizeBytes,
    preview: row.preview,
    fingerprint: row.fingerprint,
    state: stateOf(row.state),
    stateAt: row.state_at,
    lastReplayId: row.last_replay_id,
    returns: row.returns,
  };
}

/** A decimal of any length as text that sorts as the number does: how many digits, then the digits. */
export function sequenceRank(sequence: string): string {
  const digits = sequence.replace(/^0+(?=\d)/, '');
  return `${String(digits.length).padStart(3, '0')}${digits}`;
}
