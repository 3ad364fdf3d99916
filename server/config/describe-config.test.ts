import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { describeConfig, secretsOf } from '#server/config/describe-config.ts';
import { load } from '#server/config/testing/load.ts';

describe('printing a configuration', () => {
  const secrets = ['kafka-secret', 'rabbit-secret', 'management-secret', 'aws-secret', 'pem-secret'];
  const config = load(
    {
      RABBITMQ_URL: 'amqp://shop:rabbit-secret@rabbit:5672',
      RABBITMQ_MANAGEMENT_URL: 'http://shop:management-secret@rabbit:15672',
    },
    `connections:
  - { name: k, kind: kafka, brokers: [a:9092], sasl: { mechanism: PLAIN, username: u, password: kafka-secret }, tls: { key: pem-secret } }
  - { name: s, kind: sqs, region: r, credentials: { accessKeyId: id, secretAccessKey: aws-secret, sessionToken: aws-secret } }`,
  );

  test.each([
    ['describeConfig', () => JSON.stringify(describeConfig(config))],
    ['inspect', () => inspect(config, { depth: 10 })],
    ['JSON', () => JSON.stringify(config)],
    ['inspect of its connections', () => inspect({ connections: config.connections }, { depth: 10 })],
    ['JSON of one connection', () => config.connections.map((connection) => JSON.stringify(connection)).join()],
  ])('%s shows no secret, and who is meant', (_way, print) => {
    const printed = print();
    for (const secret of secrets) expect(printed).not.toContain(secret);
    expect(printed).toContain('[secret]');
    expect(printed).toContain('shop');
  });
});

describe('the secrets of a configuration', () => {
  test('are all found, as they are and as an address has them', () => {
    const config = load(
      {},
      `
connections:
  - { name: a, kind: kafka, brokers: [k:1], sasl: { mechanism: PLAIN, username: reader, password: sasl-pass }, tls: { key: tls-key, ca: not-a-secret } }
  - { name: b, kind: rabbitmq, url: 'amqp://user:p%40ss-word@rabbit/vhost', managementUrl: 'http://user:other-pass@rabbit:15672' }
  - { name: c, kind: sqs, region: eu, credentials: { accessKeyId: AKIA1, secretAccessKey: aws-secret, sessionToken: aws-token } }
  - { name: d, kind: kafka, brokers: [k:1], schemaRegistryUrl: 'https://user:registry-pass@registry' }
`,
    );
    expect(secretsOf(config).toSorted()).toEqual(
      [
        'sasl-pass',
        'tls-key',
        'p%40ss-word',
        'p@ss-word',
        'other-pass',
        'aws-secret',
        'aws-token',
        'registry-pass',
      ].toSorted(),
    );
  });
});
