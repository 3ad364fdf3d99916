import { builtInChain, type ConventionChain } from '#lib/conventions/chain.ts';
import type { Convention, ConventionReading, LetterView, QueueContext } from '#lib/conventions/convention.ts';
import { indexHeaders } from '#lib/conventions/header-index.ts';
import type { JsonFields } from '#lib/conventions/json-fields.ts';
import { jsonBody } from '#lib/conventions/json-text.ts';
import { isPossible } from '#lib/conventions/places.ts';
import { readReplayHeaders } from '#lib/conventions/replay-headers.ts';
import { readEnvelope } from '#lib/envelope/envelope.ts';
import type { Reading } from '#lib/domain/dead-letter.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';

/** Bounds for what goes into the index; the message itself keeps everything. */
const maxMessageCharacters = 4_000;
const maxStackCharacters = 64_000;
const maxFieldCharacters = 500;

/** Says what a dead letter says of itself: a field is filled by the first convention that has it, and the rest stay empty. */
export function normalise(raw: RawDeadLetter, queue: QueueContext, chain: ConventionChain = builtInChain): Reading {
  const letter = viewOf(raw, queue);
  const readings: { convention: Convention; reading: ConventionReading }[] = [];
  for (const convention of chain.candidates(letter.headers)) {
    const reading = convention.read(letter);
    if (reading) readings.push({ convention, reading });
  }

  const contributions = new Map<string, string[]>();
  function first<Value>(field: string, pick: (reading: ConventionReading) => Value | null | undefined): Value | null {
    for (const { convention, reading } of readings) {
      const value = pick(reading);
      if (value === undefined || value === null) continue;
      const fields = contributions.get(convention.name);
      if (fields) fields.push(field);
      else contributions.set(convention.name, [field]);
      return value;
    }
    return null;
  }

  const envelope = readEnvelope(letter);
  const failure = {
    errorClass: cut(
      first('error class', (reading) => reading.failure?.errorClass),
      maxFieldCharacters,
    ),
    errorMessage: cut(
      first('error message', (reading) => reading.failure?.errorMessage),
      maxMessageCharacters,
    ),
    stackTrace: cut(
      first('stack trace', (reading) => reading.failure?.stackTrace),
      maxStackCharacters,
    ),
    reason: cut(
      first('reason', (reading) => reading.failure?.reason),
      maxFieldCharacters,
    ),
    attempts: counted(first('attempts', (reading) => reading.failure?.attempts)),
  };
  const origin = {
    destination: first('destination', (reading) => {
      const destination = reading.origin?.destination;
      return destination && isPossible(destination) ? destination : null;
    }),
    failedIn: cut(
      first('failed in', (reading) => reading.origin?.failedIn),
      maxFieldCharacters,
    ),
    position: cut(
      first('original position', (reading) => reading.origin?.position),
      maxFieldCharacters,
    ),
  };
  const content = first('content', (reading) => reading.origin?.content);
  const at = believable(first('dead-lettered at', (reading) => reading.at));
  const originalAt =
    believable(first('produced at', (reading) => reading.originalAt)) ?? believable(envelope.occurredAt);
  return {
    failure,
    origin: content === null ? origin : { ...origin, content },
    at: at ?? believable(raw.brokerAt),
    originalAt,
    eventId: cut(envelope.eventId, maxFieldCharacters),
    eventType: cut(envelope.eventType, maxFieldCharacters),
    correlationId: cut(envelope.correlationId, maxFieldCharacters),
    traceId: envelope.traceId,
    conventions: [...contributions].map(([name, fields]) => ({ name, fields })),
    replay: readReplayHeaders(letter.headers),
  };
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

/** A negative count is none. */
function counted(attempts: number | null): number | null {
  return attempts !== null && attempts >= 0 ? attempts : null;
}

function cut(text: string | null, characters: number): string | null {
  return text !== null && text.length > characters ? `${text.slice(0, characters)}…` : text;
}

/** What JavaScript's dates and our integers can hold; anything else is no instant. */
function believable(at: number | null): number | null {
  return at !== null && at >= 0 && at <= 8_640_000_000_000_000 ? at : null;
}
