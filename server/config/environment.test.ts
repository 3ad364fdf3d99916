import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { describeConfig } from '#server/config/describe-config.ts';
import { load, refusal } from '#server/config/testing/load.ts';

describe('configuration from the environment', () => {
  test('nothing configured means the sandbox, on loopback', () => {
    expect(describeConfig(load({}))).toEqual({
      http: { host: '127.0.0.1', port: 3000, allowedHosts: [], allowedOrigins: [] },
      dataFolder: './data',
      connections: [],
      sandbox: true,
      sync: {
        discoverMs: 30_000,
        pollMs: 5_000,
        scanMs: 60_000,
        browseMessagesMax: 10_000,
        browseBytesMax: 268_435_456,
      },
      returns: { watchMs: 900_000, quarantineAfter: 3 },
      archive: { keptMs: 30 * 86_400_000 },
      links: { trace: null },
      log: { level: 'info', format: null, to: 'stdout' },
      metrics: { queuesMax: 2_000, groupsPerQueue: 10, lagSeriesMax: 20_000 },
      lag: { everyMs: 30_000, connections: {} },
    });
  });

  test('the connections are called kafka, rabbitmq and sqs', () => {
    const config = load({
      KAFKA_BROKERS: 'one:9092, two:9092',
      KAFKA_USERNAME: 'reader',
      KAFKA_PASSWORD: 'kafka-secret',
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_SSL: 'TRUE',
      SCHEMA_REGISTRY_URL: 'http://registry:8081',
      RABBITMQ_URL: 'amqp://shop:rabbit-secret@rabbit:5672/orders',
      RABBITMQ_MANAGEMENT_URL: 'http://rabbit:15672',
      AWS_REGION: 'eu-central-1',
      HOST: '::1',
      PORT: '8080',
      REDELIVER_DATA: '/var/lib/redeliver',
    });
    expect(config.sandbox).toBe(false);
    expect(structuredClone(config.connections)).toEqual([
      {
        name: 'kafka',
        kind: 'kafka',
        brokers: ['one:9092', 'two:9092'],
        sasl: { mechanism: 'SCRAM-SHA-512', username: 'reader', password: 'kafka-secret' },
        tls: true,
        schemaRegistryUrl: 'http://registry:8081',
      },
      {
        name: 'rabbitmq',
        kind: 'rabbitmq',
        url: 'amqp://shop:rabbit-secret@rabbit:5672/orders',
        managementUrl: 'http://rabbit:15672',
      },
      { name: 'sqs', kind: 'sqs', region: 'eu-central-1' },
    ]);
    expect(config.http).toMatchObject({ host: '::1', port: 8080 });
    expect(config.dataFolder).toBe('/var/lib/redeliver');
  });

  test('an endpoint is enough for SQS, an empty variable counts as unset', () => {
    const { connections } = load({ SQS_ENDPOINT: 'http://127.0.0.1:9324', AWS_REGION: '', KAFKA_BROKERS: ' ' });
    expect(structuredClone(connections)).toEqual([
      { name: 'sqs', kind: 'sqs', region: 'us-east-1', endpoint: 'http://127.0.0.1:9324' },
    ]);
  });

  test.each([
    ['PORT', { PORT: 'web' }, 'a whole number from 0 to 65535'],
    ['KAFKA_BROKERS', { KAFKA_BROKERS: 'kafka://one:9092' }, 'kafka-1:9092'],
    ['KAFKA_PASSWORD', { KAFKA_BROKERS: 'one:9092', KAFKA_USERNAME: 'me' }, 'Set both'],
    ['KAFKA_SSL', { KAFKA_BROKERS: 'one:9092', KAFKA_SSL: 'maybe' }, 'true or false'],
    [
      'KAFKA_SASL_MECHANISM',
      { KAFKA_BROKERS: 'a:1', KAFKA_USERNAME: 'me', KAFKA_PASSWORD: 'x', KAFKA_SASL_MECHANISM: 'GSSAPI' },
      'PLAIN',
    ],
    ['RABBITMQ_URL', { RABBITMQ_URL: 'rabbit:5672' }, 'amqp://user:password@host:5672/vhost'],
    ['RABBITMQ_URL', { RABBITMQ_MANAGEMENT_URL: 'http://rabbit:15672' }, 'amqp://'],
    ['SQS_ENDPOINT', { SQS_ENDPOINT: 'localhost:9324' }, 'http://localhost:9324'],
    ['REDELIVER_DATABASE_URL', { REDELIVER_DATABASE_URL: 'postgres://db' }, 'REDELIVER_DATA'],
    ['REDELIVER_CONFIG', { REDELIVER_CONFIG: '/missing.yaml' }, '/missing.yaml'],
  ])('a wrong %s is refused by its name, with what to write', (key, env, hint) => {
    const error = refusal(env);
    expect(error).toMatchObject({ code: 'invalid_configuration', details: { key } });
    expect(error.message).toContain(key);
    expect(error.message).toContain(hint);
  });

  test('no refusal repeats a password', () => {
    const error = refusal({ RABBITMQ_URL: 'ampq://shop:rabbit-secret@rabbit:5672' });
    expect(inspect(error, { depth: 10 })).not.toContain('rabbit-secret');
  });
});
