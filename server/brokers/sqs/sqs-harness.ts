import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { randomUUID } from 'node:crypto';
import { type Destination, type Header, type RawMessage, textHeader } from '#lib/domain/message.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { foreignAttribute, propertyOf, toRawMessage } from '#server/brokers/sqs/testing/foreign-messages.ts';
import { createSqsDriver } from '#server/brokers/sqs/sqs-driver.ts';
import type { SqsSettings } from '#server/brokers/sqs/sqs-settings.ts';
import type { DriverHarness, TestQueue } from '#server/brokers/testing/harness.ts';
import { startTcpProxy } from '#server/brokers/testing/tcp-proxy.ts';

export interface SqsHarnessOptions {
  readonly label: string;
  readonly endpoint: string;
  readonly variants: readonly SqsVariant[];
  readonly senderProperties: readonly Header[];
  readonly serverCannot: Readonly<Record<string, string>>;
  /** Attributes of a queue that refuses the suite's message of 2,000 bytes. */
  readonly rejecting: Readonly<Record<string, string>>;
  /** Ends the server where it is the harness's own. */
  readonly stop?: () => Promise<void>;
}

export type SqsVariant = 'standard' | 'fifo';

/** The harness with what only the tests of SQS need. */
export interface SqsHarness extends DriverHarness {
  readonly endpoint: string;
  connect(settings?: Partial<SqsSettings>): BrokerDriver;
  /** The receive counts of all visible messages, in no order; it raises them by one itself and gives the messages back. */
  receiveCounts(queue: string): Promise<readonly number[]>;
  counts(queue: string): Promise<{ readonly visible: number; readonly inFlight: number }>;
  /** Waits so long for a visible message of the queue, and gives it back. */
  seesNothingFor(queue: string, seconds: number): Promise<boolean>;
  /** Receives everything that is visible and gives it back at once, so often; a redrive policy of the queue counts it. */
  failOften(queue: string, times: number): Promise<void>;
  /** As `put`; their MessageIds in the same order. */
  putAndName(queue: string, messages: readonly RawMessage[]): Promise<readonly string[]>;
  redrivePolicy(target: string, maxReceiveCount: number): string;
  /** A queue that nothing points at. */
  createPlainQueue(attributes?: Readonly<Record<string, string>>, name?: string): Promise<string>;
  /** Cuts every connection once, when the driver has sent `after`. */
  connectCuttable(
    settings: Partial<SqsSettings>,
  ): Promise<{ readonly driver: BrokerDriver; cut(after: string): void; close(): Promise<void> }>;
}

const noUsers = 'The server knows no users and takes any key.';

/** What neither ElasticMQ nor fauxqs can do. */
export const inMemoryWithoutUsers: Readonly<Record<string, string>> = {
  'a wrong password is said to be one': noUsers,
  'a missing permission is said to be one, to read and to send': noUsers,
  'a restart of the broker amid a browse loses nothing':
    'The server keeps its messages in memory: a restart empties it.',
};

const region = 'us-east-1';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const connection = 'sqs-under-test';
const account = '000000000000';

/** On the development set's ElasticMQ, with queues of one kind. */
export function createElasticMqHarness(variant: SqsVariant = 'standard'): SqsHarness {
  const endpoint = process.env['TEST_SQS_ENDPOINT'];
  if (endpoint === undefined) throw new Error('TEST_SQS_ENDPOINT is not set: run `node scripts/brokers.ts up` first.');
  return createSqsHarness({
    label: 'sqs',
    endpoint,
    variants: [variant],
    senderProperties: [],
    serverCannot: {},
    rejecting: variant === 'standard' ? { FifoQueue: 'true' } : {},
  });
}

