import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ConfirmChannel } from 'amqplib';
import { type Destination, type RawMessage, textHeader } from '#lib/domain/message.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { loadForeignAmqplib } from '#server/brokers/rabbitmq/foreign-amqplib.ts';
import { consume, visibleOf } from '#server/brokers/rabbitmq/foreign-consumer.ts';
import {
  askManagement,
  hasDeliveryLimit,
  policyOf,
  serverVersion,
} from '#server/brokers/rabbitmq/foreign-management.ts';
import { foreignOptions, receivedMessage } from '#server/brokers/rabbitmq/foreign-messages.ts';
import { createRabbitMqDriver } from '#server/brokers/rabbitmq/rabbitmq-driver.ts';
import type { RabbitMqSettings } from '#server/brokers/rabbitmq/rabbitmq-settings.ts';
import { startRestartable } from '#server/brokers/rabbitmq/restart-harness.ts';
import { type DriverHarness, type TestQueue, wrongPassword } from '#server/brokers/testing/harness.ts';
import { startTcpProxy } from '#server/brokers/testing/tcp-proxy.ts';

export interface RabbitMqHarnessOptions {
  /** The prefix of the environment's variables, `TEST_RABBITMQ` or `TEST_RABBITMQ4`. */
  readonly env: 'TEST_RABBITMQ' | 'TEST_RABBITMQ4';
}

/** The harness with what only the tests of RabbitMQ need. */
export interface RabbitMqHarness extends DriverHarness {
  readonly major: number;
  readonly url: string;
  readonly managementUrl: string;
  connectWithoutManagement(settings: Partial<RabbitMqSettings>): BrokerDriver;
  /** Waits until the server reports the policy of that name for the queue. */
  policyApplied(queue: string): Promise<void>;
  connect(settings?: Partial<RabbitMqSettings>): BrokerDriver;
  /** The foreign client's own channel, for topologies. */
  readonly foreign: ConfirmChannel;
  /** A name that exists once; queues and exchanges of names made here are deleted at the end. */
  uniqueName(suffix?: string): string;
  /** A queue of that type that nothing points at. */
  createPlainQueue(type: string, args?: Readonly<Record<string, unknown>>): Promise<string>;
  ready(queue: string): Promise<number>;
  putPolicy(kind: 'policies' | 'operator-policies', name: string, policy: object): Promise<void>;
}

const connection = 'rabbitmq-under-test';
const amqplib = loadForeignAmqplib();

