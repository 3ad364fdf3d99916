import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { builtInChain } from '#lib/conventions/chain.ts';
import { normalise } from '#lib/conventions/normalise.ts';
import { originalRecordOf } from '#lib/conventions/original-record.ts';
import { bytesHeader, type RawMessage } from '#lib/domain/message.ts';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import { usualOptions } from '#lib/domain/replay.ts';
import { createBroker } from '#server/brokers/broker.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { createForeignClient, type ForeignClient } from '#server/brokers/kafka/kafka-foreign-client.ts';
import { required } from '#server/brokers/kafka/kafka-harness.ts';
import { createKafkaDriver } from '#server/brokers/kafka/kafka-driver.ts';
import { browseAll } from '#server/brokers/testing/driving.ts';
import { systemClock } from '#server/clock.ts';
import { startEngine, type Engine } from '#server/engine/engine.ts';
import { askEngine } from '#server/http/engine-requests.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';

/** Dead letters that hold no copy of their message (KIP-1191), on a real Kafka: the headers are those that a share group writes. */

const topic = `originals-${randomUUID()}`;
const deadLetters = `${topic}.dlq`;
const queueId = `kafka/${deadLetters}`;
let foreign: ForeignClient;
let folder: string;
let store: Store;
let engine: Engine;
let driver: BrokerDriver;

beforeAll(async () => {
  const brokers = required('TEST_KAFKA_BROKERS').split(',');
  foreign = await createForeignClient(brokers);
  await foreign.createTopic(topic, 1);
  await foreign.createTopic(deadLetters, 1);
  await foreign.put(topic, [0, 1, 2, 3].map(anOrder));
  folder = await mkdtemp(join(tmpdir(), 'redeliver-originals-'));
  store = openSqliteStore({ folder, role: 'writer' });
  driver = createKafkaDriver({ connection: 'kafka', brokers, clock: Date.now });
  engine = startEngine({
    store,
    clock: systemClock,
    connections: [
      {
        name: 'kafka',
        kind: 'kafka',
        address: 'test',
        driver: createBroker(driver, { connection: 'kafka', random: () => 0.5 }),
      },
    ],
    sync: { discoverEveryMs: 60_000, lookEveryMs: 60_000, scanEveryMs: 60_000, scanLimit: 1_000 },
    watchMs: 60_000,
    publishTimeoutMs: 10_000,
    say: () => undefined,
  });
  await vi.waitUntil(async () => (await store.index.listQueues()).some(({ id }) => id === queueId), 30_000);
});

