import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bytesHeader, type RawMessage } from '#lib/domain/message.ts';
import type { ReplayPlan } from '#lib/domain/replay.ts';
import { createForeignClient, type ForeignClient } from '#server/brokers/kafka/kafka-foreign-client.ts';
import { createKafkaDriver } from '#server/brokers/kafka/kafka-driver.ts';
import { required } from '#server/brokers/kafka/kafka-harness.ts';
import { systemClock } from '#server/clock.ts';
import { createSchemaRegistry } from '#server/payload/schema-registry.ts';
import { type RealEngine, startRealEngine } from '#server/replay/testing/real-engine.ts';

/** Whether messages still fit the newest JSON Schema of their topic, on a real broker with a real schema registry. */

const brokers = required('TEST_KAFKA_BROKERS').split(',');
const registryUrl = required('TEST_SCHEMA_REGISTRY_URL');
const topic = `schemas-${randomUUID()}`;
const deadLetters = `${topic}.dlq`;
let foreign: ForeignClient;
let engine: RealEngine;

beforeAll(async () => {
  foreign = await createForeignClient(brokers);
  await foreign.createTopic(topic, 1);
  await foreign.createTopic(deadLetters, 1);
  const registries = new Map([['kafka', createSchemaRegistry({ url: registryUrl, clock: systemClock })]]);
  const driver = createKafkaDriver({ connection: 'kafka', brokers, clock: Date.now });
  engine = await startRealEngine('kafka', driver, [deadLetters], { registries });
}, 90_000);

afterAll(async () => {
  await engine?.close();
  await foreign?.close();
}, 60_000);

async function register(properties: object, more: object = {}): Promise<number> {
  const schema = JSON.stringify({ type: 'object', $comment: topic, properties, ...more });
  const response = await fetch(`${registryUrl}/subjects/${topic}-value/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schemaType: 'JSON', schema }),
  });
  return z.object({ id: z.number() }).parse(await response.json()).id;
}

function aDeadLetter(schemaId: number, body: string): RawMessage {
  const prefix = Buffer.alloc(5);
  prefix.writeInt32BE(schemaId, 1);
  const headers = Object.entries({ 'dlq-original-topic': topic, 'dlq-original-partition': '0', 'dlq-error': 'boom' });
  return {
    key: new TextEncoder().encode(body),
    body: Buffer.concat([prefix, Buffer.from(body)]),
    headers: headers.map(([name, value]) => bytesHeader(name, value)),
    properties: [],
  };
}

const of = ({ warnings }: ReplayPlan, code: ReplayPlan['warnings'][number]['code']) =>
  warnings.filter((note) => note.code === code);

describe('a plan of messages with a JSON Schema', { timeout: 90_000 }, () => {
  it('compares each with the newest one, and says of how many it has changed and where', async () => {
    const first = await register({ amount: { type: 'string' } });
    const newest = await register({ amount: { type: 'number' }, to: { type: 'string' } }, { required: ['to'] });
    const bodies = [
      [first, '{"amount":"12","to":"a"}'],
      [first, '{"to":"b"}'],
      [first, '{"amount":"secret-13","to":"c"}'],
      [first, 'not json'],
      [newest, '{"amount":"14"}'],
    ] as const;
    await foreign.put(
      deadLetters,
      bodies.map(([schemaId, body]) => aDeadLetter(schemaId, body)),
    );
    const letters = await engine.read(deadLetters);
    expect(letters).toHaveLength(bodies.length);
    const ids = letters.toSorted((a, b) => Number(a.sequence) - Number(b.sequence)).map(({ id }) => id);

    const { plan } = await engine.plan({ kind: 'messages', messageIds: ids });
    expect(plan.willSend).toBe(bodies.length);
    expect(of(plan, 'schema-not-checked')).toEqual([]);
    expect(of(plan, 'schema-changed')).toEqual([
      {
        code: 'schema-changed',
        count: 3,
        text: `do not fit the newest schema of ${topic}-value (version 2); of the first of them it says: /amount must be number`,
        messageIds: [ids[0], ids[2], ids[3]],
      },
    ]);

    // As it is sent, so an edit that makes it fit is no matter any more.
    const edited = await engine.plan(
      { kind: 'messages', messageIds: [ids[0] ?? ''] },
      { edit: { body: { kind: 'replace', text: '{"to":"a"}' }, headers: [] } },
    );
    expect(of(edited.plan, 'schema-changed')).toEqual([]);
  });
});
