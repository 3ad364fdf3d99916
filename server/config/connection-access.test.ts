import { expect, test } from 'vitest';
import { accessOf } from '#server/config/connection-access.ts';
import { load } from '#server/config/testing/load.ts';

const yaml = `
connections:
  - { name: open, kind: kafka, brokers: [k:9092] }
  - name: shut
    kind: kafka
    brokers: [k:9093]
    sasl: { mechanism: scram-sha-512, username: reader, password: sasl-secret }
    tls: { cert: cert-secret, key: key-secret, rejectUnauthorized: false }
  - { name: jobs, kind: rabbitmq, url: 'amqps://j%40b:rabbit-secret@rabbit/v', managementUrl: 'http://rabbit:15672' }
  - { name: usual, kind: rabbitmq, url: 'amqp://rabbit', managementUrl: 'https://m:management-secret@rabbit' }
  - { name: cloud, kind: sqs, region: eu-central-1 }
  - { name: local, kind: sqs, region: elsewhere, endpoint: 'http://sqs:9324', credentials: { accessKeyId: id, secretAccessKey: aws-secret } }
`;

test('how a connection is protected and who signs in is told, and no secret', () => {
  const accesses = load({}, yaml).connections.map(accessOf);
  const plain = { hasClientCertificate: false, management: null };
  expect(accesses).toEqual([
    { ...plain, tls: 'none', signIn: { kind: 'none' } },
    {
      ...plain,
      tls: 'unchecked',
      hasClientCertificate: true,
      signIn: { kind: 'password', mechanism: 'SCRAM-SHA-512', user: 'reader' },
    },
    {
      ...plain,
      tls: 'checked',
      signIn: { kind: 'password', mechanism: null, user: 'j@b' },
      management: { tls: false, user: 'j@b' },
    },
    {
      ...plain,
      tls: 'none',
      signIn: { kind: 'password', mechanism: null, user: 'guest' },
      management: { tls: true, user: 'm' },
    },
    { ...plain, tls: 'checked', signIn: { kind: 'found-by-sdk' } },
    { ...plain, tls: 'none', signIn: { kind: 'access-key' } },
  ]);
  expect(JSON.stringify(accesses)).not.toContain('-secret');
});
