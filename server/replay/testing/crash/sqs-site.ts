import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { randomUUID } from 'node:crypto';
import { startTcpProxy, type TcpProxy } from '#server/brokers/testing/tcp-proxy.ts';
import { startLocalElasticMq } from '#server/local-brokers/elasticmq.ts';
import { awayMs, type CrashQueues, type CrashSite } from '#server/replay/testing/crash/crash-site.ts';
import type { Arrived } from '#server/replay/testing/crash/judge-run.ts';

/** A FIFO queue shows the first ten messages of each group. */
const groupMessages = 10;
const batchMax = 10;

/** A server of its own, with a standard and a FIFO queue. */
export async function startSqsSite(): Promise<CrashSite> {
  const folder = await mkdtemp(join(tmpdir(), 'redeliver-crash-sqs-'));
  const server = await startLocalElasticMq({ folder });
  const { hostname, port, href: endpoint } = new URL(server.env['SQS_ENDPOINT'] ?? '');
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const foreign = new SQSClient({ region: 'us-east-1', endpoint, credentials });
  const proxies = new Map<string, TcpProxy>();
  const startProxy = (listenPort?: number) =>
    startTcpProxy({ host: hostname, port: Number(port), ...(listenPort !== undefined && { listenPort }) });

  async function take(QueueUrl: string): Promise<readonly Arrived[]> {
    const taken: Arrived[] = [];
    for (;;) {
      const receive = { QueueUrl, MaxNumberOfMessages: batchMax, MessageAttributeNames: ['All'] };
      const { Messages: messages = [] } = await foreign.send(new ReceiveMessageCommand(receive));
      if (messages.length === 0) return taken;
      const Entries = messages.map((message, index) => ({ Id: String(index), ReceiptHandle: message.ReceiptHandle }));
      await foreign.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      for (const { Body: content = '', MessageAttributes: attributes } of messages)
        taken.push({ content, itemId: attributes?.['replay-item']?.StringValue ?? null });
    }
  }

  async function create(name: string, attributes: Record<string, string>): Promise<string> {
    const { QueueUrl } = await foreign.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
    return QueueUrl ?? '';
  }

  async function declare(label: 'standard' | 'fifo'): Promise<CrashQueues> {
    const fifo = label === 'fifo';
    const suffix = fifo ? '.fifo' : '';
    const kind: Record<string, string> = fifo ? { FifoQueue: 'true' } : {};
    const name = `crash-${label}-dlq${suffix}`;
    const deadLetters = await create(name, kind);
    const deadLetterTargetArn = `arn:aws:sqs:us-east-1:000000000000:${name}`;
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 100 });
    const origin = await create(`crash-${label}${suffix}`, { ...kind, RedrivePolicy });
    const first = await startProxy();
    proxies.set(label, first);
    return {
      label,
      name,
      connection: { kind: 'sqs', endpoint: `http://127.0.0.1:${first.port}` },
      proxy: () => proxies.get(label) ?? first,
      removes: true,
      proves: false,
      async put(bodies) {
        const entries = bodies.map((MessageBody, index) => ({
          MessageBody,
          Id: String(index),
          ...(fifo && {
            MessageGroupId: `group-${Math.floor(index / groupMessages)}`,
            MessageDeduplicationId: randomUUID(),
          }),
        }));
        for (let start = 0; start < entries.length; start += batchMax) {
          const Entries = entries.slice(start, start + batchMax);
          await foreign.send(new SendMessageBatchCommand({ QueueUrl: deadLetters, Entries }));
        }
      },
      takeArrived: () => take(origin),
      takeDeadLetters: async () => (await take(deadLetters)).map(({ content }) => content),
    };
  }

  return {
    label: 'SQS',
    lanes: [await declare('standard'), await declare('fifo')],
    trouble: {
      // ElasticMQ and fauxqs keep their messages in memory: one that is killed has lost them by itself.
      name: 'broker out of reach and back',
      async strike() {
        const before = [...proxies];
        for (const [, proxy] of before) await proxy.close();
        await delay(awayMs);
        for (const [label, proxy] of before) proxies.set(label, await startProxy(proxy.port));
      },
    },
    async close() {
      foreign.destroy();
      for (const proxy of proxies.values()) await proxy.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
