import type { Convention } from '#lib/conventions/convention.ts';
import { readJavaCause } from '#lib/conventions/error-text.ts';
import { type HeaderIndex, wholeNumber } from '#lib/conventions/header-index.ts';
import type { Destination } from '#lib/domain/message.ts';

const owned =
  /^(?:kafka_dlt-|kafka_original-|kafka_exception-|kafka_deliveryAttempt$|retry_topic-|springDeserializerException)/i;

// Frameworks' own wrappers: the real class is further down. spring-kafka 4.1 and java.util.concurrent.
const wrappers = new Set([
  'org.springframework.kafka.listener.ListenerExecutionFailedException',
  'org.springframework.kafka.listener.TimestampedException',
  'java.util.concurrent.CompletionException',
  'java.util.concurrent.ExecutionException',
  'java.lang.reflect.InvocationTargetException',
  'java.lang.reflect.UndeclaredThrowableException',
]);

/** Spring Kafka's dead-letter recoverer: names and binary encodings read in its source (4.1). */
export const springKafka: Convention = {
  name: 'Spring Kafka',
  owns: (name) => owned.test(name),
  read(_letter, headers) {
    const topic = headers.firstText('kafka_dlt-original-topic', 'kafka_original-topic');
    const exceptionClass = headers.firstText(
      'kafka_dlt-exception-fqcn',
      'kafka_exception-fqcn',
      'kafka_dlt-key-exception-fqcn',
      'kafka_dlt-exception-cause-fqcn',
      'kafka_exception-cause-fqcn',
    );
    if (topic === undefined && exceptionClass === undefined) return null;

    const stackTrace = headers.firstText(
      'kafka_dlt-exception-stacktrace',
      'kafka_exception-stacktrace',
      'kafka_dlt-key-exception-stacktrace',
    );
    const message = headers.firstText(
      'kafka_dlt-exception-message',
      'kafka_exception-message',
      'kafka_dlt-key-exception-message',
    );
    const causeClass = headers.firstText('kafka_dlt-exception-cause-fqcn', 'kafka_exception-cause-fqcn');
    const isWrapper = exceptionClass !== undefined && wrappers.has(exceptionClass);
    const deepest = isWrapper && stackTrace !== undefined ? readJavaCause(stackTrace) : undefined;
    const unwrapped = isWrapper
      ? (deepest?.errorClass ?? (causeClass !== undefined && !wrappers.has(causeClass) ? causeClass : undefined))
      : undefined;

    const partition =
      binaryInteger(headers, 'kafka_dlt-original-partition', 4) ??
      binaryInteger(headers, 'kafka_original-partition', 4);
    const offset =
      binaryInteger(headers, 'kafka_dlt-original-offset', 8) ?? binaryInteger(headers, 'kafka_original-offset', 8);
    const originalAt =
      binaryInteger(headers, 'kafka_dlt-original-timestamp', 8) ??
      binaryInteger(headers, 'kafka_original-timestamp', 8);
    const destination: Destination | undefined =
      topic === undefined
        ? undefined
        : { kind: 'kafka', topic, partition: partition === undefined ? null : Number(partition) };
    return {
      failure: {
        errorClass: unwrapped ?? exceptionClass,
        errorMessage:
          deepest?.errorMessage !== undefined && deepest.errorMessage !== '' ? deepest.errorMessage : message,
        stackTrace,
        attempts: wholeNumber(binaryInteger(headers, 'kafka_deliveryAttempt', 4)),
      },
      origin: {
        destination,
        failedIn: headers.text('kafka_dlt-original-consumer-group') ?? topic,
        position: offset === undefined ? undefined : partition === undefined ? offset : `${partition}:${offset}`,
      },
      originalAt: wholeNumber(originalAt),
    };
  },
};

/** Big-endian signed integer of exactly so many bytes, as decimal text. */
function binaryInteger(headers: HeaderIndex, name: string, bytes: 4 | 8): string | undefined {
  const value = headers.value(name);
  if (value?.kind !== 'bytes' || value.bytes.length !== bytes) return undefined;
  const view = new DataView(value.bytes.buffer, value.bytes.byteOffset, bytes);
  return bytes === 4 ? String(view.getInt32(0)) : String(view.getBigInt64(0));
}
