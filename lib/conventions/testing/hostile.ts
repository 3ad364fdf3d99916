import { fc } from '#lib/testing/properties.ts';
import { expect } from 'vitest';
import type { Reading } from '#lib/domain/dead-letter.ts';
import type { BrokerKind } from '#lib/domain/message.ts';

export const brokerKinds = fc.constantFrom<BrokerKind>('kafka', 'rabbitmq', 'sqs');

/** Names beside the marks that conventions look at, and some that trip up careless look-ups. */
export const conventionWords = [
  '__proto__',
  'constructor',
  'queue',
  'reason',
  'routing-keys',
  'last-time',
  'time',
  'exchange',
  'originalQueue',
  'error',
  'message',
  'error_class',
  'backtrace',
  'retries',
  'id',
  'source_partition',
  'source_offset',
  'MT-Fault-InputAddress',
  'MT-Fault-Timestamp',
  'kafka_dlt-original-partition',
  'kafka_dlt-original-offset',
  'kafka_dlt-exception-stacktrace',
  'retry_topic-original-timestamp',
  '__connect.errors.offset',
  'DeadLetterQueueSourceArn',
  'SentTimestamp',
  'timestamp',
  'timestamp-type',
  'dlq-timestamp',
  'failed-at',
] as const;

/** The bounds that the index relies on. */
export function expectBounded({ failure, origin, at, originalAt, conventions }: Reading): void {
  const length = (text: string | null) => text?.length ?? 0;
  expect(length(failure.errorClass)).toBeLessThanOrEqual(501);
  expect(length(failure.errorMessage)).toBeLessThanOrEqual(4_001);
  expect(length(failure.stackTrace)).toBeLessThanOrEqual(64_001);
  expect(length(failure.reason)).toBeLessThanOrEqual(501);
  expect(failure.attempts ?? 0).toBeGreaterThanOrEqual(0);
  expect(length(origin.failedIn)).toBeLessThanOrEqual(501);
  expect(length(origin.position)).toBeLessThanOrEqual(501);
  expect(JSON.stringify(origin.destination).length).toBeLessThanOrEqual(4_000);
  for (const instant of [at, originalAt]) {
    if (instant === null) continue;
    expect(Number.isSafeInteger(instant)).toBe(true);
    expect(Number.isNaN(new Date(instant).getTime())).toBe(false);
  }
  expect(conventions.length).toBeLessThanOrEqual(40);
}
