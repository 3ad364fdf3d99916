import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection, fetchV17, metadataV12, Producer } from '@platformatic/kafka';
import { type Admin, type IHeaders, Kafka, logLevel, Partitioners } from 'kafkajs';
import type { Destination, Header, RawMessage } from '#lib/domain/message.ts';
import { parseAddress } from '#server/brokers/kafka/kafka-settings.ts';

/**
 * How others see Kafka, for the tests: kafkajs, as most Node shops use it. It has no words for the order of headers, for a name that
 * repeats apart from itself and for a null value, so those alone go by @platformatic/kafka's own producer and record decoder, which
 * the driver uses neither of; what both can see must agree.
 */
export interface ForeignClient {
  readonly admin: Admin;
  put(topic: string, messages: readonly RawMessage[]): Promise<void>;
  receive(destination: Destination, count: number): Promise<readonly RawMessage[]>;
  /** Ends of the topic's partitions, and every group that has committed for it or has members on it. */
  snapshot(topic: string): Promise<unknown>;
  createTopic(topic: string, partitions: number, config?: Readonly<Record<string, string>>): Promise<void>;
  /** A client of kafkajs that has known the topic is of little use for others afterwards. */
  deleteTopic(topic: string): Promise<void>;
  /** Deletes the topics that were made here. */
  close(): Promise<void>;
}

interface Received extends RawMessage {
  readonly partition: number;
  readonly offset: bigint;
}

const receiveWithinMs = 30_000;
const servedWithinMs = 20_000;

export async function createForeignClient(brokers: readonly string[]): Promise<ForeignClient> {
  const kafka = new Kafka({ brokers: [...brokers], clientId: 'foreign', logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  // Without idempotence kafkajs sends a message twice when a partition was not ready for it.
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, idempotent: true });
  await producer.connect();
  const lossless = new Producer<Buffer, Buffer, Buffer, Buffer>({
    clientId: 'foreign',
    bootstrapBrokers: [...brokers],
  });
  const made = new Set<string>();
  const groups: string[] = [];

  /** A new topic is known to one part of a busy broker before the other; kafkajs' own waiting fails in between. */
  async function untilServed(topic: string): Promise<void> {
    const deadline = Date.now() + servedWithinMs;
    for (;;) {
      try {
        await admin.fetchTopicOffsets(topic);
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await delay(25);
      }
    }
  }

  async function putLossless(topic: string, messages: readonly RawMessage[]): Promise<void> {
    const partitionMetadata = await admin
      .fetchTopicMetadata({ topics: [topic] })
      .then((all) => all.topics[0]?.partitions ?? []);
    const choose = Partitioners.DefaultPartitioner();
    await lossless.send({
      acks: -1,
      messages: messages.map((message) => {
        const key = bufferOf(message.key);
        // The types know no null, but the client writes it as Kafka's null.
        const value = bufferOf(message.body) as Buffer;
        const headers = new Map(message.headers.map((header) => [nameBuffer(header), headerBuffer(header) as Buffer]));
        const partition = choose({ topic, partitionMetadata, message: { key, value } });
        return { topic, partition, value, headers, ...(key !== null && { key }) };
      }),
    });
  }

  async function receiveByKafkajs(topic: string, count: number): Promise<(Received & { readonly seen: IHeaders })[]> {
    const groupId = `foreign-${randomUUID()}`;
    groups.push(groupId);
    const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100, sessionTimeout: 10_000 });
    const received: (Received & { readonly seen: IHeaders })[] = [];
    const reached = new Map<number, bigint>();
    try {
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      const { promise: done, resolve } = Promise.withResolvers<void>();
      const deadline = setTimeout(resolve, receiveWithinMs);
      await consumer.run({
        autoCommit: false,
        eachBatch: async ({ batch }) => {
          for (const message of batch.messages) {
            received.push({
              partition: batch.partition,
              offset: BigInt(message.offset),
              key: message.key,
              body: message.value,
              headers: [],
              properties: [{ name: 'timestamp', value: { kind: 'timestamp', text: message.timestamp, unit: 'ms' } }],
              seen: message.headers ?? {},
            });
          }
          reached.set(batch.partition, BigInt(batch.lastOffset()) + 1n);
          const ends = await admin.fetchTopicOffsets(topic);
          const atTheEnd = ends.every((end) => (reached.get(end.partition) ?? 0n) >= BigInt(end.high));
          if (received.length >= count && atTheEnd) resolve();
        },
      });
      await done;
      clearTimeout(deadline);
    } finally {
      await consumer.disconnect();
    }
    return received.toSorted((a, b) => a.partition - b.partition || Number(a.offset - b.offset));
  }

  return {
    admin,

    async put(topic, messages) {
      if (!messages.every(isForKafkajs)) return await putLossless(topic, messages);
      await producer.send({
        topic,
        acks: -1,
        messages: messages.map((message) => ({
          key: bufferOf(message.key),
          value: bufferOf(message.body),
          headers: Object.fromEntries(
            message.headers.map((header) => [header.name, headerBuffer(header) ?? Buffer.alloc(0)]),
          ),
        })),
      });
    },

    async receive(destination, count) {
      if (destination.kind !== 'kafka') throw new Error('Only topics can be received from.');
      const byKafkajs = await receiveByKafkajs(destination.topic, count);
      const headers = await orderedHeaders(brokers, destination.topic);
      return byKafkajs.map(({ seen, partition, offset, ...message }) => {
        const ordered = headers.get(`${partition}:${offset}`) ?? [];
        assertSameHeaders(seen, ordered);
        return { ...message, headers: ordered };
      });
    },

    async snapshot(topic) {
      const ids = (await admin.listGroups()).groups.map(({ groupId }) => groupId);
      // All at once: other tests' groups are many.
      const described = new Map((await admin.describeGroups(ids)).groups.map((group) => [group.groupId, group]));
      const found = await Promise.all(
        ids.map(async (groupId) => {
          const committed = await admin.fetchOffsets({ groupId, topics: [topic] });
          const commits = committed.flatMap((each) => each.partitions).filter((each) => each.offset !== '-1');
          const { members: all = [] } = described.get(groupId) ?? {};
          const members = all.filter((member) => member.memberMetadata.includes(topic));
          return commits.length + members.length === 0 ? [] : [{ groupId, commits, members: members.length }];
        }),
      );
      return { offsets: await admin.fetchTopicOffsets(topic), groups: found.flat() };
    },

    async createTopic(topic, partitions, config = {}) {
      made.add(topic);
      const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
      await admin.createTopics({
        waitForLeaders: false,
        topics: [{ topic, numPartitions: partitions, configEntries }],
      });
      await untilServed(topic);
    },

    async deleteTopic(topic) {
      await admin.deleteTopics({ topics: [topic] });
      made.delete(topic);
    },

    async close() {
      if (made.size > 0) await admin.deleteTopics({ topics: [...made] });
      // A group that never got as far as joining does not exist.
      if (groups.length > 0) await admin.deleteGroups(groups).catch(() => []);
      await Promise.all([producer.disconnect(), lossless.close(), admin.disconnect()]);
    },
  };
}

