import { binaryInteger, javaBigInteger } from '#lib/conventions/binary-integers.ts';
import type { Convention } from '#lib/conventions/convention.ts';
import { readJavaCause } from '#lib/conventions/error-text.ts';
import { namesWith, wholeNumber } from '#lib/conventions/header-index.ts';
import { epochMs } from '#lib/conventions/instants.ts';
import { javaWrappers } from '#lib/conventions/java-wrappers.ts';
import { kafkaOrigin } from '#lib/conventions/places.ts';

const owned =
  /^(?:kafka_(?:dlt-)?(?:original-(?:topic|partition|offset|timestamp|timestamp-type|consumer-group)|(?:key-)?exception-(?:fqcn|cause-fqcn|message|stacktrace))|kafka_deliveryAttempt|retry_topic-(?:attempts|original-timestamp|backoff-timestamp)|springDeserializerException(?:Key|Value)?)$/i;

const shortNames = [
  'exception-fqcn',
  'key-exception-fqcn',
  'exception-cause-fqcn',
  'exception-stacktrace',
  'key-exception-stacktrace',
  'exception-message',
  'key-exception-message',
  'original-topic',
  'original-partition',
  'original-offset',
  'original-timestamp',
  'original-consumer-group',
] as const;
type SpringName = (typeof shortNames)[number];
const inDeadLetter = namesWith('kafka_dlt-', shortNames);
const inRetryTopic = namesWith('kafka_', shortNames);

/**
 * Spring Kafka's dead-letter recoverer and its retry topics, where the same headers stand without `dlt-`. Names and binary encodings read in its
 * source (4.1) and in its bytes (`fixtures/spring-kafka.json`). `springDeserializerException*` are serialised Java objects: never deserialised,
 * shown by their size; what they say stands in the exception headers too.
 */
export const springKafka: Convention = {
  name: 'Spring Kafka',
  marks: [
    'kafka_dlt-original-topic',
    'kafka_original-topic',
    'kafka_dlt-exception-fqcn',
    'kafka_exception-fqcn',
    'kafka_dlt-key-exception-fqcn',
    'kafka_key-exception-fqcn',
    'kafka_dlt-exception-cause-fqcn',
    'kafka_exception-cause-fqcn',
  ],
  owns: (name) => owned.test(name),
  read(letter) {
    const { headers } = letter;
    // The recoverer writes either family; a record that went through retry topics and died may carry both, and the dead letter's own is newer.
    const value = (name: SpringName) => headers.value(inDeadLetter[name]) ?? headers.value(inRetryTopic[name]);
    const text = (...names: readonly SpringName[]) => {
      for (const name of names) {
        const found = headers.firstText(inDeadLetter[name], inRetryTopic[name]);
        if (found !== undefined) return found;
      }
      return undefined;
    };

    // A key that could not be deserialised has headers of its own, and only the cause's class stands in the common ones.
    const exceptionClass = text('exception-fqcn', 'key-exception-fqcn', 'exception-cause-fqcn');
    const causeClass = text('exception-cause-fqcn');
    const stackTrace = text('exception-stacktrace', 'key-exception-stacktrace');
    const message = text('exception-message', 'key-exception-message');
    const isWrapper = exceptionClass !== undefined && javaWrappers.has(exceptionClass);
    const deepest = isWrapper && stackTrace !== undefined ? readJavaCause(stackTrace) : undefined;
    const cause = causeClass !== undefined && !javaWrappers.has(causeClass) ? causeClass : undefined;
    return {
      failure: {
        errorClass: (isWrapper ? (deepest?.errorClass ?? cause) : undefined) ?? exceptionClass,
        errorMessage: deepest === undefined || deepest.errorMessage === '' ? message : deepest.errorMessage,
        stackTrace,
        // `retry_topic-attempts` is one too many in the dead letter, as it counts the try that never came; the listener's own count is exact.
        attempts: wholeNumber(binaryInteger(headers.value('kafka_deliveryattempt'), 4)),
      },
      origin: kafkaOrigin(
        {
          topic: text('original-topic'),
          partition: binaryInteger(value('original-partition'), 4),
          offset: binaryInteger(value('original-offset'), 8),
          failedIn: text('original-consumer-group'),
        },
        letter,
      ),
      originalAt: epochMs(
        // Behind retry topics `original-timestamp` is that of the last retry record, and this one that of the first.
        javaBigInteger(headers.value('retry_topic-original-timestamp')) ??
          binaryInteger(value('original-timestamp'), 8),
      ),
    };
  },
};
