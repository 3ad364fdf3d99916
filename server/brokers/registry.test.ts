import { describe, expect, test } from 'vitest';
import { createBroker } from '#server/brokers/broker.ts';
import { createDriver } from '#server/brokers/registry.ts';
import { systemClock } from '#server/clock.ts';
import { loadConfig } from '#server/config/config.ts';

const signal = new AbortController().signal;

describe('from an environment to brokers that answer', () => {
  const config = loadConfig(
    {
      KAFKA_BROKERS: required('TEST_KAFKA_BROKERS'),
      RABBITMQ_URL: required('TEST_RABBITMQ_URL'),
      RABBITMQ_MANAGEMENT_URL: required('TEST_RABBITMQ_MANAGEMENT_URL'),
    },
    () => '',
  );
  const sqs = {
    name: 'sqs',
    kind: 'sqs' as const,
    region: 'us-east-1',
    endpoint: required('TEST_SQS_ENDPOINT'),
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };

  test.each([...config.connections, sqs])('$name answers a check and a search', async (settings) => {
    const broker = createBroker(createDriver(settings, systemClock), {
      connection: settings.name,
      random: Math.random,
    });
    try {
      expect(broker.kind).toBe(settings.kind);
      expect((await broker.check(signal)).product.length).toBeGreaterThan(0);
      expect(await broker.discover(signal)).toBeInstanceOf(Array);
      expect(broker.counts()).toMatchObject({ calls: 2, errors: {} });
    } finally {
      await broker.close();
    }
  });

  test('a queue that the configuration names is found though its name says nothing', async () => {
    const pinned = { name: 'registry-test-pinned', origin: 'registry-test-origin' };
    const settings = loadConfig({ RABBITMQ_URL: required('TEST_RABBITMQ_URL') }, () => '').connections.map(
      (connection) => ({
        ...connection,
        deadLetter: { queues: [pinned] },
      }),
    );
    const [first] = settings;
    if (first === undefined) throw new Error('The environment names a connection.');
    const driver = createDriver(first, systemClock);
    try {
      expect(await driver.discover(signal)).toContainEqual(
        expect.objectContaining({ name: pinned.name, foundBy: 'configuration', origins: [pinned.origin] }),
      );
    } finally {
      await driver.close();
    }
  });
});

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set: start the test brokers first.`);
  return value;
}
