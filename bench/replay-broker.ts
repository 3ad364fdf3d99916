import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { connect } from 'amqplib';
import { Kafka, logLevel } from 'kafkajs';
import { createLetterStream } from '#bench/letters.ts';
import { bytesHeader, type Destination, type Header, textHeader } from '#lib/domain/message.ts';
import { createDriver } from '#server/brokers/registry.ts';
import type { OutgoingMessage } from '#server/brokers/driver.ts';
import { systemClock } from '#server/clock.ts';
import type { ConnectionSettings } from '#server/config/connection-settings.ts';
import { startLocalElasticMq } from '#server/local-brokers/elasticmq.ts';
import { startLocalKafka } from '#server/local-brokers/kafka.ts';
import { startLocalRabbitMq } from '#server/local-brokers/rabbitmq.ts';

export type BenchKind = ConnectionSettings['kind'];

/** Dead-letter queues beside the places where their messages came from. */
export interface BenchPair {
  readonly deadLetters: string;
  readonly origin: string;
}

/** The connection's name; every queue's id begins with it. */
export const benchConnection = 'bench';

/** What one scan of a queue takes by default: RabbitMQ and SQS show no more of a queue at once. A log is read whole. */
const perQueue: Readonly<Record<BenchKind, number>> = {
  kafka: Number.POSITIVE_INFINITY,
  rabbitmq: 10_000,
  sqs: 10_000,
};

const partitions = 4;
const publishAtOnce = 1_000;

