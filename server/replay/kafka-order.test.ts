import { randomUUID } from 'node:crypto';
import { Admin } from '@platformatic/kafka';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bytesHeader, type RawMessage } from '#lib/domain/message.ts';
import { queueId } from '#lib/domain/queue.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { createForeignClient, type ForeignClient } from '#server/brokers/kafka/kafka-foreign-client.ts';
import { createKafkaDriver } from '#server/brokers/kafka/kafka-driver.ts';
import { required } from '#server/brokers/kafka/kafka-harness.ts';
import { type RealEngine, startRealEngine } from '#server/replay/testing/real-engine.ts';

/** A replay on a real Kafka keeps the order of each key and partition, and waits where a quota of the broker says so. */

const brokers = required('TEST_KAFKA_BROKERS').split(',');
const connection = 'kafka';
let foreign: ForeignClient;
let engine: RealEngine | null = null;

beforeAll(async () => {
  foreign = await createForeignClient(brokers);
});

afterEach(async () => {
  await engine?.close();
  engine = null;
});

afterAll(() => foreign?.close(), 60_000);

interface Died {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly body: string;
}

function aDeadLetter({ topic, partition, key, body }: Died): RawMessage {
  const origin = {
    'dlq-original-topic': topic,
    'dlq-original-partition': String(partition),
    'dlq-original-offset': '0',
    'dlq-error': 'boom',
  };
  const [keyBytes, bodyBytes] = [key, body].map((text) => new TextEncoder().encode(text));
  const headers = Object.entries(origin).map(([name, value]) => bytesHeader(name, value));
  return { key: keyBytes ?? null, body: bodyBytes ?? null, headers, properties: [] };
}

const textOf = (bytes: Uint8Array | null) => Buffer.from(bytes ?? []).toString();
const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);

describe('a replay of several queues side by side', () => {
  it.each([{ partition: 'original' }, { partition: 'by-key' }] as const)(
    'keeps the order of each key and partition, and sends each once: $partition',
    async (options) => {
      const topic = `order-${randomUUID()}`;
      const queues = upTo(3).map((number) => `${topic}-${number}.dlq`);
      await foreign.createTopic(topic, 3);
      const each = 300;
      for (const [index, queue] of queues.entries()) {
        await foreign.createTopic(queue, 2);
        // Seven keys in the three partitions; each message says how many of its key were before it.
        const died = upTo(each).map((number) =>
          aDeadLetter({
            topic,
            partition: (number % 7) % 3,
            key: `${index}-${number % 7}`,
            body: String(Math.floor(number / 7)),
          }),
        );
        await foreign.put(queue, died);
      }
      engine = await startRealEngine(connection, createKafkaDriver({ connection, brokers, clock: Date.now }), queues);
      for (const queue of queues) await engine.read(queue);
      const planned = await engine.plan(
        {
          kind: 'filter',
          filter: {
            kind: 'or',
            terms: queues.map((queue) => ({ kind: 'queue', pattern: queueId(connection, queue) })),
          },
          range: { from: null, to: null },
          asOf: Date.now() + 1,
          excluded: [],
          text: '',
        },
        // Batches of 120, so that each queue has several.
        { ...options, concurrency: 4, ratePerSecond: 600 },
      );
      expect(planned.plan).toMatchObject({ willSend: queues.length * each, refusals: [] });
      await engine.confirm(planned);
      const { account } = await engine.reached(planned.id, 'settled', 'stopped');
      expect(account).toMatchObject({ settled: queues.length * each, failed: 0, unknown: 0 });

      const place = { kind: 'kafka', topic, partition: null } as const;
      const arrived = await foreign.receive(place, queues.length * each);
      expect(arrived).toHaveLength(queues.length * each);
      // A partition after the other, each in its order; a key is in one of them.
      const byKey = Map.groupBy(arrived, ({ key }) => textOf(key));
      expect(byKey.size).toBe(queues.length * 7);
      for (const [key, messages] of byKey) {
        const numbers = messages.map(({ body }) => Number(textOf(body)));
        expect(numbers, key).toEqual(upTo(numbers.length));
      }
    },
  );
});

describe('a quota of the broker', () => {
  it('is obeyed: nothing more is sent for as long as it says, and nothing fails for it', async () => {
    const clientId = `throttled-${randomUUID()}`;
    const topic = `quota-${randomUUID()}`;
    const queue = `${topic}.dlq`;
    const count = 1_500;
    await foreign.createTopic(topic, 1);
    await foreign.createTopic(queue, 1);
    const body = 'x'.repeat(200);
    const died = upTo(count).map((number) => aDeadLetter({ topic, partition: 0, key: String(number), body }));
    await foreign.put(queue, died);
    const admin = new Admin({ clientId: 'foreign', bootstrapBrokers: brokers });
    const driver = createKafkaDriver({ connection, brokers, clientId, clock: Date.now });
    const { watched, sends } = watchSends(driver);
    try {
      engine = await startRealEngine(connection, watched, [queue]);
      await engine.read(queue);
      // Kafka counts over ten seconds: what it lets through at once is ten times the rate.
      const entities = [{ entityType: 'client-id', entityName: clientId }] as const;
      const ops = [{ key: 'producer_byte_rate', value: 40_000, remove: false }] as const;
      await admin.alterClientQuotas({ entries: [{ entities: [...entities], ops: [...ops] }] });
      const { account } = await engine.replayAll(queue);
      await admin.alterClientQuotas({
        entries: [{ entities: [...entities], ops: [{ key: 'producer_byte_rate', remove: true }] }],
      });
      expect(account).toMatchObject({ total: count, settled: count, failed: 0, unknown: 0 });
    } finally {
      await admin.close();
    }
    expect(sends.length).toBeGreaterThan(1);
    const held = sends.flatMap(({ heldUp }) => heldUp);
    expect(held.reduce((sum, { from, to }) => sum + (to ?? from) - from, 0)).toBeGreaterThan(1_000);
    for (const { from, to } of held)
      expect(sends.filter(({ startedAt }) => startedAt > from && startedAt < (to ?? Infinity))).toEqual([]);
    const arrived = await foreign.receive({ kind: 'kafka', topic, partition: null }, count);
    expect(arrived.map(({ key }) => textOf(key))).toEqual(upTo(count).map(String));
  });
});

interface Send {
  readonly startedAt: number;
  readonly heldUp: { readonly from: number; to: number | null }[];
}

/** The driver itself, with a note of when it was asked to send and when it said that the broker holds it up. */
function watchSends(driver: BrokerDriver): { readonly watched: BrokerDriver; readonly sends: readonly Send[] } {
  const sends: Send[] = [];
  const watched: BrokerDriver = {
    ...driver,
    publish(messages, options) {
      const send: Send = { startedAt: Date.now(), heldUp: [] };
      sends.push(send);
      const heldUp = (isHeldUp: boolean): void => {
        options.heldUp?.(isHeldUp);
        const last = send.heldUp.at(-1);
        if (isHeldUp) send.heldUp.push({ from: Date.now(), to: null });
        else if (last) last.to = Date.now();
      };
      return driver.publish(messages, { ...options, heldUp });
    },
  };
  return { watched, sends };
}
