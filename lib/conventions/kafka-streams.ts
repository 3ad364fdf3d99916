import type { Convention } from '#lib/conventions/convention.ts';
import { keptTimestamp } from '#lib/conventions/kept-timestamp.ts';
import { kafkaOrigin } from '#lib/conventions/places.ts';

const prefix = '__streams.errors.';
const owned = /^__streams\.errors\.(?:exception|message|stacktrace|topic|partition|offset)$/i;

/** Kafka Streams' dead-letter queue (KIP-1034, from 4.2): all text; `exception` is the class alone. The record keeps its original timestamp. */
export const kafkaStreams: Convention = {
  name: 'Kafka Streams',
  marks: [`${prefix}exception`, `${prefix}topic`],
  owns: (name) => owned.test(name),
  read(letter) {
    const { headers } = letter;
    return {
      failure: {
        errorClass: headers.firstText('__streams.errors.exception'),
        errorMessage: headers.firstText('__streams.errors.message'),
        stackTrace: headers.firstText('__streams.errors.stacktrace'),
      },
      origin: kafkaOrigin(
        {
          topic: headers.firstText('__streams.errors.topic'),
          partition: headers.firstText('__streams.errors.partition'),
          offset: headers.firstText('__streams.errors.offset'),
        },
        letter,
      ),
      originalAt: keptTimestamp(letter),
    };
  },
};
