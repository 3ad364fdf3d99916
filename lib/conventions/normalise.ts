import { builtInChain, type ConventionChain } from '#lib/conventions/chain.ts';
import type { ConventionReading, LetterView, QueueContext } from '#lib/conventions/convention.ts';
import { contentField } from '#lib/conventions/held-content.ts';
import { indexHeaders } from '#lib/conventions/header-index.ts';
import { epochMs } from '#lib/conventions/instants.ts';
import type { JsonFields } from '#lib/conventions/json-fields.ts';
import { jsonBody } from '#lib/conventions/json-text.ts';
import { isPossible } from '#lib/conventions/places.ts';
import { originalTimeHeader, readReplayHeaders } from '#lib/conventions/replay-headers.ts';
import { withoutKeptFailure } from '#lib/conventions/since-replay.ts';
import { readEnvelope } from '#lib/envelope/envelope.ts';
import type { Origin, Reading } from '#lib/domain/dead-letter.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';

/** Bounds for what goes into the index; the message itself keeps everything. */
const maxMessageCharacters = 4_000;
const maxStackCharacters = 64_000;
const maxFieldCharacters = 500;

/**
 * Says what a dead letter says of itself: a field is filled by the first convention that has it, and the rest stay empty. What a return says of the
 * failure after its replay comes before all that it had said before.
 */
export function normalise(raw: RawDeadLetter, queue: QueueContext, chain: ConventionChain = builtInChain): Reading {
  const newest = withoutKeptFailure(raw, queue.kind, chain);
  const since = newest && readAll(newest, queue, chain);
  if (!since || !tellsFailure(since)) return readAll(raw, queue, chain);
  if (since.origin.destination !== null) return since;
  const whole = readAll(raw, queue, chain);
  return { ...since, origin: whole.origin, conventions: [...since.conventions, ...ofOrigin(whole)] };
}

function tellsFailure({ failure }: Reading): boolean {
  return [failure.errorClass, failure.errorMessage, failure.stackTrace, failure.reason].some((said) => said !== null);
}

const originFields: readonly string[] = ['destination', 'failed in', 'original position'];

/** Who says where it came from. */
function ofOrigin({ conventions }: Reading): Reading['conventions'] {
  return conventions.flatMap(({ name, fields }) => {
    const ofIt = fields.filter((field) => originFields.includes(field));
    return ofIt.length === 0 ? [] : [{ name, fields: ofIt }];
  });
}

function readAll(raw: RawDeadLetter, queue: QueueContext, chain: ConventionChain): Reading {
  const letter = viewOf(raw, queue);
  const speakers: Speaker[] = [];
  for (const convention of chain.candidates(letter.headers)) {
    const reading = convention.read(letter);
    if (reading) speakers.push({ name: convention.name, reading, fields: [] });
  }
  const envelope = readEnvelope(letter, originalOf(speakers) ?? letter.body());

  const failure = {
    errorClass: cut(first(speakers, 'error class', said.errorClass), maxFieldCharacters),
    errorMessage: cut(first(speakers, 'error message', said.errorMessage), maxMessageCharacters),
    stackTrace: cut(first(speakers, 'stack trace', said.stackTrace), maxStackCharacters),
    reason: cut(first(speakers, 'reason', said.reason), maxFieldCharacters),
    attempts: first(speakers, 'attempts', said.attempts),
  };
  const origin = {
    destination: first(speakers, 'destination', said.destination),
    failedIn: cut(first(speakers, 'failed in', said.failedIn), maxFieldCharacters),
    position: cut(first(speakers, 'original position', said.position), maxFieldCharacters),
  };
  const content = firstContent(speakers);
  const at = believable(first(speakers, 'dead-lettered at', said.at));
  const originalAt =
    believable(epochMs(letter.headers.text(originalTimeHeader)) ?? null) ??
    believable(first(speakers, 'produced at', said.originalAt)) ??
    believable(envelope.occurredAt);
  return {
    failure,
    origin: content === null ? origin : { ...origin, content },
    at: at ?? believable(raw.brokerAt),
    originalAt,
    eventId: cut(first(speakers, 'event id', said.eventId) ?? envelope.eventId, maxFieldCharacters),
    eventType: cut(first(speakers, 'event type', said.eventType) ?? envelope.eventType, maxFieldCharacters),
    correlationId: cut(
      first(speakers, 'correlation id', said.correlationId) ?? envelope.correlationId,
      maxFieldCharacters,
    ),
    causationId: cut(first(speakers, 'causation id', said.causationId) ?? envelope.causationId, maxFieldCharacters),
    traceId: cut(first(speakers, 'trace id', said.traceId) ?? envelope.traceId, maxFieldCharacters),
    conventions: speakers.flatMap(({ name, fields }) => (fields.length === 0 ? [] : { name, fields })),
    replay: readReplayHeaders(letter.headers),
  };
}

