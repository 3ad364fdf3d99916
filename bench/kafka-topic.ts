import { type IHeaders, Kafka, logLevel } from 'kafkajs';
import { createLetterStream } from '#bench/letters.ts';

const batch = 1_000;
const spanMs = 90 * 86_400_000;
/** Of the messages so many are in bursts, a burst an hour long. */
const bursts = 12;

export interface BenchTopic {
  readonly topic: string;
  readonly count: number;
  /** Bytes of keys, bodies and headers. */
  readonly rawBytes: number;
}

/**
 * Fills a topic with the seeded dead letters of `letters.ts`. Their times rise along the log, as those of a real one do: 90 days, half of the
 * messages in bursts of an hour.
 */
export async function produceTopic(
  brokers: string[],
  { topic, count, partitions, now }: { topic: string; count: number; partitions: number; now: number },
): Promise<BenchTopic> {
  const client = new Kafka({ clientId: 'bench', brokers, logLevel: logLevel.NOTHING });
  const admin = client.admin();
  await admin.connect();
  await admin.createTopics({
    topics: [
      {
        topic,
        numPartitions: partitions,
        replicationFactor: 1,
        configEntries: [{ name: 'retention.ms', value: '-1' }],
      },
    ],
  });
  await admin.disconnect();
  const producer = client.producer();
  await producer.connect();
  const stream = createLetterStream({ now });
  let rawBytes = 0;
  const underWay: Promise<unknown>[] = [];
  for (let start = 0; start < count; start += batch) {
    const { letters } = stream.nextBatch(Math.min(batch, count - start));
    const messages = letters.map(({ raw, letter }, index) => {
      rawBytes += letter.sizeBytes;
      const headers: IHeaders = {};
      for (const { name, value } of raw.headers) if (value.kind === 'bytes') headers[name] = Buffer.from(value.bytes);
      return {
        key: raw.key && Buffer.from(raw.key),
        value: raw.body && Buffer.from(raw.body),
        headers,
        partition: (start / batch + (index % 2)) % partitions,
        timestamp: String(timeAt((start + index) / count, now)),
      };
    });
    underWay.push(producer.send({ topic, messages }));
    if (underWay.length >= 4) await underWay.shift();
  }
  await Promise.all(underWay);
  await producer.disconnect();
  return { topic, count, rawBytes };
}

/** Reads the whole topic with kafkajs and looks at nothing: what any reader of that client has to pay. Answers messages a second, and a CPU second. */
export async function readBare(
  brokers: string[],
  { topic, count }: BenchTopic,
): Promise<{ perSecond: number; perCpuSecond: number }> {
  const client = new Kafka({ clientId: 'bench', brokers, logLevel: logLevel.NOTHING });
  const consumer = client.consumer({ groupId: `${topic}-bare`, maxBytesPerPartition: 4 << 20, maxBytes: 8 << 20 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const { promise, resolve } = Promise.withResolvers<void>();
  let read = 0;
  let started = { at: 0, cpu: process.cpuUsage() };
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch: { messages } }) => {
      // Joining a group takes seconds and is not counted.
      if (read === 0) started = { at: performance.now(), cpu: process.cpuUsage() };
      read += messages.length;
      if (read >= count) resolve();
    },
  });
  await promise;
  const used = process.cpuUsage(started.cpu);
  const seconds = (performance.now() - started.at) / 1_000;
  await consumer.disconnect();
  await client.admin().disconnect();
  return { perSecond: count / seconds, perCpuSecond: count / ((used.user + used.system) / 1e6) };
}

export async function deleteTopic(brokers: string[], topic: string): Promise<void> {
  const admin = new Kafka({ clientId: 'bench', brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [topic] });
  await admin.disconnect();
}

/** Every stretch between two bursts is passed through with half of its messages; the other half falls into the burst at its end. */
function timeAt(part: number, now: number): number {
  const stretch = Math.min(bursts - 1, Math.floor(part * bursts));
  const within = part * bursts - stretch;
  const length = spanMs / bursts;
  const burstMs = 3_600_000;
  const calm = length - burstMs;
  const offset = within < 0.5 ? within * 2 * calm : calm + (within - 0.5) * 2 * burstMs;
  return Math.floor(now - spanMs + stretch * length + offset);
}
