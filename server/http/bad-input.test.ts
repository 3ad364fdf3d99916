import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GET as getMessage } from '#app/api/v1/messages/[messageId]/route.ts';
import { type MessageDetail, messageDetail } from '#lib/api/messages.ts';
import { createBroker } from '#server/brokers/broker.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { createKafkaHarness } from '#server/brokers/kafka/kafka-harness.ts';
import type { DriverHarness } from '#server/brokers/testing/harness.ts';
import { systemClock } from '#server/clock.ts';
import { provideRuntime } from '#server/http/runtime.ts';
import { badLetters } from '#server/http/testing/bad-letters.ts';
import { everyGet } from '#server/http/testing/every-get.ts';
import { createPayloadReader, type PayloadReader } from '#server/payload/payload-reader.ts';
import { createSchemaRegistry } from '#server/payload/schema-registry.ts';
import { foreignPayload } from '#server/payload/testing/foreign-payload.ts';
import { registerSchema } from '#server/payload/testing/register-schema.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';
import type { Metrics } from '#server/watch/metrics/metrics.ts';
import { metricsOf } from '#server/watch/metrics/testing/metrics-of.ts';
import { createIngest } from '#server/sync/ingest.ts';
import { messageId } from '#server/sync/read-letter.ts';
import { readQueue } from '#server/sync/read-queue.ts';
import { createTurns } from '#server/sync/turns.ts';
import { busyMachineMs } from '#lib/testing/cpu-clock.ts';

/** What is bad about messages, from a real broker through the index to every route; what no broker here takes, from where a broker would have given it. */

const registryUrl = process.env['TEST_SCHEMA_REGISTRY_URL'] ?? '';
const signal = new AbortController().signal;

let folder: string;
let store: Store;
let metrics: Metrics;
let payloads: PayloadReader;
let harness: DriverHarness;
let driver: BrokerDriver;
let queueId: string;
let letters: ReturnType<typeof badLetters>;

beforeAll(async () => {
  expect(registryUrl, 'TEST_SCHEMA_REGISTRY_URL: scripts/brokers.ts up --only schema-registry').not.toBe('');
  letters = badLetters({ avro: await registeredAvro() });
  folder = await mkdtemp(join(tmpdir(), 'redeliver-bad-'));
  store = openSqliteStore({ folder, role: 'writer' });
  harness = await createKafkaHarness('kafka');
  driver = createBroker(harness.connect(), { connection: harness.connection, random: () => 0.5 });
  payloads = createPayloadReader({
    registries: new Map([[harness.connection, createSchemaRegistry({ url: registryUrl, clock: systemClock })]]),
  });
  metrics = await metricsOf(store, [harness.connection]);
  provideRuntime({
    store,
    clock: systemClock,
    payloads,
    sandbox: null,
    version: 'test',
    engineSeenAt: () => Date.now(),
    metrics,
  });
});

