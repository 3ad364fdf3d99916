import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Destination } from '#lib/domain/message.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { createKafkaDriver } from '#server/brokers/kafka/kafka-driver.ts';
import { createForeignClient, type ForeignClient } from '#server/brokers/kafka/kafka-foreign-client.ts';
import type { KafkaSasl, KafkaSettings } from '#server/brokers/kafka/kafka-settings.ts';
import { type DriverHarness, type TestQueue, wrongPassword } from '#server/brokers/testing/harness.ts';
import { startTcpProxy, type TcpProxy } from '#server/brokers/testing/tcp-proxy.ts';
import { freePorts, onFreePorts } from '#server/local-brokers/free-port.ts';
import { startLocalKafka } from '#server/local-brokers/kafka.ts';
import type { LocalBroker } from '#server/local-brokers/local-broker.ts';

const connection = 'kafka-under-test';
const partitions = 3;

/** Kafka through the servers that TEST_KAFKA_BROKERS and TEST_KAFKA_SASL_BROKERS name, and one of its own that may be killed. */
export async function createKafkaHarness(label: string): Promise<DriverHarness> {
  const brokers = required('TEST_KAFKA_BROKERS').split(',');
  const foreign = await createForeignClient(brokers);
  let own: Promise<OwnServer> | null = null;
  const ownServer = () => (own ??= startOwnServer());

  return {
    label,
    connection,
    carries: {
      key: true,
      'null body': true,
      'empty body': true,
      '1 MB body': true,
      'binary body': true,
      'header order': true,
      'repeated header names': true,
      'null header value': true,
      'invalid UTF-8 header value': true,
      '64-bit integer header': false,
      'nested header table': false,
    },
    senderProperties: [],
    serverCannot: {},
    variants: [],

    connect: () => driverAt(brokers),

    connectBadly(how) {
      switch (how) {
        case 'wrong-password':
          return saslDriver({ ...credentials('TEST_KAFKA_SASL'), password: wrongPassword });
        case 'missing-permission':
          return saslDriver(credentials('TEST_KAFKA_SASL_DENIED'));
        case 'unreachable-host':
          // Port 1 is never given away by the system.
          return driverAt(['127.0.0.1:1']);
      }
    },

    createQueue: () => createQueue(foreign),

    async createKeepingQueue(ms) {
      const origin = topic(`conformance-${randomUUID()}.kept`);
      await foreign.createTopic(origin.topic, 1);
      await foreign.createTopic(`${origin.topic}.dlq`, 1, { 'retention.ms': String(ms) });
      return { name: `${origin.topic}.dlq`, origin };
    },

    inLane: (message, lane) => ({ ...message, key: Buffer.from(`lane-${lane}`) }),

    async createRefusedQueue() {
      return null;
    },

    put: (queue, messages) => foreign.put(queue.name, messages),
    snapshot: (queue) => foreign.snapshot(queue.name),
    receive: (destination, count) => foreign.receive(destination, count),

    missingDestination: () => topic(`conformance-${randomUUID()}.missing`),

    async rejectingDestination() {
      const name = `conformance-${randomUUID()}.small`;
      await foreign.createTopic(name, 1, { 'max.message.bytes': '1000' });
      return topic(name);
    },

    async connectThroughProxy() {
      const server = await ownServer();
      const destination = topic(`conformance-${randomUUID()}.proxied`);
      await server.foreign.createTopic(destination.topic, 1);
      const driver = driverAt([`127.0.0.1:${server.proxy.port}`]);
      return {
        driver,
        destination,
        receive: (count) => server.foreign.receive(destination, count),
        withholdAnswers: (after) => server.proxy.withholdAnswers(after),
        cut: (after) => server.proxy.cut(after),
        passAgain: () => server.proxy.passAgain(),
        async close() {
          server.proxy.passAgain();
          await driver.close();
        },
      };
    },

    async connectRestartable(count) {
      const server = await ownServer();
      const queue = await createQueue(server.foreign);
      await server.foreign.put(
        queue.name,
        Array.from({ length: count }, (_, index) => ({
          key: Buffer.from(`key-${index}`),
          body: Buffer.from(`message ${index}`),
          headers: [],
          properties: [],
        })),
      );
      const driver = driverAt([server.address]);
      return {
        driver,
        queue,
        async restart() {
          await server.broker.kill();
          await server.broker.start();
        },
        close: () => driver.close(),
      };
    },

    async close() {
      try {
        await foreign.close();
      } finally {
        await (await own)?.close();
      }
    },
  };
}

interface OwnServer {
  readonly broker: LocalBroker;
  readonly address: string;
  readonly foreign: ForeignClient;
  readonly proxy: TcpProxy;
  close(): Promise<void>;
}

/**
 * Clients of Kafka go on to the address that a broker advertises, past any proxy that they came through. So this broker has a second
 * listener that advertises the proxy's address.
 */
export function startOwnServer(): Promise<OwnServer> {
  return onFreePorts(startOnOwnPorts);
}

async function startOnOwnPorts(): Promise<OwnServer> {
  const folder = await mkdtemp(join(tmpdir(), 'redeliver-kafka-'));
  const [plaintext = 0, controller = 0, proxied = 0] = await freePorts(3);
  const proxy = await startTcpProxy({ host: '127.0.0.1', port: proxied });
  const broker = await startLocalKafka({
    folder,
    ports: { plaintext, controller },
    properties: {
      listeners: `PLAINTEXT://127.0.0.1:${plaintext},PROXIED://127.0.0.1:${proxied},CONTROLLER://127.0.0.1:${controller}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${plaintext},PROXIED://127.0.0.1:${proxy.port}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT',
    },
  });
  const address = `127.0.0.1:${plaintext}`;
  const foreign = await createForeignClient([address]);
  return {
    broker,
    address,
    foreign,
    proxy,
    async close() {
      await foreign.close();
      await proxy.close();
      await broker.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function createQueue(foreign: ForeignClient): Promise<TestQueue> {
  const origin = `conformance-${randomUUID()}.orders`;
  await foreign.createTopic(origin, partitions);
  await foreign.createTopic(`${origin}.dlq`, partitions);
  return { name: `${origin}.dlq`, origin: topic(origin) };
}

function driverAt(brokers: readonly string[], more: Partial<KafkaSettings> = {}): BrokerDriver {
  return createKafkaDriver({ connection, brokers, clock: Date.now, ...more });
}

function saslDriver(user: Pick<KafkaSasl, 'username' | 'password'>): BrokerDriver {
  return driverAt(required('TEST_KAFKA_SASL_BROKERS').split(','), { sasl: { mechanism: 'SCRAM-SHA-256', ...user } });
}

function credentials(prefix: string): Pick<KafkaSasl, 'username' | 'password'> {
  return { username: required(`${prefix}_USERNAME`), password: required(`${prefix}_PASSWORD`) };
}

function topic(name: string): Destination & { readonly kind: 'kafka' } {
  return { kind: 'kafka', topic: name, partition: null };
}

export function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set: start the test brokers first.`);
  return value;
}
