import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { setTimeout as delay } from 'node:timers/promises';

export interface AwsSettings {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}

export function sqsClient(settings: AwsSettings): SQSClient {
  return new SQSClient({ ...settings, useQueueUrlAsEndpoint: false });
}

/** Receives that a message gets before SQS moves it to the dead-letter queue. */
const maxReceiveCount = 3;

/** A queue with its dead-letter queue; both are FIFO queues when the name says so. */
export async function createWithDeadLetters(client: SQSClient, queue: string, deadLetterQueue: string): Promise<void> {
  const fifo: Record<string, string> = queue.endsWith('.fifo')
    ? { FifoQueue: 'true', ContentBasedDeduplication: 'false' }
    : {};
  const fourteenDays = String(14 * 24 * 3600);
  await client.send(
    new CreateQueueCommand({
      QueueName: deadLetterQueue,
      Attributes: { ...fifo, MessageRetentionPeriod: fourteenDays },
    }),
  );
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: await queueArn(client, deadLetterQueue),
    maxReceiveCount,
  });
  await client.send(
    new CreateQueueCommand({ QueueName: queue, Attributes: { ...fifo, VisibilityTimeout: '1', RedrivePolicy } }),
  );
}

export async function queueUrl(client: SQSClient, queue: string): Promise<string> {
  const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: queue }));
  if (QueueUrl === undefined) throw new Error(`SQS told no URL for the queue ${queue}.`);
  return QueueUrl;
}

export async function queueArn(client: SQSClient, queue: string): Promise<string> {
  const QueueUrl = await queueUrl(client, queue);
  const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const arn = Attributes?.['QueueArn'];
  if (arn === undefined) throw new Error(`SQS told no ARN for the queue ${queue}.`);
  return arn;
}

export interface Poller {
  running(): boolean;
  stop(): Promise<void>;
}

/**
 * Receives by long polling and deletes what the handler has dealt with. When the handler throws, the message is left alone: it shows up
 * again after the queue's visibility timeout (a second), and is moved to the dead-letter queue after three times.
 */
export async function poll(
  client: SQSClient,
  queue: string,
  handle: (message: Message, receives: number) => Promise<void>,
): Promise<Poller> {
  const QueueUrl = await queueUrl(client, queue);
  const stopping = new AbortController();
  let running = true;
  const loop = receive();

  async function receive(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const { Messages = [] } = await client.send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: 10,
            WaitTimeSeconds: 20,
            MessageAttributeNames: ['All'],
            MessageSystemAttributeNames: ['All'],
          }),
          { abortSignal: stopping.signal },
        );
        await Promise.all(Messages.map(handleOne));
      } catch {
        // The server is away, or this is the end: the one is waited for, the other ends the loop.
        await delay(1_000, undefined, { signal: stopping.signal }).catch(() => {});
      }
    }
    running = false;
  }

  async function handleOne(message: Message): Promise<void> {
    const receives = Number(message.Attributes?.ApproximateReceiveCount ?? 1);
    try {
      await handle(message, receives);
    } catch {
      return;
    }
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
  }

  return {
    running: () => running,
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}

/** Whether this was the receive after which SQS moves the message. */
export function isLastReceive(receives: number): boolean {
  return receives >= maxReceiveCount;
}