function originalOf(speakers: readonly Speaker[]): JsonFields | undefined {
  for (const { reading } of speakers) if (reading.original) return reading.original;
  return undefined;
}

function firstContent(speakers: readonly Speaker[]): NonNullable<Origin['content']> | null {
  for (const { reading, fields } of speakers) {
    const content = reading.origin?.content;
    if (content === undefined) continue;
    fields.push(contentField(content));
    return content;
  }
  return null;
}

/** A convention that the message speaks, and the fields that it was the first to say. */
interface Speaker {
  readonly name: string;
  readonly reading: ConventionReading;
  readonly fields: string[];
}

// Standing here, they are made once and not for each message.
const said = {
  errorClass: ({ failure }: ConventionReading) => failure?.errorClass,
  errorMessage: ({ failure }: ConventionReading) => failure?.errorMessage,
  stackTrace: ({ failure }: ConventionReading) => failure?.stackTrace,
  reason: ({ failure }: ConventionReading) => failure?.reason,
  attempts({ failure }: ConventionReading) {
    const attempts = failure?.attempts;
    // A negative count is none.
    return attempts !== undefined && attempts !== null && attempts >= 0 ? attempts : null;
  },
  destination({ origin }: ConventionReading) {
    const destination = origin?.destination;
    return destination && isPossible(destination) ? destination : null;
  },
  failedIn: ({ origin }: ConventionReading) => origin?.failedIn,
  position: ({ origin }: ConventionReading) => origin?.position,
  eventType: ({ event }: ConventionReading) => event?.eventType,
  eventId: ({ event }: ConventionReading) => event?.eventId,
  correlationId: ({ event }: ConventionReading) => event?.correlationId,
  causationId: ({ event }: ConventionReading) => event?.causationId,
  traceId: ({ event }: ConventionReading) => event?.traceId,
  at: ({ at }: ConventionReading) => at,
  originalAt: ({ originalAt }: ConventionReading) => originalAt,
};

function first<Value>(
  speakers: readonly Speaker[],
  field: string,
  pick: (reading: ConventionReading) => Value | null | undefined,
): Value | null {
  for (const { reading, fields } of speakers) {
    const value = pick(reading);
    if (value === undefined || value === null) continue;
    fields.push(field);
    return value;
  }
  return null;
}

function viewOf(raw: RawDeadLetter, queue: QueueContext): LetterView {
  let body: { readonly fields: JsonFields | undefined } | undefined;
  return {
    raw,
    queue,
    headers: indexHeaders(raw.headers),
    properties: indexHeaders(raw.properties),
    body() {
      body ??= { fields: jsonBody(raw.body) };
      return body.fields;
    },
  };
}

function cut(text: string | null, characters: number): string | null {
  return text !== null && text.length > characters ? `${text.slice(0, characters)}…` : text;
}

/** What JavaScript's dates and our integers can hold; anything else is no instant. */
function believable(at: number | null): number | null {
  return at !== null && at >= 0 && at <= 8_640_000_000_000_000 ? at : null;
}