/** A broker of our own, empty and with nobody else on it, so that its state is the same in every run. */
export async function withBroker<Result>(
  kind: BenchKind,
  work: (place: { readonly folder: string; readonly settings: ConnectionSettings }) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'redeliver-bench-'));
  const start = { kafka: startLocalKafka, rabbitmq: startLocalRabbitMq, sqs: startLocalElasticMq }[kind];
  const broker = await start({ folder: join(folder, 'broker') });
  try {
    return await work({ folder, settings: settingsOf(kind, broker.env) });
  } finally {
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function settingsOf(kind: BenchKind, env: Readonly<Record<string, string>>): ConnectionSettings {
  // No queue is found by its name that this bench has not made.
  const common = { name: benchConnection, deadLetter: { patterns: ['*.dead'] } };
  switch (kind) {
    case 'kafka':
      return { ...common, kind, brokers: (env['KAFKA_BROKERS'] ?? '').split(',') };
    case 'rabbitmq':
      return { ...common, kind, url: env['RABBITMQ_URL'] ?? '', managementUrl: env['RABBITMQ_MANAGEMENT_URL'] ?? '' };
    case 'sqs':
      return {
        ...common,
        kind,
        region: env['AWS_REGION'] ?? '',
        endpoint: env['SQS_ENDPOINT'] ?? '',
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      };
  }
}

/** Makes pairs of queues for so many messages, and fills the dead-letter halves with the seeded letters of `letters.ts`. */
export async function fillQueues(
  settings: ConnectionSettings,
  { label, count }: { readonly label: string; readonly count: number },
): Promise<readonly BenchPair[]> {
  const queues = Math.max(1, Math.ceil(count / perQueue[settings.kind]));
  const pairs = Array.from({ length: queues }, (_, index) => nameOf(settings.kind, `${label}-${index}`));
  await createPairs(settings, pairs);
  const driver = createDriver(settings, systemClock);
  const stream = createLetterStream({ now: Date.now() });
  try {
    for (const [index, pair] of pairs.entries()) {
      const end = Math.floor((count * (index + 1)) / queues);
      for (let sent = Math.floor((count * index) / queues); sent < end; sent += publishAtOnce) {
        const { letters } = stream.nextBatch(Math.min(publishAtOnce, end - sent));
        const messages = letters.map(({ raw }, at): OutgoingMessage => {
          const headers = [...headersFor(settings.kind, raw.headers), ...originHeaders(settings.kind, pair.origin)];
          const key = settings.kind === 'kafka' ? raw.key : null;
          // Its number makes each message another one: on RabbitMQ equal ones are counted, which is not what is measured here.
          const message = {
            key,
            body: raw.body,
            headers: [...headers, textOf(settings.kind, 'n', String(sent + at))],
            properties: [],
          };
          return { ref: String(at), destination: destinationOf(settings.kind, pair.deadLetters), message };
        });
        const outcomes = await driver.publish(messages, { timeoutMs: 60_000, signal: new AbortController().signal });
        const bad = outcomes.find((outcome) => outcome.kind !== 'sent');
        if (bad) throw new Error(`bench: a dead letter could not be made: ${bad.error.message}`);
      }
    }
    return pairs;
  } finally {
    await driver.close();
  }
}

/** What a topic or queue holds, for the bench to see that everything arrived. */
export async function countIn(settings: ConnectionSettings, queues: readonly string[]): Promise<number> {
  const driver = createDriver(settings, systemClock);
  try {
    let count = 0;
    for (const queue of queues) count += (await driver.inspect(queue, AbortSignal.timeout(30_000))).depth.count;
    return count;
  } finally {
    await driver.close();
  }
}

function nameOf(kind: BenchKind, label: string): BenchPair {
  const separator = kind === 'sqs' ? '-' : '.';
  return { deadLetters: `${label}${separator}dead`, origin: label };
}

function destinationOf(kind: BenchKind, name: string): Destination {
  switch (kind) {
    case 'kafka':
      return { kind, topic: name, partition: null };
    case 'rabbitmq':
      return { kind, exchange: '', routingKey: name };
    case 'sqs':
      return { kind, queue: name };
  }
}

function textOf(kind: BenchKind, name: string, text: string): Header {
  return kind === 'kafka' ? bytesHeader(name, text) : textHeader(name, text, kind === 'sqs' ? 'String' : 'longstr');
}

/** The seeded letters are of Kafka; SQS takes ten attributes with those of the replay. */
function headersFor(kind: BenchKind, headers: readonly Header[]): readonly Header[] {
  const kept = headers.filter(({ name }) => name !== 'dlq-original-topic');
  if (kind === 'kafka') return kept;
  const texts = kept.map(({ name, value }) =>
    textOf(kind, name, value.kind === 'bytes' ? Buffer.from(value.bytes).toString() : ''),
  );
  return kind === 'sqs' ? texts.filter(({ name }) => name === 'dlq-error' || name === 'traceparent') : texts;
}

function originHeaders(kind: BenchKind, origin: string): readonly Header[] {
  switch (kind) {
    case 'kafka':
      return [bytesHeader('dlq-original-topic', origin)];
    case 'rabbitmq': {
      const death: readonly Header[] = [
        textHeader('reason', 'rejected'),
        textHeader('queue', origin),
        textHeader('exchange', ''),
        { name: 'routing-keys', value: { kind: 'list', items: [{ kind: 'text', text: origin }] } },
      ];
      return [{ name: 'x-death', value: { kind: 'list', items: [{ kind: 'table', entries: death }] } }];
    }
    case 'sqs':
      // Its redrive policy says it.
      return [];
  }
}

async function createPairs(settings: ConnectionSettings, pairs: readonly BenchPair[]): Promise<void> {
  switch (settings.kind) {
    case 'kafka': {
      const admin = new Kafka({ clientId: 'bench', brokers: settings.brokers, logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
      const names = pairs.flatMap(({ deadLetters, origin }) => [deadLetters, origin, bareOrigin(origin)]);
      await admin.createTopics({
        topics: names.map((topic) => ({ topic, numPartitions: partitions, replicationFactor: 1 })),
      });
      return await admin.disconnect();
    }
    case 'rabbitmq': {
      const connection = await connect(settings.url);
      const channel = await connection.createChannel();
      for (const { deadLetters, origin } of pairs)
        for (const name of [deadLetters, origin]) await channel.assertQueue(name, { durable: true });
      return await connection.close();
    }
    case 'sqs': {
      const client = sqsClientOf(settings);
      for (const { deadLetters, origin } of pairs) {
        const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: deadLetters }));
        const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] });
        const deadLetterTargetArn = (await client.send(asked)).Attributes?.['QueueArn'];
        const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 3 });
        await client.send(new CreateQueueCommand({ QueueName: origin, Attributes: { RedrivePolicy } }));
      }
      return client.destroy();
    }
  }
}

/** Where the bare clients of Kafka send to: a topic keeps what the engine has sent. */
export function bareOrigin(origin: string): string {
  return `${origin}.bare`;
}

export function sqsClientOf(settings: Extract<ConnectionSettings, { kind: 'sqs' }>): SQSClient {
  const { region, endpoint, credentials } = settings;
  return new SQSClient({ region, ...(endpoint && { endpoint }), ...(credentials && { credentials }) });
}
