import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKafkaDriver } from '#server/brokers/kafka/kafka-driver.ts';
import { createForeignClient, type ForeignClient } from '#server/brokers/kafka/kafka-foreign-client.ts';
import { required } from '#server/brokers/kafka/kafka-harness.ts';

/** How long a real Kafka says that it keeps a topic's records, and what nobody can know of it. */

describe('the retention of a topic', () => {
  const brokers = required('TEST_KAFKA_BROKERS').split(',');
  const driver = createKafkaDriver({ connection: 'kafka-retention', brokers, clock: Date.now });
  const { signal } = new AbortController();
  let foreign: ForeignClient;
  beforeAll(async () => {
    foreign = await createForeignClient(brokers);
  });
  afterAll(async () => {
    await driver.close();
    await foreign.close();
  });

  it.each([
    ['a time', { 'retention.ms': '86400000' }, { kind: 'for', ms: 86_400_000, bound: 'at-least' }],
    ['no limit', { 'retention.ms': '-1' }, { kind: 'unlimited' }],
    ['the longest time there is', { 'retention.ms': '9223372036854775807' }, { kind: 'unlimited' }],
    [
      'a time and a size, whichever comes first',
      { 'retention.ms': '86400000', 'retention.bytes': '1000000' },
      { kind: 'untold' },
    ],
    ['a size alone', { 'retention.ms': '-1', 'retention.bytes': '1000000' }, { kind: 'untold' }],
    ['compaction', { 'cleanup.policy': 'compact' }, { kind: 'untold' }],
    ['compaction and a time', { 'cleanup.policy': 'compact,delete', 'retention.ms': '86400000' }, { kind: 'untold' }],
  ])('by %s', async (_, config, retention) => {
    const topic = `retention-${randomUUID()}.dlq`;
    await foreign.createTopic(topic, 1, config);
    expect((await driver.inspect(topic, signal)).retention).toEqual(retention);
  });
});
