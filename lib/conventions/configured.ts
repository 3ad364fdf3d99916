import { binaryInteger, javaBigInteger } from '#lib/conventions/binary-integers.ts';
import type { Convention, LetterView } from '#lib/conventions/convention.ts';
import { readErrorText } from '#lib/conventions/error-text.ts';
import { entryOf, lowerCase, valueText, wholeNumber } from '#lib/conventions/header-index.ts';
import { anyInstant } from '#lib/conventions/instants.ts';
import type { JsonFields } from '#lib/conventions/json-fields.ts';
import { embeddedObject, jsonObjects } from '#lib/conventions/json-text.ts';
import { exchangeDestination, kafkaOrigin, queueDestination } from '#lib/conventions/places.ts';
import type { HeaderValue } from '#lib/domain/message.ts';

/**
 * How a header's value becomes text. `text`: as it is; `int32`, `int64`: big-endian bytes, as Java's `ByteBuffer` writes them; `bigInteger`: as many
 * big-endian bytes as the number needs, as Java's `BigInteger` writes them.
 */
export const headerDecoders = ['text', 'int32', 'int64', 'bigInteger'] as const;

/** Which of repeated headers counts: the last, unless a framework puts its own in front of those that are there. */
export const headerTurns = ['last', 'first'] as const;

export const conventionFields = [
  'error',
  'errorClass',
  'stack',
  'reason',
  'attempts',
  'originTopic',
  'originPartition',
  'originOffset',
  'originExchange',
  'originRoutingKey',
  'originQueue',
  'failedIn',
  'failedAt',
  'originalAt',
  'eventType',
  'eventId',
  'correlationId',
  'causationId',
  'traceId',
] as const;

type ConventionField = (typeof conventionFields)[number];

export interface HeaderSource {
  readonly header: string;
  readonly decoder: (typeof headerDecoders)[number];
  readonly take?: (typeof headerTurns)[number];
  /** The way to an entry of the table, or of the JSON text, that the header holds. */
  readonly entry?: readonly string[];
}

export interface BodySource {
  /** The way to a field of a body that is JSON, by names. */
  readonly body: readonly string[];
}

export type FieldSource = HeaderSource | BodySource;

/** A convention that an operator has written down: what stands where. Plain data. */
export interface ConventionSettings {
  readonly name: string;
  readonly fields: { readonly [Field in ConventionField]?: FieldSource | undefined };
  /** Where the body holds the message itself, when it is a wrapper around it. */
  readonly original?: BodySource | undefined;
}

/** Times are epoch milliseconds as digits, or ISO 8601 with a zone. */
export function createConfiguredConvention({ name, fields, original }: ConventionSettings): Convention {
  const sources = conventionFields.flatMap((field) => fields[field] ?? []);
  const headers = new Set(sources.flatMap((source) => ('header' in source ? lowerCase(source.header) : [])));
  const readsBody = original !== undefined || sources.some((source) => 'body' in source);
  return {
    name,
    marks: readsBody ? 'always' : [...headers],
    owns: (header) => headers.has(lowerCase(header)),
    read(letter) {
      const { queue } = letter;
      const said = (field: ConventionField) => saidBy(fields[field], letter);
      const error = said('error');
      const text = error === undefined ? undefined : readErrorText(error);
      const place = kafkaOrigin(
        {
          topic: said('originTopic'),
          partition: said('originPartition'),
          offset: said('originOffset'),
          failedIn: said('failedIn') ?? said('originQueue'),
        },
        letter,
      );
      const within = original === undefined ? undefined : objectAt(letter.body(), original.body);
      return {
        failure: {
          errorClass: said('errorClass') ?? text?.errorClass,
          errorMessage: text?.errorMessage,
          stackTrace: said('stack'),
          reason: said('reason'),
          attempts: wholeNumber(said('attempts')),
        },
        origin: {
          ...place,
          destination:
            place.destination ??
            queueDestination(said('originQueue'), queue.kind) ??
            exchangeDestination(said('originExchange'), said('originRoutingKey'), queue.kind),
          content: within === undefined ? undefined : 'wrapped',
        },
        event: {
          eventType: said('eventType'),
          eventId: said('eventId'),
          correlationId: said('correlationId'),
          causationId: said('causationId'),
          traceId: said('traceId'),
        },
        original: within,
        at: anyInstant(said('failedAt')),
        originalAt: anyInstant(said('originalAt')),
      };
    },
  };
}

function saidBy(source: FieldSource | undefined, { headers, body }: LetterView): string | undefined {
  if (source === undefined) return undefined;
  if ('body' in source) return scalarAt(body(), source.body);
  const name = lowerCase(source.header);
  const value = source.take === 'first' ? headers.values(name)[0] : headers.value(name);
  if (value === undefined) return undefined;
  return source.entry === undefined ? decoded(value, source.decoder) : entryAt(value, source.entry, source.decoder);
}

function decoded(value: HeaderValue, decoder: HeaderSource['decoder']): string | undefined {
  switch (decoder) {
    case 'text':
      return valueText(value);
    case 'int32':
      return binaryInteger(value, 4);
    case 'int64':
      return binaryInteger(value, 8);
    case 'bigInteger':
      return javaBigInteger(value);
  }
}

/** Of a list of objects the last counts: whoever adds to it is the newest. */
function entryAt(value: HeaderValue, way: readonly string[], decoder: HeaderSource['decoder']): string | undefined {
  if (value.kind === 'table' || value.kind === 'list') {
    const table = value.kind === 'list' ? value.items.at(-1) : value;
    const entry = way.reduce<HeaderValue | undefined>((at, name) => entryOf(at, name), table);
    return entry === undefined ? undefined : decoded(entry, decoder);
  }
  return scalarAt(jsonObjects(valueText(value)).at(-1), way);
}

function objectAt(fields: JsonFields | undefined, way: readonly string[]): JsonFields | undefined {
  return way.reduce<JsonFields | undefined>((at, name) => embeddedObject(at, name), fields);
}

/** A text, a number or a boolean; numbers to the letter, as they stand there. */
function scalarAt(fields: JsonFields | undefined, way: readonly string[]): string | undefined {
  const last = way.at(-1);
  if (last === undefined) return undefined;
  const parent = objectAt(fields, way.slice(0, -1));
  const value = parent?.value(last);
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? parent?.text(last) : undefined;
}
