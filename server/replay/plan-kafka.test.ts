import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bytesHeader, type RawMessage } from '#lib/domain/message.ts';
import type { ReplayPlan } from '#lib/domain/replay.ts';
import { createKafkaDriver } from '#server/brokers/kafka/kafka-driver.ts';
import { createForeignClient, type ForeignClient } from '#server/brokers/kafka/kafka-foreign-client.ts';
import { required } from '#server/brokers/kafka/kafka-harness.ts';
import { browseAll } from '#server/brokers/testing/driving.ts';
import { systemClock } from '#server/clock.ts';
import { createSchemaRegistry } from '#server/payload/schema-registry.ts';
import { type RealEngine, startRealEngine } from '#server/replay/testing/real-engine.ts';

/** What a plan says of messages on Kafka, on a real broker with a real schema registry. */

const brokers = required('TEST_KAFKA_BROKERS').split(',');
const registryUrl = required('TEST_SCHEMA_REGISTRY_URL');
const topic = `plan-${randomUUID()}`;
const deadLetters = `${topic}.dlq`;
const firstMade = Date.UTC(2026, 10, 1);
const driver = createKafkaDriver({ connection: 'kafka', brokers, clock: Date.now });
let foreign: ForeignClient;
let engine: RealEngine;

beforeAll(async () => {
  foreign = await createForeignClient(brokers);
  await foreign.createTopic(topic, 2);
  await foreign.createTopic(`${topic}-retry-0`, 1);
  await foreign.createTopic(deadLetters, 1);
  const registries = new Map([['kafka', createSchemaRegistry({ url: registryUrl, clock: systemClock })]]);
  engine = await startRealEngine('kafka', driver, [deadLetters], { registries });
}, 90_000);

afterAll(async () => {
  await engine?.close();
  await foreign?.close();
}, 60_000);

const bytes = (text: string) => new TextEncoder().encode(text);

function aDeadLetter(body: Uint8Array | string, key: string): RawMessage {
  const origin = {
    'dlq-original-topic': topic,
    'dlq-original-partition': '1',
    'dlq-original-offset': '0',
    'dlq-error': 'boom',
  };
  const headers = Object.entries(origin).map(([name, value]) => bytesHeader(name, value));
  return { key: bytes(key), body: typeof body === 'string' ? bytes(body) : body, headers, properties: [] };
}

async function put(...messages: readonly RawMessage[]) {
  const before = (await engine.store.index.listQueues()).length === 0 ? [] : await engine.read(deadLetters);
  await foreign.put(deadLetters, messages);
  const all = await engine.read(deadLetters);
  const known = new Set(before.map(({ id }) => id));
  const added = all.filter(({ id }) => !known.has(id));
  return added.toSorted((a, b) => Number(a.sequence) - Number(b.sequence)).map(({ id }) => id);
}

const plan = async (messageIds: readonly string[], options = {}) =>
  (await engine.plan({ kind: 'messages', messageIds }, options)).plan;
const warning = ({ warnings }: ReplayPlan, code: ReplayPlan['warnings'][number]['code']) =>
  warnings.find((note) => note.code === code);

async function register(fields: readonly object[]): Promise<number> {
  const schema = JSON.stringify({ type: 'record', name: 'Order', doc: topic, fields });
  const response = await fetch(`${registryUrl}/subjects/${topic}-value/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema }),
  });
  return z.object({ id: z.number() }).parse(await response.json()).id;
}

describe('a plan on Kafka', { timeout: 90_000 }, () => {
  it('warns where a newer message with the same key stays behind, and only there', async () => {
    const ids = await put(...['a', 'b', 'a', 'c', 'a', 'b'].map((key, n) => aDeadLetter(`{"n":${n}}`, key)));
    const [a1 = '', b1 = '', a2 = '', c = '', a3 = '', b2 = ''] = ids;
    expect(warning(await plan(ids), 'newer-same-key')).toBeUndefined();
    expect(warning(await plan([a1, a2, a3]), 'newer-same-key')).toBeUndefined();
    expect(warning(await plan([c, b2, a3]), 'newer-same-key')).toBeUndefined();
    expect(warning(await plan([a1, a2, b1, c]), 'newer-same-key')).toMatchObject({ count: 3 });
    // Between two that are sent there is one that is not.
    expect(warning(await plan([a1, a3]), 'newer-same-key')).toMatchObject({ count: 1, messageIds: [a1] });
  });

  it('sends to the partition that a message came from, or by its key; names a retry topic that is there', async () => {
    const [id = ''] = await put(aDeadLetter('{}', 'p'));
    const destinationOf = async (options: object) => {
      const planned = await engine.plan({ kind: 'messages', messageIds: [id] }, options);
      return (await engine.store.ledger.listItems(planned.id, { after: null, limit: 1 }))[0]?.destination;
    };
    expect(await destinationOf({})).toEqual({ kind: 'kafka', topic, partition: 1 });
    expect(await destinationOf({ partition: 'by-key' })).toEqual({ kind: 'kafka', topic, partition: null });
    const retry = { kind: 'kafka', topic: `${topic}-retry-0`, partition: null } as const;
    expect((await plan([id])).suggestions).toEqual([
      { destination: retry, connection: 'kafka', why: `retry topic of ${topic}` },
    ]);
    expect(await plan([id], { destination: retry })).toMatchObject({
      willSend: 1,
      destinations: [{ destination: retry }],
    });
  });

  it('warns of a schema that the newest one of its topic cannot read', async () => {
    const first = await register([{ name: 'id', type: 'long' }]);
    const avro = (id: number) => {
      const frame = Buffer.alloc(6);
      frame.writeInt32BE(id, 1);
      frame.writeUInt8(14, 5);
      return frame;
    };
    const [old = ''] = await put(aDeadLetter(avro(first), 's'));
    expect(warning(await plan([old]), 'schema-changed')).toBeUndefined();
    await register([{ name: 'number', type: 'string' }]);
    // What is known of the newest is kept for half a minute.
    await engine.close();
    const registries = new Map([['kafka', createSchemaRegistry({ url: registryUrl, clock: systemClock })]]);
    engine = await startRealEngine(
      'kafka',
      createKafkaDriver({ connection: 'kafka', brokers, clock: Date.now }),
      [deadLetters],
      { registries },
    );
    await engine.read(deadLetters);
    const found = warning(await plan([old]), 'schema-changed');
    expect(found).toMatchObject({ count: 1, messageIds: [old] });
    expect(found?.text).toContain(`schema ${first}, which the newest schema of ${topic}-value (version 2)`);
  });

  it('keeps the time of a message in the record or in a header where that is asked for', async () => {
    const made = [
      bytesHeader('kafka_dlt-original-topic', topic),
      bytesHeader('replay-original-timestamp', String(firstMade)),
    ];
    const [id = ''] = await put({ key: bytes('t'), body: bytes('{"kept":1}'), headers: made, properties: [] });
    const planned = await engine.plan({ kind: 'messages', messageIds: [id] }, { timestamp: 'original' });
    await engine.confirm(planned);
    await engine.reached(planned.id, 'settled', 'watching');
    const reader = createKafkaDriver({ connection: 'kafka', brokers, clock: Date.now });
    const arrived = (await browseAll(reader, topic)).messages.find(
      ({ body }) => Buffer.from(body ?? []).toString() === '{"kept":1}',
    );
    await reader.close();
    expect(arrived?.brokerAt).toBe(firstMade);
  });
});
