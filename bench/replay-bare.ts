import {
  DeleteMessageBatchCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
} from '@aws-sdk/client-sqs';
import { Consumer, Producer } from '@platformatic/kafka';
import { connect, type ConsumeMessage } from 'amqplib';
import { Kafka, logLevel } from 'kafkajs';
import { sqsClientOf } from '#bench/replay-broker.ts';
import type { BareJob, BareReport } from '#bench/replay-job.ts';

/**
 * The same pass as a replay's by a bare client, and nothing else: read, send with the broker's confirmation, remove. No plan, no ledger, no headers
 * added; a crash would lose or double what is under way. Prints one line of JSON.
 */
const job = JSON.parse(process.argv[2] ?? '{}') as BareJob;
/** Messages of one partition go to one partition, and a batch may have 1 MB: so many stay below it. */
const sentAtOnce = 250;

const passes: Readonly<Record<BareJob['client'], () => Promise<Measured>>> = {
  kafkajs: passByKafkajs,
  platformatic: passByPlatformatic,
  amqplib: passByAmqplib,
  'aws-sdk': passBySdk,
};
// Some clients let the process end while it still waits for them.
setTimeout(() => process.exit(2), 10 * 60_000);
const { from, cpu, until } = await passes[job.client]();
const report: BareReport = { seconds: (until - from) / 1_000, cpuSeconds: (cpu.user + cpu.system) / 1e6 };
console.log(JSON.stringify(report));
process.exit(0);

interface Measured {
  readonly from: number;
  readonly until: number;
  readonly cpu: NodeJS.CpuUsage;
}

/** Counts from the first message on: joining a group takes seconds and is no part of the pass. */
function createStopwatch() {
  let started: { at: number; cpu: NodeJS.CpuUsage } | null = null;
  const done = Promise.withResolvers<Measured>();
  let count = 0;
  return {
    begin: () => (started ??= { at: performance.now(), cpu: process.cpuUsage() }),
    add(more: number) {
      count += more;
      if (count < job.count || !started) return;
      done.resolve({ from: started.at, until: performance.now(), cpu: process.cpuUsage(started.cpu) });
    },
    done: done.promise,
  };
}

/** Its batches are what a fetch brought, four partitions at a time. */
async function passByKafkajs(): Promise<Measured> {
  const { settings } = job;
  if (settings.kind !== 'kafka') throw new Error('bench: kafkajs speaks to Kafka only');
  const kafka = new Kafka({ clientId: 'bench-bare', brokers: settings.brokers, logLevel: logLevel.NOTHING });
  const watch = createStopwatch();
  const destinations = new Map(job.ways);
  const producer = kafka.producer();
  const consumer = kafka.consumer({
    groupId: `bench-bare-${process.pid}`,
    maxBytesPerPartition: 4 << 20,
    maxBytes: 8 << 20,
  });
  await Promise.all([producer.connect(), consumer.connect()]);
  await consumer.subscribe({ topics: [...destinations.keys()], fromBeginning: true });
  await consumer.run({
    partitionsConsumedConcurrently: 4,
    eachBatch: async ({ batch: { topic, messages } }) => {
      watch.begin();
      const copies = messages.map(({ key, value, headers }) => ({ key, value, ...(headers && { headers }) }));
      for (let start = 0; start < copies.length; start += sentAtOnce) {
        const some = copies.slice(start, start + sentAtOnce);
        await producer.send({ topic: destinations.get(topic) ?? '', acks: -1, messages: some });
        watch.add(some.length);
      }
    },
  });
  return watch.done;
}

