import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { createKafkaDriver } from '#server/brokers/kafka/kafka-driver.ts';
import { createForeignClient } from '#server/brokers/kafka/kafka-foreign-client.ts';
import { required } from '#server/brokers/kafka/kafka-harness.ts';
import type { KafkaSettings } from '#server/brokers/kafka/kafka-settings.ts';
import { failureOf } from '#server/brokers/testing/expectations.ts';
import { freePorts } from '#server/local-brokers/free-port.ts';
import { startLocalKafka } from '#server/local-brokers/kafka.ts';
import type { LocalBroker } from '#server/local-brokers/local-broker.ts';

const signal = new AbortController().signal;
const saslBrokers = required('TEST_KAFKA_SASL_BROKERS').split(',');

async function using<Result>(
  more: Partial<KafkaSettings>,
  work: (driver: BrokerDriver) => Promise<Result>,
): Promise<Result> {
  const driver = createKafkaDriver({ connection: 'kafka-login', brokers: saslBrokers, clock: Date.now, ...more });
  try {
    return await work(driver);
  } finally {
    await driver.close();
  }
}

describe('with a password', () => {
  const user = { username: required('TEST_KAFKA_SASL_USERNAME'), password: required('TEST_KAFKA_SASL_PASSWORD') };
  const mechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;

  test.each(mechanisms)('%s is accepted when right and said to be wrong when wrong', async (mechanism) => {
    const info = await using({ sasl: { mechanism, ...user } }, (driver) => driver.check(signal));
    expect(info.product).toBe('Apache Kafka');
    const wrong = { mechanism, username: user.username, password: 'not the password' };
    const error = await using({ sasl: wrong }, (driver) => failureOf(driver.check(signal)));
    expect(error.code).toBe('unauthenticated');
  });

  test('a client that offers none is hung up on, and told what to look at', async () => {
    const error = await using({}, (driver) => failureOf(driver.check(signal)));
    expect(['interrupted', 'unreachable']).toContain(error.code);
    expect(error.message).toContain('password');
  });
});

test('an account that may describe a topic, but neither read nor write it, is told so before and when it tries', async () => {
  const username = required('TEST_KAFKA_SASL_DENIED_USERNAME');
  const sasl = { mechanism: 'PLAIN', username, password: required('TEST_KAFKA_SASL_DENIED_PASSWORD') } as const;
  const foreign = await createForeignClient(required('TEST_KAFKA_BROKERS').split(','));
  const topic = `login-${randomUUID()}.dlq`;
  const acl = {
    resourceType: AclResourceTypes.TOPIC,
    resourceName: topic,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    principal: `User:${username}`,
    host: '*',
    operation: AclOperationTypes.DESCRIBE,
    permissionType: AclPermissionTypes.ALLOW,
  };
  const destination = { kind: 'kafka', topic, partition: null } as const;
  const message = { key: null, body: Buffer.from('x'), headers: [], properties: [] };
  await foreign.createTopic(topic, 1);
  await foreign.put(topic, [message]);
  await foreign.admin.createAcls({ acl: [acl] });
  try {
    await using({ sasl }, async (driver) => {
      // The grant reaches the broker a moment after it was given.
      await expect
        .poll(() =>
          driver.inspect(topic, signal).then(
            (facts) => facts.depth.count,
            () => null,
          ),
        )
        .toBe(1);
      expect(await driver.describeDestination(destination, signal)).toMatchObject({ exists: true, writable: 'no' });
      const reading = driver.browse(topic, { from: null }, signal)[Symbol.asyncIterator]().next();
      expect((await failureOf(reading)).code).toBe('forbidden');
      const sending = driver.publish([{ ref: 'a', destination, message }], { timeoutMs: 5_000, signal }).then(
        ([outcome]) => (outcome?.kind === 'failed' ? outcome.error : outcome),
        (error: unknown) => error,
      );
      expect(await sending).toMatchObject({ code: 'forbidden' });
    });
  } finally {
    await foreign.admin.deleteAcls({ filters: [acl] });
    await foreign.close();
  }
});

describe('with TLS', () => {
  let folder: string;
  let broker: LocalBroker;
  let ca: string;
  let tlsBrokers: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'redeliver-kafka-tls-'));
    const keystore = join(folder, 'server.p12');
    const keytool = (...args: string[]) =>
      promisify(execFile)('keytool', [...args, '-alias', 'kafka', '-keystore', keystore, '-storepass', 'changeit']);
    await keytool(
      '-genkeypair',
      '-keyalg',
      'EC',
      '-storetype',
      'PKCS12',
      '-dname',
      'CN=localhost',
      '-ext',
      'san=ip:127.0.0.1,dns:localhost',
    );
    ca = (await keytool('-exportcert', '-rfc')).stdout;
    const [plaintext = 0, controller = 0, tls = 0] = await freePorts(3);
    const listeners = `PLAINTEXT://127.0.0.1:${plaintext},SSL://127.0.0.1:${tls}`;
    broker = await startLocalKafka({
      folder: join(folder, 'broker'),
      ports: { plaintext, controller },
      properties: {
        listeners: `${listeners},CONTROLLER://127.0.0.1:${controller}`,
        'advertised.listeners': listeners,
        'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,SSL:SSL,CONTROLLER:PLAINTEXT',
        'ssl.keystore.location': keystore,
        'ssl.keystore.password': 'changeit',
        'ssl.keystore.type': 'PKCS12',
      },
    });
    tlsBrokers = [`127.0.0.1:${tls}`];
  });
  afterAll(async () => {
    await broker?.kill();
    await rm(folder, { recursive: true, force: true });
  });

  test('a certificate of the configured authority is trusted', async () => {
    const info = await using({ brokers: tlsBrokers, tls: { ca } }, (driver) => driver.check(signal));
    expect(info.product).toBe('Apache Kafka');
  });

  test('a certificate that nobody vouches for is refused, unless that is wanted', async () => {
    const error = await using({ brokers: tlsBrokers, tls: true }, (driver) => failureOf(driver.check(signal)));
    expect(error.code).toBe('unauthenticated');
    expect(error.message).toContain('certificate');
    await using({ brokers: tlsBrokers, tls: { rejectUnauthorized: false } }, (driver) => driver.check(signal));
  });

  test('TLS against a listener without, and the other way round, are told apart from a dead host', async () => {
    const plain = `127.0.0.1:${broker.ports['plaintext']}`;
    const onPlain = await using({ brokers: [plain], tls: { ca } }, (driver) => failureOf(driver.check(signal)));
    expect(onPlain.message).toContain('TLS');
    const onTls = await using({ brokers: tlsBrokers }, (driver) => failureOf(driver.check(signal)));
    expect(onTls.message).toContain('TLS');
  });
});