/** A plain object keeps other names in their order, and each once. */
function isForKafkajs(message: RawMessage): boolean {
  const names = message.headers.map((header) => header.name);
  return (
    new Set(names).size === names.length &&
    names.every((name) => !/^\d+$/.test(name) && name !== '__proto__') &&
    message.headers.every((header) => header.nameIsLatin1 !== true) &&
    message.headers.every((header) => header.value.kind !== 'null')
  );
}

function bufferOf(bytes: Uint8Array | null): Buffer | null {
  return bytes === null ? null : Buffer.from(bytes);
}

function nameBuffer({ name, nameIsLatin1 }: Header): Buffer {
  return Buffer.from(name, nameIsLatin1 === true ? 'latin1' : 'utf8');
}

function headerBuffer({ value }: Header): Buffer | null {
  if (value.kind === 'null') return null;
  if (value.kind === 'bytes') return Buffer.from(value.bytes);
  if (value.kind === 'text') return Buffer.from(value.text);
  throw new Error(`The foreign client cannot send a header of kind ${value.kind}.`);
}

function assertSameHeaders(seen: IHeaders, ordered: readonly Header[]): void {
  for (const [name, value] of Object.entries(seen)) {
    // Of a header by the name of something that every object has, kafkajs makes a list with that thing in it.
    if (name in {}) continue;
    const bySeen = (Array.isArray(value) ? value : [value]).map((each) =>
      each === null || each === undefined ? null : Buffer.from(each).toString('hex'),
    );
    const byOrder = ordered
      .filter((header) => nameBuffer(header).toString() === name)
      .map((header) => headerBuffer(header)?.toString('hex') ?? null);
    if (JSON.stringify(bySeen) !== JSON.stringify(byOrder))
      throw new Error(`The two clients see header ${name} differently.`);
  }
}

/** The headers of all messages by `partition:offset`, as @platformatic/kafka decodes them. For a single broker. */
async function orderedHeaders(brokers: readonly string[], topic: string): Promise<Map<string, readonly Header[]>> {
  const { host, port } = parseAddress(brokers[0] ?? '');
  const connection = new Connection('foreign');
  await connection.connect(host, port);
  try {
    const metadata = await metadataV12.api.async(connection, [topic], false);
    const { topicId = '', partitions = [] } = metadata.topics[0] ?? {};
    const found = new Map<string, readonly Header[]>();
    const next = new Map(partitions.map((each) => [each.partitionIndex, 0n]));
    for (let more = true; more;) {
      more = false;
      const asked = [...next].map(([partition, fetchOffset]) => ({
        partition,
        fetchOffset,
        currentLeaderEpoch: -1,
        lastFetchedEpoch: -1,
        partitionMaxBytes: 8 << 20,
      }));
      const answer: ReturnType<typeof fetchV17.parseResponse> = await fetchV17.api.async(
        connection,
        100,
        0,
        32 << 20,
        0,
        0,
        -1,
        [{ topicId, partitions: asked }],
        [],
        '',
      );
      for (const { partitionIndex, records } of answer.responses.flatMap((each) => each.partitions)) {
        for (const batch of records ?? []) {
          for (const record of batch.records) {
            found.set(
              `${partitionIndex}:${batch.firstOffset + BigInt(record.offsetDelta)}`,
              record.headers.map(headerOf),
            );
          }
          next.set(partitionIndex, batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n);
          more = true;
        }
      }
    }
    return found;
  } finally {
    await connection.close();
  }
}

function headerOf([name, value]: [Buffer | null, Buffer | null]): Header {
  const bytes = name ?? Buffer.alloc(0);
  return {
    ...(isUtf8(bytes) ? { name: bytes.toString() } : { name: bytes.toString('latin1'), nameIsLatin1: true }),
    value: value === null ? { kind: 'null' } : { kind: 'bytes', bytes: value },
  };
}