afterAll(async () => {
  metrics?.stop();
  await payloads?.close();
  await driver?.close();
  await harness?.close();
  await store?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function registeredAvro(): Promise<Uint8Array> {
  const { bytes, schema } = foreignPayload('avro');
  const id = await registerSchema(registryUrl, 'bad-input-value', { schema: schema?.text ?? '' });
  new DataView(bytes.buffer).setInt32(1, id);
  return bytes;
}

const idOf = new Map<string, string>();

async function detailOf(name: string): Promise<MessageDetail> {
  const params = Promise.resolve({ messageId: idOf.get(name) ?? name });
  return messageDetail.parse(await (await getMessage(new Request('http://127.0.0.1:3000/'), { params })).json());
}

describe('bad input', () => {
  it('from a broker stops no queue: each message is indexed, and the one after it', async () => {
    const queue = await harness.createQueue();
    queueId = `${harness.connection}/${queue.name}`;
    const small = letters.filter(({ bigger }) => !bigger);
    await harness.put(
      queue,
      small.map(({ raw }) => raw),
    );
    const facts = await driver.inspect(queue.name, signal);
    await store.index.saveQueues(harness.connection, [
      { name: queue.name, kind: 'kafka', foundBy: 'pattern', origins: [], capabilities: facts.capabilities },
    ]);
    const dependencies = { store, driver, clock: systemClock, scanLimit: 1_000, turns: createTurns() };
    await readQueue(dependencies, await store.index.getQueue(queueId), { facts, insist: false }, signal);
    const { messages } = await store.index.listMessages({
      filter: { kind: 'all' },
      range: { from: null, to: null },
      cursor: null,
      limit: 100,
    });
    for (const { id } of messages) {
      const { raw } = await store.index.getMessage(id);
      const marker = raw.headers.findLast(({ name }) => name === 'marker')?.value;
      if (marker?.kind === 'bytes') idOf.set(new TextDecoder().decode(marker.bytes), id);
    }
    expect([...idOf.keys()].toSorted()).toEqual(small.map(({ name }) => name).toSorted());
    expect((await store.index.getQueue(queueId)).reader.kind).toBe('live');
  });

  it('of any size is indexed within a moment and within bounds', async () => {
    const queue = await store.index.getQueue(queueId);
    for (const { name, raw } of letters.filter(({ bigger }) => bigger)) {
      const identity = `9:${idOf.size}`;
      const started = performance.now();
      const ingest = createIngest(store, systemClock, queue, { scan: 'bad' });
      const message = { ...raw, identity, position: identity, lane: '9', sequence: String(idOf.size) };
      await ingest.add({ messages: [message], cursor: null, progress: { read: 1, of: 1, exact: true }, end: null });
      await ingest.finish();
      expect(performance.now() - started, name).toBeLessThan(5_000 + busyMachineMs);
      idOf.set(name, messageId(queueId, identity));
    }
    const rows = await store.index.getMessages([...idOf.values()]);
    expect(rows).toHaveLength(letters.length);
    for (const row of rows) {
      expect(row.preview.length).toBeLessThanOrEqual(300);
      expect(row.keyText?.length ?? 0).toBeLessThanOrEqual(200);
      expect(row.failure.errorMessage?.length ?? 0).toBeLessThanOrEqual(4_001);
      expect(row.failure.stackTrace?.length ?? 0).toBeLessThanOrEqual(64_001);
    }
  });

  it('is answered by every route, in time and without growing', async () => {
    setFlagsFromString('--expose-gc');
    const collect: unknown = runInNewContext('gc');
    if (typeof collect !== 'function') throw new Error('There is no gc.');
    collect();
    const before = process.memoryUsage().heapUsed;
    let started = performance.now();
    for await (const { asked, status, text } of everyGet(store, [])) {
      expect(status, `${asked}: ${text.slice(0, 200)}`).toBe(200);
      expect(performance.now() - started, asked).toBeLessThan(15_000 + busyMachineMs);
      started = performance.now();
    }
    collect();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * 1024 * 1024);
  });

  it('is shown for what it is', async () => {
    const step = async (name: string, decoder: string) =>
      (await detailOf(name)).payload.steps.find((each) => each.decoder === decoder);
    expect((await detailOf('broken UTF-8')).payload).toMatchObject({ label: 'text (broken UTF-8)' });
    expect((await detailOf('broken UTF-8')).headers.find(({ name }) => name === 'b')).toMatchObject({ type: 'binary' });
    expect(await step('cut Avro', 'schema registry')).toMatchObject({
      outcome: 'failed',
      note: expect.stringContaining('truncated'),
    });
    expect(await step('unknown schema', 'schema registry')).toMatchObject({
      note: expect.stringContaining('does not know'),
    });
    expect((await detailOf('unknown schema')).payload.hex).toContain('00 3b 9a c9 ff');
    expect((await detailOf('deep objects')).payload).toMatchObject({ kind: 'json', truncated: expect.any(Boolean) });
    expect((await detailOf('10 MB of JSON')).payload).toMatchObject({ kind: 'json', truncated: true });
    expect((await detailOf('10 MB of JSON')).payload.sizeBytes).toBeGreaterThan(10_000_000);
    for (const codec of ['gzip', 'deflate', 'zstd', 'brotli']) {
      const { payload } = await detailOf(`${codec} bomb`);
      expect(
        payload.steps.some(({ outcome, note }) => outcome === 'failed' && note.includes('expands to more')),
        codec,
      ).toBe(true);
    }
    expect((await detailOf('500 headers')).headers.length).toBeGreaterThanOrEqual(500);
    expect((await detailOf('a header of 1 MB')).headers.find(({ name }) => name === 'x-business')).toMatchObject({
      truncated: true,
    });
    expect((await detailOf('script everywhere')).payload.pretty).toContain('<script>');
    expect((await detailOf('hidden signs everywhere')).key).toContain('\u202e');
    expect((await detailOf('tombstone')).payload.kind).toBe('null');
    expect((await detailOf('numbers beyond')).payload.pretty).toContain('123456789012345678901234567890.10');
    expect(new Date((await detailOf('of 1970')).at).getUTCFullYear()).toBe(1970);
    expect(new Date((await detailOf('of 2100')).at).getUTCFullYear()).toBe(2100);
    // What no calendar holds is no time: it is as old as its first sight.
    expect((await detailOf('of nanoseconds')).atIs).toBe('first-seen');
    expect(new Date((await detailOf('said to be of 2100')).at).getUTCFullYear()).toBe(2100);
  });
});