afterAll(async () => {
  await engine?.stop();
  await store?.close();
  await foreign?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

describe('a dead letter that is only about its message', () => {
  test('is shown with the original record, or says that retention has removed it', async () => {
    await foreign.admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '1' }] });
    await foreign.put(deadLetters, [aboutOffset(0), aboutOffset(2), aboutOffset(3)]);
    await read();
    const [lost, found] = await letters();
    const { raw, preview, keyText } = await detailOf(found);
    expect(preview).toBe('{"order":2}');
    expect(keyText).toBe('customer-2');
    expect(raw.headers.map(({ name }) => name)).toEqual(['tenant', ...namesWritten]);
    expect(contentOf(await detailOf(found))).toBe('fetched');
    expect(textOf(await detailOf(found))).toBe(`fetched from ${topic}-0 @ 2`);
    expect(contentOf(await detailOf(lost))).toBe('removed');
    expect(textOf(await detailOf(lost))).toBe(`retention has removed the original record ${topic}-0 @ 0`);
  });

  test('goes back as the original record; without one it is refused with the reason', async () => {
    const [lost, found] = await letters();
    const planned = await plan([lost, found]);
    expect(planned.plan).toMatchObject({ willSend: 1, refusals: [{ code: 'original-removed', count: 1 }] });
    await store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
    await sent(planned.id);
    const arrived = (await browseAll(driver, topic)).messages.at(-1);
    expect(Buffer.from(arrived?.body ?? []).toString()).toBe('{"order":2}');
    expect(Buffer.from(arrived?.key ?? []).toString()).toBe('customer-2');
    expect(arrived?.headers.map(({ name }) => name)).toEqual(expect.arrayContaining(['tenant', 'replay-id']));
  });

  test('is passed over with the reason when the record goes between plan and send', async () => {
    const [, , last] = await letters();
    const planned = await plan([last]);
    expect(planned.plan.willSend).toBe(1);
    await foreign.admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '4' }] });
    await store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
    await sent(planned.id);
    const [item] = await store.ledger.listItems(planned.id, { after: null, limit: 10 });
    expect(item).toMatchObject({ state: 'skipped', reason: { code: 'not_found' } });
    expect(item?.reason?.message).toContain(`retention has removed the original record ${topic}-0 @ 3`);
  });

  test('holds up nobody where it names a topic that no broker would have', async () => {
    await foreign.put(deadLetters, [aboutOffset(0, 'no/such topic'), { ...anOrder(9), headers: [] }]);
    await read();
    const [bare, last] = (await letters()).slice(-2);
    expect(last?.preview).toBe('{"order":9}');
    expect((await store.index.getQueue(queueId)).reader).toEqual({ kind: 'live' });
    expect(contentOf(await detailOf(bare))).toBe('removed');
  });
});

function anOrder(number: number): RawMessage {
  return {
    key: new TextEncoder().encode(`customer-${number}`),
    body: new TextEncoder().encode(`{"order":${number}}`),
    headers: [bytesHeader('tenant', 'acme')],
    properties: [],
  };
}

const namesWritten = ['topic', 'partition', 'offset', 'group', 'delivery.count', 'message'].map(
  (name) => `__dlq.errors.${name}`,
);

/** As the broker writes it when the group is not set to copy records. */
function aboutOffset(offset: number, of = topic): RawMessage {
  const values = [of, '0', String(offset), 'shipping', '5', 'Offset delivery count exceeded the threshold.'];
  const headers = namesWritten.map((name, place) => bytesHeader(name, values[place] ?? ''));
  return { key: null, body: null, headers, properties: [] };
}

const web = () => ({ store, clock: systemClock });

async function read(): Promise<void> {
  await askEngine(web(), { kind: 'sync', queueId, insist: false }, 'test', 30_000);
}

/** In the order in which they came. */
async function letters(): Promise<readonly (DeadLetter | undefined)[]> {
  const { messages } = await store.index.listMessages({
    filter: { kind: 'queue', pattern: queueId },
    range: { from: null, to: null },
    cursor: null,
    limit: 100,
  });
  return messages.toSorted((a, b) => Number(a.sequence) - Number(b.sequence));
}

async function detailOf(letter: DeadLetter | undefined) {
  return await store.index.getMessage(letter?.id ?? '');
}

function contentOf({ raw }: Awaited<ReturnType<typeof detailOf>>) {
  return normalise(raw, { kind: 'kafka', queueName: deadLetters, origins: [] }, builtInChain).origin.content;
}

function textOf({ raw }: Awaited<ReturnType<typeof detailOf>>): string | null {
  return originalRecordOf(raw)?.text ?? null;
}

async function plan(chosen: readonly (DeadLetter | undefined)[]) {
  const messageIds = chosen.map((letter) => letter?.id ?? '');
  const selection = { kind: 'messages' as const, messageIds };
  const request = { kind: 'plan' as const, selection, options: usualOptions };
  const { replayId } = await askEngine(web(), request, 'test', 30_000);
  return await store.ledger.getReplay(replayId ?? '');
}

async function sent(replayId: string): Promise<void> {
  const isOver = async () =>
    ['watching', 'settled', 'stopped'].includes((await store.ledger.getReplay(replayId)).state);
  await vi.waitUntil(isOver, 30_000);
}
