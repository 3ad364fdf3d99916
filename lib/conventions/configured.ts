import { binaryInteger } from '#lib/conventions/binary-integers.ts';
import type { Convention } from '#lib/conventions/convention.ts';
import { readErrorText } from '#lib/conventions/error-text.ts';
import { lowerCase, valueText, wholeNumber, type HeaderIndex } from '#lib/conventions/header-index.ts';
import { anyInstant } from '#lib/conventions/instants.ts';
import { exchangeDestination, kafkaOrigin, queueDestination } from '#lib/conventions/places.ts';

/** How a header's value becomes text. `text`: as it is; `int32`, `int64`: big-endian bytes, as Java's `ByteBuffer` writes them. */
export const headerDecoders = ['text', 'int32', 'int64'] as const;

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
] as const;

type ConventionField = (typeof conventionFields)[number];

export interface HeaderSource {
  readonly header: string;
  readonly decoder: (typeof headerDecoders)[number];
}

/** A convention that an operator has written down: which header says what. Plain data. */
export interface ConventionSettings {
  readonly name: string;
  readonly fields: { readonly [Field in ConventionField]?: HeaderSource | undefined };
}

/** Times are epoch milliseconds as digits, or ISO 8601 with a zone. */
export function createConfiguredConvention({ name, fields }: ConventionSettings): Convention {
  const sources = conventionFields.flatMap((field) => fields[field] ?? []);
  const marks = [...new Set(sources.map(({ header }) => header.toLowerCase()))];
  const owned = new Set(marks);
  return {
    name,
    marks,
    owns: (header) => owned.has(header.toLowerCase()),
    read(letter) {
      const { headers, queue } = letter;
      const said = (field: ConventionField) => decoded(headers, fields[field]);
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
        },
        at: anyInstant(said('failedAt')),
        originalAt: anyInstant(said('originalAt')),
      };
    },
  };
}

function decoded(headers: HeaderIndex, source: HeaderSource | undefined): string | undefined {
  const value = source === undefined ? undefined : headers.value(lowerCase(source.header));
  if (source === undefined || value === undefined) return undefined;
  switch (source.decoder) {
    case 'text':
      return valueText(value);
    case 'int32':
      return binaryInteger(value, 4);
    case 'int64':
      return binaryInteger(value, 8);
  }
}
