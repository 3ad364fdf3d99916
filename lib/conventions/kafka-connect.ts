import type { Convention } from '#lib/conventions/convention.ts';
import { keptTimestamp } from '#lib/conventions/kept-timestamp.ts';
import { kafkaOrigin } from '#lib/conventions/places.ts';

const prefix = '__connect.errors.';
const owned =
  /^__connect\.errors\.(?:topic|partition|offset|connector\.name|task\.id|stage|class\.name|exception\.(?:class\.name|message|stacktrace))$/i;

/**
 * Kafka Connect's dead-letter reporter (KIP-298): all text. A producer can forge these names, and Connect appends, so the last value is the true
 * one. The record keeps its source's timestamp: when it failed stands nowhere.
 */
export const kafkaConnect: Convention = {
  name: 'Kafka Connect',
  marks: [`${prefix}topic`, `${prefix}exception.class.name`],
  owns: (name) => owned.test(name),
  read(letter) {
    const said = (name: string) => letter.headers.firstText(prefix + name);
    return {
      failure: {
        errorClass: said('exception.class.name'),
        errorMessage: said('exception.message'),
        stackTrace: said('exception.stacktrace'),
        // VALUE_CONVERTER, TASK_PUT, …: where in the connector it broke.
        reason: said('stage'),
      },
      origin: kafkaOrigin(
        {
          topic: said('topic'),
          partition: said('partition'),
          offset: said('offset'),
          failedIn: said('connector.name'),
        },
        letter,
      ),
      originalAt: keptTimestamp(letter),
    };
  },
};
