import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { textHeader } from '#lib/domain/message.ts';
import { startOwnServer } from '#server/brokers/kafka/kafka-harness.ts';
import type { CrashQueues, CrashSite } from '#server/replay/testing/crash/crash-site.ts';
import type { Arrived } from '#server/replay/testing/crash/judge-run.ts';

const partitions = 2;
const keys = 5;
const reachesEndWithinMs = 60_000;

/** A server of its own, with a dead-letter topic and an origin of two partitions each. */
export async function startKafkaSite(): Promise<CrashSite> {
  const server = await startOwnServer();
  const origin = 'crash-orders';
  const name = `${origin}.dlq`;
  for (const topic of [origin, name]) await server.foreign.createTopic(topic, partitions);
  const reader = await readTopics(server.address, [origin, name], server.foreign.admin);

  const queues: CrashQueues = {
    label: `${partitions} partitions`,
    name,
    connection: { kind: 'kafka', brokers: [`127.0.0.1:${server.proxy.port}`] },
    proxy: () => server.proxy,
    removes: false,
    proves: true,
    put: (bodies) =>
      server.foreign.put(
        name,
        bodies.map((body, index) => ({
          key: new TextEncoder().encode(`key-${index % keys}`),
          body: new TextEncoder().encode(body),
          headers: [textHeader('dlq-original-topic', origin), textHeader('dlq-error', 'ValidationError: no total')],
          properties: [],
        })),
      ),
    takeArrived: () => reader.take(origin),
    takeDeadLetters: async () => (await reader.take(name)).map(({ content }) => content),
  };
  return {
    label: 'Kafka',
    lanes: [queues],
    trouble: {
      name: 'broker killed and started again',
      async strike() {
        await server.broker.kill();
        await server.broker.start();
      },
    },
    async close() {
      await reader.close();
      await server.close();
    },
  };
}

/** Reads topics all the time by kafkajs, each offset once, whatever happens to broker and consumer. */
async function readTopics(address: string, topics: readonly string[], admin: Admin) {
  const kafka = new Kafka({ brokers: [address], clientId: 'crash-foreign', logLevel: logLevel.NOTHING });
  const seen = new Map<string, Map<string, Arrived>>(topics.map((topic) => [topic, new Map()]));
  const taken = new Map<string, number>(topics.map((topic) => [topic, 0]));
  const consumer = kafka.consumer({ groupId: `crash-${randomUUID()}`, maxWaitTimeInMs: 100, sessionTimeout: 10_000 });
  await consumer.connect();
  await consumer.subscribe({ topics: [...topics], fromBeginning: true });
  await consumer.run({
    // What a consumer that starts anew reads again is at the same offsets.
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      for (const { offset, value, headers } of batch.messages) {
        const item = headers?.['replay-item'];
        const itemId = item === undefined ? null : String(item);
        seen.get(batch.topic)?.set(`${batch.partition}:${offset}`, { content: String(value), itemId });
      }
    },
  });

  return {
    /** All that has come since the last call, to the end of the log as it is now. */
    async take(topic: string): Promise<readonly Arrived[]> {
      const messages = seen.get(topic) ?? new Map<string, Arrived>();
      const deadline = Date.now() + reachesEndWithinMs;
      for (;;) {
        // Nothing is ever deleted here and no transaction is used, so the ends add up to the count.
        const ends = await admin.fetchTopicOffsets(topic);
        const count = ends.reduce((sum, { high }) => sum + Number(high), 0);
        if (messages.size >= count) break;
        if (Date.now() > deadline) throw new Error(`${messages.size} of ${count} messages of ${topic} were read.`);
        await delay(20);
      }
      const all = [...messages.values()];
      const fresh = all.slice(taken.get(topic) ?? 0);
      taken.set(topic, all.length);
      return fresh;
    },
    close: () => consumer.disconnect(),
  };
}
