import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChannelModel } from 'amqplib';
import { type Header, type RawMessage, textHeader } from '#lib/domain/message.ts';
import { loadForeignAmqplib } from '#server/brokers/rabbitmq/foreign-amqplib.ts';
import { consume } from '#server/brokers/rabbitmq/foreign-consumer.ts';
import { foreignOptions, receivedMessage } from '#server/brokers/rabbitmq/foreign-messages.ts';
import { declaredOnDisk } from '#server/brokers/rabbitmq/restart-harness.ts';
import { startTcpProxy, type TcpProxy } from '#server/brokers/testing/tcp-proxy.ts';
import { startLocalRabbitMq } from '#server/local-brokers/rabbitmq.ts';
import type { CrashQueues, CrashSite } from '#server/replay/testing/crash/crash-site.ts';
import { headerText } from '#server/replay/testing/crash/header-text.ts';

const amqplib = loadForeignAmqplib();

/** A server of its own, with a classic and a quorum queue. */
export async function startRabbitMqSite(): Promise<CrashSite> {
  const folder = await mkdtemp(join(tmpdir(), 'redeliver-crash-rabbitmq-'));
  const server = await startLocalRabbitMq({ folder });
  const url = new URL(server.env['RABBITMQ_URL'] ?? '');
  const proxies: TcpProxy[] = [];

  /** A connection for each look: it must not matter that the server was killed in between. */
  async function withClient<Result>(work: (client: ChannelModel) => Promise<Result>): Promise<Result> {
    const client = await amqplib.connect(url.href, { noDelay: true });
    client.on('error', () => undefined);
    try {
      return await work(client);
    } finally {
      await client.close();
    }
  }

  async function take(queue: string): Promise<readonly RawMessage[]> {
    return withClient(async (client) => {
      const channel = await client.createChannel();
      const { messageCount } = await channel.checkQueue(queue);
      await channel.close();
      return (await consume(client, queue, messageCount, 'take')).map(receivedMessage);
    });
  }

  async function declare(type: 'classic' | 'quorum'): Promise<CrashQueues> {
    const origin = `crash.${type}`;
    const name = `${origin}.dlq`;
    await withClient(async (client) => {
      const channel = await client.createChannel();
      for (const queue of [origin, name])
        await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': type } });
    });
    await declaredOnDisk(folder, name);
    const proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
    proxies.push(proxy);
    const proxied = new URL(url);
    proxied.port = String(proxy.port);
    return {
      label: type,
      name,
      connection: { kind: 'rabbitmq', url: proxied.href, managementUrl: server.env['RABBITMQ_MANAGEMENT_URL'] ?? '' },
      proxy: () => proxy,
      removes: true,
      proves: false,
      put: (bodies) =>
        withClient(async (client) => {
          const channel = await client.createConfirmChannel();
          for (const body of bodies) {
            const message = aDeadLetter(body, origin);
            channel.sendToQueue(name, Buffer.from(body), foreignOptions(message));
          }
          await channel.waitForConfirms();
        }),
      takeArrived: async () =>
        (await take(origin)).map((message) => ({
          content: bodyOf(message),
          itemId: headerText(message.headers, 'replay-item'),
        })),
      takeDeadLetters: async () => (await take(name)).map(bodyOf),
    };
  }

  return {
    label: 'RabbitMQ',
    lanes: [await declare('classic'), await declare('quorum')],
    trouble: {
      name: 'broker killed and started again',
      async strike() {
        await server.kill();
        await server.start();
      },
    },
    async close() {
      for (const proxy of proxies) await proxy.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function bodyOf({ body }: RawMessage): string {
  return new TextDecoder().decode(body ?? undefined);
}

function aDeadLetter(body: string, origin: string): RawMessage {
  const death: readonly Header[] = [
    textHeader('reason', 'rejected'),
    textHeader('queue', origin),
    textHeader('exchange', ''),
    { name: 'routing-keys', value: { kind: 'list', items: [{ kind: 'text', text: origin }] } },
  ];
  return {
    key: null,
    body: new TextEncoder().encode(body),
    headers: [
      { name: 'x-death', value: { kind: 'list', items: [{ kind: 'table', entries: death }] } },
      textHeader('x-first-death-queue', origin),
    ],
    properties: [{ name: 'delivery-mode', value: { kind: 'integer', text: '2' } }],
  };
}