/** The foreign client is a bare SDK client. */
export function createSqsHarness(options: SqsHarnessOptions): SqsHarness {
  const { endpoint } = options;
  const foreign = new SQSClient({ region, endpoint, credentials });
  const created = new Set<string>();
  const settings: SqsSettings = { connection, region, endpoint, credentials, clock: Date.now };

  async function createPlainQueue(
    attributes: Readonly<Record<string, string>> = {},
    name = uniqueName(),
  ): Promise<string> {
    const full = attributes['FifoQueue'] === 'true' ? `${name}.fifo` : name;
    await foreign.send(new CreateQueueCommand({ QueueName: full, Attributes: { ...attributes } }));
    created.add(full);
    return full;
  }

  async function createPair(
    variant: string | undefined,
    ofItsOwn: Readonly<Record<string, string>> = {},
  ): Promise<TestQueue> {
    const fifo: Record<string, string> = variant === 'fifo' ? { FifoQueue: 'true' } : {};
    const name = uniqueName();
    const queue = await createPlainQueue({ ...fifo, ...ofItsOwn }, `${name}-failures`);
    const origin = await createPlainQueue({ ...fifo, RedrivePolicy: redrive(queue, 3) }, name);
    return { name: queue, origin: { kind: 'sqs', queue: origin } };
  }

  async function urlOf(queue: string): Promise<string> {
    const { QueueUrl } = await foreign.send(new GetQueueUrlCommand({ QueueName: queue }));
    if (QueueUrl === undefined) throw new Error(`Queue ${queue} has no URL.`);
    return QueueUrl;
  }

  async function attributesOf(queue: string): Promise<Record<string, string>> {
    const answer = await foreign.send(
      new GetQueueAttributesCommand({ QueueUrl: await urlOf(queue), AttributeNames: ['All'] }),
    );
    return { ...answer.Attributes };
  }

  async function put(queue: string, messages: readonly RawMessage[]): Promise<readonly string[]> {
    const QueueUrl = await urlOf(queue);
    const ids: string[] = [];
    for (const message of messages) {
      const group = propertyOf(message, 'MessageGroupId');
      const trace = propertyOf(message, 'AWSTraceHeader');
      const { MessageId } = await foreign.send(
        new SendMessageCommand({
          QueueUrl,
          MessageBody: new TextDecoder().decode(message.body ?? new Uint8Array()),
          MessageAttributes: Object.fromEntries(
            message.headers.map(({ name, value }) => [name, foreignAttribute(value)]),
          ),
          ...(trace !== null && {
            MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: trace } },
          }),
          ...(queue.endsWith('.fifo') && {
            MessageGroupId: group ?? 'the-only-group',
            MessageDeduplicationId: randomUUID(),
          }),
        }),
      );
      if (MessageId !== undefined) ids.push(MessageId);
    }
    return ids;
  }

  async function receive(queue: string, count: number): Promise<readonly RawMessage[]> {
    const QueueUrl = await urlOf(queue);
    const received: RawMessage[] = [];
    const deadline = Date.now() + 30_000;
    for (;;) {
      const { Messages: messages = [] } = await foreign.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          // Both servers answer from one memory, so a short poll tells whether more is there.
          WaitTimeSeconds: received.length >= count ? 0 : 1,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['All'],
        }),
      );
      if (messages.length === 0 && received.length >= count) return received;
      if (messages.length === 0 && Date.now() > deadline)
        throw new Error(`${received.length} of ${count} messages came to ${queue} within 30 s.`);
      received.push(...messages.map(toRawMessage));
      if (messages.length === 0) continue;
      const Entries = messages.map((message, index) => ({ Id: String(index), ReceiptHandle: message.ReceiptHandle }));
      await foreign.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
  }

  async function proxied(others: Partial<SqsSettings> = {}) {
    const { hostname, port } = new URL(endpoint);
    const proxy = await startTcpProxy({ host: hostname, port: Number(port) });
    const driver = createSqsDriver({ ...settings, ...others, endpoint: `http://${proxy.host}:${proxy.port}` });
    const close = async (): Promise<void> => {
      await driver.close();
      await proxy.close();
    };
    return { proxy, driver, close };
  }

  return {
    label: options.label,
    endpoint: options.endpoint,
    connection,
    variants: options.variants,
    senderProperties: options.senderProperties,
    serverCannot: options.serverCannot,
    carries: {
      key: false,
      'null body': false,
      'empty body': false,
      '1 MB body': true,
      'binary body': false,
      'header order': false,
      'repeated header names': false,
      'null header value': false,
      'invalid UTF-8 header value': true,
      '64-bit integer header': true,
      'nested header table': false,
    },

    connect: (others = {}) => createSqsDriver({ ...settings, ...others }),

    connectBadly(how) {
      // Neither server knows users; the translation of their refusals is proven in sqs-errors.test.ts.
      return how === 'unreachable-host' ? createSqsDriver({ ...settings, endpoint: 'http://127.0.0.1:9' }) : null;
    },

    createQueue: (variant) => createPair(variant ?? options.variants[0]),

    createKeepingQueue: (ms) => createPair(options.variants[0], { MessageRetentionPeriod: String(ms / 1_000) }),

    inLane(message, lane, variant = options.variants[0]) {
      if (variant !== 'fifo') return message;
      return { ...message, properties: [...message.properties, textHeader('MessageGroupId', `group-${lane}`)] };
    },

    async createRefusedQueue() {
      const further = await createPlainQueue(options.variants[0] === 'fifo' ? { FifoQueue: 'true' } : {});
      const queue = await createPair(options.variants[0], { RedrivePolicy: redrive(further, 5) });
      const groups = Array.from({ length: 4 }, (_, index): RawMessage => ({
        ...{ key: null, body: new TextEncoder().encode(`message ${index}`), headers: [] },
        properties: [textHeader('MessageGroupId', `group-${index}`)],
      }));
      await put(queue.name, groups);
      return { queue, count: groups.length };
    },

    put: async (queue, messages) => void (await put(queue.name, messages)),
    putAndName: (queue, messages) => put(queue, messages),
    snapshot: ({ name }) => attributesOf(name),
    receive: (destination, count) => receive(queueOf(destination), count),
    missingDestination: () => ({ kind: 'sqs', queue: `${uniqueName()}-missing` }),

    rejectingDestination: async () => ({ kind: 'sqs', queue: await createPlainQueue(options.rejecting) }),

    async connectThroughProxy() {
      const { proxy, driver, close } = await proxied();
      const { origin } = await createPair(options.variants[0]);
      return {
        driver,
        destination: origin,
        receive: (count) => receive(queueOf(origin), count),
        withholdAnswers: (after) => proxy.withholdAnswers(after),
        cut: (after) => proxy.cut(after),
        passAgain: () => proxy.passAgain(),
        close,
      };
    },

    // Both servers keep their messages in memory only.
    connectRestartable: async () => null,

    async connectCuttable(others) {
      const { proxy, driver, close } = await proxied(others);
      return { driver, cut: (after) => proxy.cut(after), close };
    },

    createPlainQueue,
    redrivePolicy: redrive,

    async counts(queue) {
      const attributes = await attributesOf(queue);
      return {
        visible: Number(attributes['ApproximateNumberOfMessages']),
        inFlight: Number(attributes['ApproximateNumberOfMessagesNotVisible']),
      };
    },

    async seesNothingFor(queue, seconds) {
      const input = { QueueUrl: await urlOf(queue), VisibilityTimeout: 0, WaitTimeSeconds: seconds };
      return ((await foreign.send(new ReceiveMessageCommand(input))).Messages ?? []).length === 0;
    },

    async failOften(queue, times) {
      const input = { QueueUrl: await urlOf(queue), MaxNumberOfMessages: 10, VisibilityTimeout: 0 };
      for (let time = 0; time < times; time += 1) await foreign.send(new ReceiveMessageCommand(input));
    },

    async receiveCounts(queue) {
      const answer = await foreign.send(
        new ReceiveMessageCommand({
          QueueUrl: await urlOf(queue),
          MaxNumberOfMessages: 10,
          VisibilityTimeout: 0,
          MessageSystemAttributeNames: ['ApproximateReceiveCount'],
        }),
      );
      return (answer.Messages ?? []).map((message) => Number(message.Attributes?.ApproximateReceiveCount));
    },

    async close() {
      for (const queue of created) await foreign.send(new DeleteQueueCommand({ QueueUrl: await urlOf(queue) }));
      foreign.destroy();
      await options.stop?.();
    },
  };
}

function uniqueName(): string {
  return `sqs-test-${randomUUID().slice(0, 12)}`;
}

function redrive(target: string, maxReceiveCount: number): string {
  return JSON.stringify({ deadLetterTargetArn: `arn:aws:sqs:${region}:${account}:${target}`, maxReceiveCount });
}

function queueOf(destination: Destination): string {
  if (destination.kind !== 'sqs') throw new Error('The destination is no SQS queue.');
  return destination.queue;
}
