import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { bytesHeader, type RawMessage } from '#lib/domain/message.ts';
import type { ReplayPlan } from '#lib/domain/replay.ts';
import { createKafkaDriver } from '#server/brokers/kafka/kafka-driver.ts';
import { createForeignClient, type ForeignClient } from '#server/brokers/kafka/kafka-foreign-client.ts';
import { required } from '#server/brokers/kafka/kafka-harness.ts';
import { systemClock } from '#server/clock.ts';
import { createSchemaRegistry } from '#server/payload/schema-registry.ts';
import { registerSchema, type SchemaToRegister } from '#server/payload/testing/register-schema.ts';
import { type RealEngine, startRealEngine } from '#server/replay/testing/real-engine.ts';

/** For the test file that calls it: a topic with its dead-letter topic and `others` beside it (by what follows its name) on the real Kafka, and an engine that asks the real schema registry. */
export function createKafkaPlanBench({ partitions, others = [] }: { partitions: number; others?: readonly string[] }) {
  const brokers = required('TEST_KAFKA_BROKERS').split(',');
  const registryUrl = required('TEST_SCHEMA_REGISTRY_URL');
  const topic = `plan-${randomUUID()}`;
  const deadLetters = `${topic}.dlq`;
  let foreign: ForeignClient;
  let engine: RealEngine;

  const connect = () => createKafkaDriver({ connection: 'kafka', brokers, clock: Date.now });
  const start = () => {
    const registries = new Map([['kafka', createSchemaRegistry({ url: registryUrl, clock: systemClock })]]);
    return startRealEngine('kafka', connect(), [deadLetters], { registries });
  };

  beforeAll(async () => {
    foreign = await createForeignClient(brokers);
    await foreign.createTopic(topic, partitions);
    await foreign.createTopic(deadLetters, 1);
    for (const other of others) await foreign.createTopic(`${topic}${other}`, 1);
    engine = await start();
  }, 90_000);

  afterAll(async () => {
    await engine?.close();
    await foreign?.close();
  }, 60_000);

  return {
    topic,
    deadLetters,
    connect,
    get engine() {
      return engine;
    },
    /** With an empty store, and nothing known of the registry: that is kept for half a minute. */
    async startAnew() {
      await engine.close();
      engine = await start();
    },
    /** For values of the topic; answers the schema's id. */
    register: (told: SchemaToRegister) => registerSchema(registryUrl, `${topic}-value`, told),
    /** Puts dead letters into the topic and has them read; answers the ids of those that were not there before, in their order. */
    async put(...messages: readonly RawMessage[]): Promise<readonly string[]> {
      const before = (await engine.store.index.listQueues()).length === 0 ? [] : await engine.read(deadLetters);
      await foreign.put(deadLetters, messages);
      const known = new Set(before.map(({ id }) => id));
      const added = (await engine.read(deadLetters)).filter(({ id }) => !known.has(id));
      return added.toSorted((a, b) => Number(a.sequence) - Number(b.sequence)).map(({ id }) => id);
    },
    async plan(messageIds: readonly string[], options = {}): Promise<ReplayPlan> {
      return (await engine.plan({ kind: 'messages', messageIds }, options)).plan;
    },
    /** That failed in the last partition of the topic. */
    aDeadLetter(body: Uint8Array | string, key: string): RawMessage {
      const origin = {
        'dlq-original-topic': topic,
        'dlq-original-partition': String(partitions - 1),
        'dlq-original-offset': '0',
        'dlq-error': 'boom',
      };
      const headers = Object.entries(origin).map(([name, value]) => bytesHeader(name, value));
      return { key: bytes(key), body: typeof body === 'string' ? bytes(body) : body, headers, properties: [] };
    },
  };
}

/** As serialisers write it: a zero, the schema's id, the body. */
export function framed(schemaId: number, body: string | Uint8Array): Uint8Array {
  const prefix = Buffer.alloc(5);
  prefix.writeInt32BE(schemaId, 1);
  return Buffer.concat([prefix, typeof body === 'string' ? bytes(body) : body]);
}

export function notesOf({ warnings }: ReplayPlan, code: ReplayPlan['warnings'][number]['code']) {
  return warnings.filter((note) => note.code === code);
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
