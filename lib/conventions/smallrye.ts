import type { Convention } from '#lib/conventions/convention.ts';
import { readErrorText, type ErrorText } from '#lib/conventions/error-text.ts';
import { type HeaderIndex, namesWith } from '#lib/conventions/header-index.ts';
import { epochMs } from '#lib/conventions/instants.ts';
import { javaWrappers } from '#lib/conventions/java-wrappers.ts';
import { kafkaOrigin } from '#lib/conventions/places.ts';

const owned =
  /^(?:(?:dead-letter|delayed-retry)-(?:exception-class-name|cause-class-name|reason|cause|topic|partition|offset)|delayed-retry-(?:count|original-timestamp|first-processing-timestamp)|deserialization-failure-(?:reason|cause|topic|deserializer|key|data|key-data|value-data|dlq))$/i;

const shortNames = [
  'exception-class-name',
  'cause-class-name',
  'reason',
  'cause',
  'topic',
  'partition',
  'offset',
] as const;
type SmallRyeName = (typeof shortNames)[number];
const inDeadLetter = namesWith('dead-letter-', shortNames);
const inRetryTopic = namesWith('delayed-retry-', shortNames);

/**
 * SmallRye Reactive Messaging, Quarkus' Kafka connector. It prepends its headers to those that the record already has: of repeated names the first
 * is the newest, and the last `delayed-retry-topic` is where the record was first. Names read in its source (4.28).
 */
export const smallRye: Convention = {
  name: 'SmallRye (Quarkus)',
  marks: [
    'dead-letter-topic',
    'dead-letter-exception-class-name',
    'dead-letter-reason',
    'delayed-retry-topic',
    'delayed-retry-exception-class-name',
    'deserialization-failure-reason',
  ],
  owns: (name) => owned.test(name),
  read(letter) {
    const { headers } = letter;
    const newest = (name: SmallRyeName) => headers.firstOf(inDeadLetter[name]) ?? headers.firstOf(inRetryTopic[name]);
    const wasRetried = headers.has('delayed-retry-topic');
    // Behind retry topics the dead letter's own place is a retry topic; the oldest retry header names the real one.
    const place = (name: SmallRyeName) => (wasRetried ? headers.text(inRetryTopic[name]) : newest(name));
    const error = realError([newest('exception-class-name'), newest('reason')], causeOf(headers));
    const retries = headers.integer('delayed-retry-count');
    return {
      failure: {
        errorClass: error.errorClass,
        errorMessage: error.errorMessage ?? headers.firstOf('deserialization-failure-reason'),
        attempts: retries === undefined ? undefined : retries + 1,
      },
      origin: kafkaOrigin({ topic: place('topic'), partition: place('partition'), offset: place('offset') }, letter),
      originalAt: epochMs(headers.text('delayed-retry-original-timestamp')),
    };
  },
};

/** Of the newest failure: where an older one says a cause and this one does not, it is not known whose it is. */
function causeOf(headers: HeaderIndex): Said {
  const names = headers.has(inDeadLetter['exception-class-name']) ? inDeadLetter : inRetryTopic;
  const failures = headers.values(names['exception-class-name']).length;
  if (headers.values(names['cause-class-name']).length !== failures) return [undefined, undefined];
  const hasText = headers.values(names.cause).length === failures;
  return [headers.firstOf(names['cause-class-name']), hasText ? headers.firstOf(names.cause) : undefined];
}

type Said = readonly [errorClass: string | undefined, errorMessage: string | undefined];

/**
 * What was thrown, where a wrapper is named: around a failing method there is one ("SRMSG00103: Exception thrown when calling the method …"), the
 * same for every problem. Its cause has headers of its own; a cause that is a wrapper as well (`CompletionException`) has the real class in its text.
 */
function realError(outer: Said, cause: Said): { readonly [K in keyof ErrorText]?: ErrorText[K] | undefined } {
  for (const [errorClass, errorMessage] of [outer, cause])
    if (errorClass !== undefined && !javaWrappers.has(errorClass)) return { errorClass, errorMessage };
  for (const [, text] of [cause, outer]) {
    const read = text === undefined ? undefined : readErrorText(text);
    if (read?.errorClass !== undefined && !javaWrappers.has(read.errorClass)) return read;
  }
  return { errorClass: outer[0], errorMessage: outer[1] };
}
