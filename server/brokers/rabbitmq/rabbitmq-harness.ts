import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ChannelModel, ConfirmChannel, Message } from 'amqplib';
import { z } from 'zod';
import { type Destination, type RawMessage, textHeader } from '#lib/domain/message.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { loadForeignAmqplib } from '#server/brokers/rabbitmq/foreign-amqplib.ts';
import { foreignOptions, receivedMessage } from '#server/brokers/rabbitmq/foreign-messages.ts';
import { createRabbitMqDriver } from '#server/brokers/rabbitmq/rabbitmq-driver.ts';
import type { RabbitMqSettings } from '#server/brokers/rabbitmq/rabbitmq-settings.ts';
import {
  type DriverHarness,
  type RestartableServer,
  type TestQueue,
  wrongPassword,
} from '#server/brokers/testing/harness.ts';
import { startTcpProxy } from '#server/brokers/testing/tcp-proxy.ts';
import { startLocalRabbitMq } from '#server/local-brokers/rabbitmq.ts';

export interface RabbitMqHarnessOptions {
  /** The prefix of the environment's variables, `TEST_RABBITMQ` or `TEST_RABBITMQ4`. */
  readonly env: 'TEST_RABBITMQ' | 'TEST_RABBITMQ4';
}

/** The harness with what only the tests of RabbitMQ need. */
export interface RabbitMqHarness extends DriverHarness {
  readonly major: number;
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

    connectRestartable: (count) => startRestartable(major, count, put),

    async putPolicy(kind, name, policy) {
      policies.add(`${kind}/%2F/${name}`);
      await askManagement(managementUrl, `/${kind}/%2F/${name}`, { method: 'PUT', body: JSON.stringify(policy) });
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

async function startRestartable(
  major: number,
  count: number,
  put: (channel: ConfirmChannel, queue: string, messages: readonly RawMessage[]) => Promise<void>,
): Promise<RestartableServer> {
  const folder = await mkdtemp(join(tmpdir(), 'redeliver-rabbitmq-'));
  const server = await startLocalRabbitMq({ folder, version: major >= 4 ? 4 : 'installed' });
  const url = server.env['RABBITMQ_URL'] ?? '';
  const client = await amqplib.connect(url, { noDelay: true });
  const channel = await client.createConfirmChannel();
  const name = 'restarted.dlq';
  await channel.assertQueue(name, { durable: true });
  await put(
    channel,
    name,
    Array.from({ length: count }, (_, index) => plainMessage(String(index))),
  );
  await client.close();
  const managementUrl = server.env['RABBITMQ_MANAGEMENT_URL'] ?? '';
  const driver = createRabbitMqDriver({ connection, url, managementUrl, clock: Date.now });
  return {
    driver,
    queue: { name, origin: { kind: 'rabbitmq', exchange: '', routingKey: 'restarted' } },
    async restart() {
      await server.kill();
      await server.start();
    },
    async close() {
      await driver.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** All that is there once `count` have come, in order; `look` gives everything back. */
async function consume(
  client: ChannelModel,
  queue: string,
  count: number,
  how: 'look' | 'take',
): Promise<readonly Message[]> {
  const channel = await client.createChannel();
  try {
    const messages: Message[] = [];
    await channel.prefetch(10_000);
    const onMessage = (message: Message | null): void => {
      if (message !== null) messages.push(message);
    };
    const { consumerTag } =
      count > 0 || how === 'take' ? await channel.consume(queue, onMessage) : { consumerTag: null };
    const deadline = performance.now() + 15_000;
    while (messages.length < count && performance.now() < deadline) await delay(5);
    // What came is complete when nothing is ready any more and an answer on the same channel brought nothing new.
    let seen = -1;
    while (seen < messages.length) {
      seen = messages.length;
      await channel.checkQueue(queue);
      await delay(20);
    }
    if (how === 'take' && messages.length > 0) channel.ackAll();
    if (consumerTag !== null) await channel.cancel(consumerTag);
    return messages;
  } finally {
    await channel.close();
  }
}

/** What an observer sees of a message, without what every read changes. */
function visibleOf(message: Message): unknown {
  const { headers, properties, body } = receivedMessage(message);
  const show = (value: unknown): string =>
    JSON.stringify(value, (_, item: unknown) =>
      item instanceof Uint8Array ? Buffer.from(item).toString('hex') : item,
    );
  return {
    headers: headers
      .filter(({ name }) => name !== 'x-delivery-count')
      .map(show)
      .toSorted(),
    properties: properties.map(show),
    body: createHash('sha256')
      .update(body ?? '')
      .digest('hex'),
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

const queueArguments = z.object({ arguments: z.record(z.string(), z.unknown()) });
const overview = z.object({ rabbitmq_version: z.string() });

async function hasDeliveryLimit(managementUrl: string, queue: string): Promise<boolean> {
  const answer = await askManagement(managementUrl, `/queues/%2F/${encodeURIComponent(queue)}?columns=arguments`);
  const limit = queueArguments.parse(answer).arguments['x-delivery-limit'];
  return typeof limit === 'number' && limit >= 0;
}

async function serverVersion(managementUrl: string): Promise<string> {
  return overview.parse(await askManagement(managementUrl, '/overview')).rabbitmq_version;
}

async function askManagement(managementUrl: string, path: string, init: RequestInit = {}): Promise<unknown> {
  const { origin, username, password } = new URL(managementUrl);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const response = await fetch(`${origin}/api${path}`, {
    ...init,
    headers: { authorization, 'content-type': 'application/json' },
  });
  const text = await response.text();
  if (!response.ok && init.method !== 'DELETE')
    throw new Error(`The management API answered ${response.status} for ${path}.`);
  return text === '' ? null : JSON.parse(text);
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
