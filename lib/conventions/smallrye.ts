import type { Convention } from '#lib/conventions/convention.ts';
import { namesWith } from '#lib/conventions/header-index.ts';
import { epochMs } from '#lib/conventions/instants.ts';
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
    const retries = headers.integer('delayed-retry-count');
    return {
      failure: {
        errorClass: newest('exception-class-name'),
        errorMessage: newest('reason') ?? headers.firstOf('deserialization-failure-reason'),
        attempts: retries === undefined ? undefined : retries + 1,
      },
      origin: kafkaOrigin({ topic: place('topic'), partition: place('partition'), offset: place('offset') }, letter),
      originalAt: epochMs(headers.text('delayed-retry-original-timestamp')),
    };
  },
};
