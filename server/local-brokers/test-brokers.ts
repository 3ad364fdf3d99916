import { join } from 'node:path';
import { localElasticMqAvailable, startLocalElasticMq } from '#server/local-brokers/elasticmq.ts';
import { type KafkaUser, localKafkaAvailable, startLocalKafka } from '#server/local-brokers/kafka.ts';
import type { Availability, LocalBroker } from '#server/local-brokers/local-broker.ts';
import {
  localRabbitMqAvailable,
  putRabbitMqUser,
  shovelPlugins,
  startLocalRabbitMq,
} from '#server/local-brokers/rabbitmq.ts';
import { localSchemaRegistryAvailable, startLocalSchemaRegistry } from '#server/local-brokers/schema-registry.ts';

export const testBrokerNames = ['kafka', 'rabbitmq', 'rabbitmq4', 'elasticmq', 'schema-registry'] as const;
export type TestBrokerName = (typeof testBrokerNames)[number];

/** One who may do everything and one who may log in and do nothing, with the same names at Kafka and RabbitMQ. */
export const operator = { username: 'operator', password: 'operator-secret' } as const;
export const denied = { username: 'denied', password: 'denied-secret' } as const;
export const kafkaTestUsers: readonly KafkaUser[] = [
  { ...operator, mayDoEverything: true },
  { ...denied, mayDoEverything: false },
];

export interface TestBroker {
  broker: LocalBroker;
  /** What the tests read: TEST_KAFKA_BROKERS, TEST_RABBITMQ_URL, TEST_SQS_ENDPOINT, ... */
  env: Record<string, string>;
}

export interface TestBrokerOptions {
  /** Each broker gets a folder of its own in here. */
  folder: string;
  outlivesParent: boolean;
  log?: (line: string) => void;
}

/** Starts one of the brokers that the tests expect, with the users they expect. */
export async function startTestBroker(name: TestBrokerName, options: TestBrokerOptions): Promise<TestBroker> {
  const start = { ...options, folder: join(options.folder, name) };
  switch (name) {
    case 'kafka': {
      const broker = await startLocalKafka({ ...start, sasl: { users: kafkaTestUsers } });
      return {
        broker,
        env: {
          TEST_KAFKA_BROKERS: broker.env['KAFKA_BROKERS'] ?? '',
          TEST_KAFKA_SASL_BROKERS: broker.env['KAFKA_SASL_BROKERS'] ?? '',
          ...credentials('TEST_KAFKA_SASL', operator),
          ...credentials('TEST_KAFKA_SASL_DENIED', denied),
        },
      };
    }
    case 'rabbitmq':
      return await rabbitMq('TEST_RABBITMQ', await startLocalRabbitMq({ ...start, plugins: shovelPlugins }));
    case 'rabbitmq4':
      return await rabbitMq(
        'TEST_RABBITMQ4',
        await startLocalRabbitMq({ ...start, version: 4, plugins: shovelPlugins }),
      );
    case 'elasticmq': {
      const broker = await startLocalElasticMq(start);
      return {
        broker,
        env: {
          TEST_SQS_ENDPOINT: broker.env['SQS_ENDPOINT'] ?? '',
          TEST_SQS_REGION: broker.env['AWS_REGION'] ?? '',
          TEST_SQS_ACCESS_KEY_ID: broker.env['AWS_ACCESS_KEY_ID'] ?? '',
          TEST_SQS_SECRET_ACCESS_KEY: broker.env['AWS_SECRET_ACCESS_KEY'] ?? '',
        },
      };
    }
    case 'schema-registry': {
      const broker = await startLocalSchemaRegistry(start);
      return { broker, env: { TEST_SCHEMA_REGISTRY_URL: broker.env['SCHEMA_REGISTRY_URL'] ?? '' } };
    }
  }
}

export async function testBrokerAvailable(name: TestBrokerName): Promise<Availability> {
  switch (name) {
    case 'kafka':
      return await localKafkaAvailable();
    case 'rabbitmq':
      return await localRabbitMqAvailable();
    case 'rabbitmq4':
      return await localRabbitMqAvailable(4);
    case 'elasticmq':
      return await localElasticMqAvailable();
    case 'schema-registry':
      return await localSchemaRegistryAvailable();
  }
}

async function rabbitMq(prefix: string, broker: LocalBroker): Promise<TestBroker> {
  const managementUrl = broker.env['RABBITMQ_MANAGEMENT_URL'] ?? '';
  const url = broker.env['RABBITMQ_URL'] ?? '';
  await putRabbitMqUser(managementUrl, {
    ...operator,
    tags: 'administrator',
    permissions: { configure: '.*', write: '.*', read: '.*' },
  });
  // May log in to the virtual host, but neither see, read nor write anything there.
  await putRabbitMqUser(managementUrl, { ...denied, permissions: { configure: '^$', write: '^$', read: '^$' } });
  return {
    broker,
    env: {
      [`${prefix}_URL`]: url,
      [`${prefix}_MANAGEMENT_URL`]: managementUrl,
      [`${prefix}_DENIED_URL`]: url.replace('guest:guest', `${denied.username}:${denied.password}`),
      [`${prefix}_DENIED_MANAGEMENT_URL`]: managementUrl.replace(
        'guest:guest',
        `${denied.username}:${denied.password}`,
      ),
    },
  };
}

function credentials(prefix: string, user: { username: string; password: string }): Record<string, string> {
  return { [`${prefix}_USERNAME`]: user.username, [`${prefix}_PASSWORD`]: user.password };
}