export async function createRabbitMqHarness({ env }: RabbitMqHarnessOptions): Promise<RabbitMqHarness> {
  const url = required(`${env}_URL`);
  const managementUrl = required(`${env}_MANAGEMENT_URL`);
  const settings: RabbitMqSettings = { connection, url, managementUrl, clock: Date.now };
  const client = await amqplib.connect(url, { noDelay: true });
  client.on('error', () => undefined);
  const foreign = await client.createConfirmChannel();
  const version = await serverVersion(managementUrl);
  const major = Number.parseInt(version, 10);
  const names = new Set<string>();
  const policies = new Set<string>();

  function uniqueName(suffix = ''): string {
    const name = `rabbit-conformance-${randomUUID().slice(0, 13)}${suffix}`;
    names.add(name);
    return name;
  }

  async function createPlainQueue(type: string, args: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const name = uniqueName('-left');
    await foreign.assertQueue(name, { durable: true, arguments: { 'x-queue-type': type, ...args } });
    return name;
  }

  async function createQueue(variant = 'classic', args: Readonly<Record<string, unknown>> = {}): Promise<TestQueue> {
    // The suite and its snapshots read more often than RabbitMQ 4 allows by default.
    const unlimited = variant === 'quorum' && major >= 4 ? { 'x-delivery-limit': -1 } : {};
    const name = await createPlainQueue(variant, { ...unlimited, ...args });
    const origin = uniqueName();
    await foreign.assertQueue(origin, {
      durable: true,
      arguments: { 'x-queue-type': variant, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': name },
    });
    return { name, origin: { kind: 'rabbitmq', exchange: '', routingKey: origin } };
  }

  async function put(channel: ConfirmChannel, queue: string, messages: readonly RawMessage[]): Promise<void> {
    for (const message of messages) {
      if (message.body === null) throw new Error('AMQP has no null body.');
      channel.sendToQueue(queue, Buffer.from(message.body), foreignOptions(message));
    }
    await channel.waitForConfirms();
  }

  async function ready(queue: string): Promise<number> {
    return (await foreign.checkQueue(queue)).messageCount;
  }

  async function receive(destination: Destination, count: number): Promise<readonly RawMessage[]> {
    if (destination.kind !== 'rabbitmq') throw new Error('Not a destination on RabbitMQ.');
    const received = await consume(client, destination.routingKey, count, 'take');
    return received.map(receivedMessage);
  }

  return {
    label: `rabbitmq ${version.split('.').slice(0, 2).join('.')}`,
    connection,
    major,
    url,
    managementUrl,
    foreign,
    uniqueName,
    createPlainQueue,
    ready,
    carries: {
      key: false,
      'null body': false,
      'empty body': true,
      '1 MB body': true,
      'binary body': true,
      // 3.10 sorts the headers of a quorum queue at the second delivery, 4.0 those of every message.
      'header order': false,
      // RabbitMQ 4 keeps the first of each name.
      'repeated header names': major < 4,
      'null header value': true,
      'invalid UTF-8 header value': true,
      '64-bit integer header': true,
      'nested header table': true,
    },
    senderProperties: [
      textHeader('content-type', 'application/json'),
      textHeader('content-encoding', 'identity'),
      { name: 'delivery-mode', value: { kind: 'integer', text: '2' } },
      { name: 'priority', value: { kind: 'integer', text: '4' } },
      textHeader('correlation-id', 'order-1042'),
      textHeader('reply-to', 'shop.replies'),
      textHeader('message-id', '2f1c'),
      { name: 'timestamp', value: { kind: 'timestamp', text: '1763800000', unit: 's' } },
      textHeader('type', 'order.completed'),
      textHeader('app-id', 'shop'),
    ],
    serverCannot: {},
    variants: ['classic', 'quorum'],

    connect: (own = {}) => createRabbitMqDriver({ ...settings, ...own }),

    connectWithoutManagement: (own) => createRabbitMqDriver({ connection, url, clock: Date.now, ...own }),

    connectBadly(how) {
      switch (how) {
        case 'wrong-password':
          return createRabbitMqDriver({ ...settings, ...withPassword(url, managementUrl, wrongPassword) });
        case 'unreachable-host':
          // Port 1 is never given away by the system.
          return createRabbitMqDriver({
            ...settings,
            url: 'amqp://guest:guest@127.0.0.1:1',
            managementUrl: 'http://127.0.0.1:1',
          });
        case 'missing-permission':
          return createRabbitMqDriver({
            ...settings,
            url: required(`${env}_DENIED_URL`),
            managementUrl: required(`${env}_DENIED_MANAGEMENT_URL`),
          });
      }
    },

    createQueue: (variant) => createQueue(variant),
    createKeepingQueue: (ms) => createQueue('classic', { 'x-message-ttl': ms }),
    inLane: (message) => message,

    async createRefusedQueue() {
      const queue = await createQueue('quorum', { 'x-delivery-limit': 2 });
      await put(foreign, queue.name, ['a', 'b', 'c'].map(plainMessage));
      return { queue, count: 3 };
    },

    put: (queue, messages) => put(foreign, queue.name, messages),

    async snapshot({ name }) {
      const count = await ready(name);
      // Looking at the messages of a queue with a delivery limit would use it up.
      if (await hasDeliveryLimit(managementUrl, name)) return { count };
      const messages = await consume(client, name, count, 'look');
      return { count, messages: messages.map(visibleOf) };
    },

    receive,

    missingDestination: () => ({
      kind: 'rabbitmq',
      exchange: 'rabbit-conformance-no-such-exchange',
      routingKey: 'orders',
    }),

    async rejectingDestination() {
      const exchange = uniqueName('-unbound');
      await foreign.assertExchange(exchange, 'direct', { durable: true });
      return { kind: 'rabbitmq', exchange, routingKey: 'orders' };
    },

    async connectThroughProxy() {
      const target = new URL(url);
      const proxy = await startTcpProxy({ host: target.hostname, port: Number(target.port) });
      target.port = String(proxy.port);
      const driver = createRabbitMqDriver({ ...settings, url: target.href });
      const destination: Destination = {
        kind: 'rabbitmq',
        exchange: '',
        routingKey: await createPlainQueue('classic'),
      };
      return {
        driver,
        destination,
        receive: (count) => receive(destination, count),
        withholdAnswers: proxy.withholdAnswers,
        cut: proxy.cut,
        passAgain: proxy.passAgain,
        async close() {
          await driver.close();
          await proxy.close();
        },
      };
    },

    connectRestartable: (count) =>
      startRestartable({
        version: major >= 4 ? 4 : 'installed',
        connection,
        fill: (channel, queue) =>
          put(
            channel,
            queue,
            Array.from({ length: count }, (_, index) => plainMessage(String(index))),
          ),
      }),

    async putPolicy(kind, name, policy) {
      policies.add(`${kind}/%2F/${name}`);
      await askManagement(managementUrl, `/${kind}/%2F/${name}`, { method: 'PUT', body: JSON.stringify(policy) });
    },

    async policyApplied(queue) {
      const deadline = performance.now() + 20_000;
      while ((await policyOf(managementUrl, queue)) !== queue) {
        if (performance.now() > deadline) throw new Error(`The policy of ${queue} was not applied within 20 s.`);
        await delay(100);
      }
    },

    async close() {
      for (const path of policies) await askManagement(managementUrl, `/${path}`, { method: 'DELETE' });
      for (const name of names) {
        await foreign.deleteQueue(name);
        await foreign.deleteExchange(name);
      }
      await client.close();
    },
  };
}

export function plainMessage(marker: string): RawMessage {
  return {
    key: null,
    body: new TextEncoder().encode(`{"marker":"${marker}"}`),
    headers: [textHeader('marker', marker)],
    properties: [],
  };
}

function withPassword(
  url: string,
  managementUrl: string,
  password: string,
): Pick<RabbitMqSettings, 'url' | 'managementUrl'> {
  const [amqp, http] = [new URL(url), new URL(managementUrl)];
  amqp.password = password;
  http.password = password;
  return { url: amqp.href, managementUrl: http.href };
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new Error(`${name} is not set: run \`node scripts/brokers.ts up\` first.`);
  return value;
}
