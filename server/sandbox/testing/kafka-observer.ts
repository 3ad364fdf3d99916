import { Kafka, type KafkaMessage, logLevel, Partitioners } from 'kafkajs';

export interface SeenRecord {
  readonly partition: number;
  readonly message: KafkaMessage;
}

/** Looks at a Kafka of the sandbox as any client would, with a group of its own. */
export async function observeKafka(brokers: readonly string[], topic: string) {
  const kafka = new Kafka({ clientId: 'observer', brokers: [...brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  const groupId = `observer-${crypto.randomUUID()}`;
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
  const seen: SeenRecord[] = [];
  await Promise.all([admin.connect(), producer.connect(), consumer.connect()]);
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({ eachMessage: async ({ partition, message }) => void seen.push({ partition, message }) });

  return {
    seen,
    /** How many records the topic has had, over all partitions. */
    async end(): Promise<number> {
      return (await admin.fetchTopicOffsets(topic)).reduce((sum, { high }) => sum + Number(high), 0);
    },
    async send(
      to: string,
      message: { key: Buffer | null; value: Buffer | null; headers: Record<string, string | Buffer> },
    ) {
      const [written] = await producer.send({ topic: to, messages: [message] });
      return { partition: written?.partition ?? -1, offset: BigInt(written?.baseOffset ?? -1) };
    },
    /** Whether the group has committed beyond a record. */
    async hasPassed(group: string, of: string, record: { partition: number; offset: bigint }): Promise<boolean> {
      const [offsets] = await admin.fetchOffsets({ groupId: group, topics: [of] });
      const committed = offsets?.partitions.find(({ partition }) => partition === record.partition)?.offset ?? '-1';
      return BigInt(committed) > record.offset;
    },
    async close() {
      await consumer.disconnect();
      await Promise.all([producer.disconnect(), admin.disconnect()]);
    },
  };
}

export function headerText(message: KafkaMessage, name: string): string | undefined {
  const value = message.headers?.[name];
  return Array.isArray(value) ? value.at(-1)?.toString() : value?.toString();
}
