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
    const { headers } = letter;
    return {
      failure: {
        errorClass: headers.firstText('__connect.errors.exception.class.name'),
        errorMessage: headers.firstText('__connect.errors.exception.message'),
        stackTrace: headers.firstText('__connect.errors.exception.stacktrace'),
        // VALUE_CONVERTER, TASK_PUT, …: where in the connector it broke.
        reason: headers.firstText('__connect.errors.stage'),
      },
      origin: kafkaOrigin(
        {
          topic: headers.firstText('__connect.errors.topic'),
          partition: headers.firstText('__connect.errors.partition'),
          offset: headers.firstText('__connect.errors.offset'),
          failedIn: headers.firstText('__connect.errors.connector.name'),
        },
        letter,
      ),
      originalAt: keptTimestamp(letter),
    };
  },
};