/** Its stream hands out single messages; up to four sends are under way. */
async function passByPlatformatic(): Promise<Measured> {
  const { settings } = job;
  if (settings.kind !== 'kafka') throw new Error('bench: @platformatic/kafka speaks to Kafka only');
  const base = { clientId: 'bench-bare', bootstrapBrokers: settings.brokers };
  const watch = createStopwatch();
  const destinations = new Map(job.ways);
  const consumer = new Consumer({ ...base, groupId: `bench-bare-${process.pid}` });
  const producer = new Producer(base);
  const stream = await consumer.consume({
    topics: [...destinations.keys()],
    mode: 'earliest',
    autocommit: 1_000,
    maxBytes: 8 << 20,
    maxWaitTime: 250,
  });
  type Outgoing = Parameters<typeof producer.send>[0]['messages'][number];
  let batch: Outgoing[] = [];
  let read = 0;
  let sending = 0;
  const flush = (): void => {
    const messages = batch;
    batch = [];
    sending += 1;
    if (sending >= 4) stream.pause();
    void producer.send({ messages, acks: -1 }).then(() => {
      sending -= 1;
      watch.add(messages.length);
      stream.resume();
    });
  };
  stream.on('data', ({ topic, key, value, headers }) => {
    watch.begin();
    batch.push({ topic: destinations.get(topic) ?? '', key, value, headers });
    read += 1;
    if (batch.length >= sentAtOnce || read === job.count) flush();
  });
  return watch.done;
}

/** One connection; each message is acknowledged when its copy is confirmed. */
async function passByAmqplib(): Promise<Measured> {
  const { settings } = job;
  if (settings.kind !== 'rabbitmq') throw new Error('bench: amqplib speaks to RabbitMQ only');
  const connection = await connect(settings.url);
  const publishing = await connection.createConfirmChannel();
  const consuming = await connection.createChannel();
  await consuming.prefetch(2_000, true);
  const watch = createStopwatch();
  for (const [from, to] of job.ways) {
    await consuming.consume(from, (message: ConsumeMessage | null) => {
      if (message === null) return;
      watch.begin();
      const { headers, contentType, messageId } = message.properties;
      publishing.publish(
        '',
        to,
        message.content,
        { headers, contentType, messageId, persistent: true, mandatory: true },
        (error) => {
          if (error) throw error;
          consuming.ack(message);
          watch.add(1);
        },
      );
    });
  }
  const measured = await watch.done;
  // Closing says that the server has read the last acknowledgements: else they would be lost with the process.
  await consuming.close();
  await connection.close();
  return measured;
}

/** Eight workers on each of four queues at a time: more made no difference. Each receives ten, sends them and deletes them. */
async function passBySdk(): Promise<Measured> {
  const { settings } = job;
  if (settings.kind !== 'sqs') throw new Error('bench: the AWS SDK speaks to SQS only');
  const client = sqsClientOf(settings);
  const watch = createStopwatch();
  const urlOf = async (name: string) => (await client.send(new GetQueueUrlCommand({ QueueName: name }))).QueueUrl;
  const ways = await Promise.all(job.ways.map(async ([from, to]) => [await urlOf(from), await urlOf(to)] as const));
  watch.begin();

  const moveTen = async (from: string | undefined, to: string | undefined): Promise<number> => {
    const asked = new ReceiveMessageCommand({
      QueueUrl: from,
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['All'],
    });
    const messages = (await client.send(asked)).Messages ?? [];
    if (messages.length === 0) return 0;
    const entries = messages.map(({ Body, MessageAttributes }, index) => ({
      Id: String(index),
      MessageBody: Body,
      MessageAttributes,
    }));
    const { Successful = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: to, Entries: entries }));
    const sent = Successful.map(({ Id }) => ({ Id, ReceiptHandle: messages[Number(Id)]?.ReceiptHandle }));
    await client.send(new DeleteMessageBatchCommand({ QueueUrl: from, Entries: sent }));
    watch.add(sent.length);
    return messages.length;
  };
  const lines = [...ways];
  const onQueues = async (): Promise<void> => {
    for (let way = lines.shift(); way; way = lines.shift()) {
      const [from, to] = way;
      const worker = async (): Promise<void> => {
        while ((await moveTen(from, to)) > 0);
      };
      await Promise.all(Array.from({ length: 8 }, worker));
    }
  };
  await Promise.all(Array.from({ length: 4 }, onQueues));
  return watch.done;
}
