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
    const said = (name: string) => letter.headers.firstText(prefix + name);
    return {
      failure: { errorClass: said('exception'), errorMessage: said('message'), stackTrace: said('stacktrace') },
      origin: kafkaOrigin({ topic: said('topic'), partition: said('partition'), offset: said('offset') }, letter),
      originalAt: keptTimestamp(letter),
    };
  },
};
