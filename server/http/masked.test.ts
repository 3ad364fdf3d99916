import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { GET as getMessages } from '#app/api/v1/messages/route.ts';
import { GET as getPayload } from '#app/api/v1/messages/[messageId]/payload/route.ts';
import { GET as getMessage } from '#app/api/v1/messages/[messageId]/route.ts';
import { problem } from '#lib/api/common.ts';
import { usualOptions } from '#lib/domain/replay.ts';
import { messageDetail, messagesResponse } from '#lib/api/messages.ts';
import { bytesHeader } from '#lib/domain/message.ts';
import { createMasking, type MaskingSettings } from '#lib/masking/masking.ts';
import { createBroker } from '#server/brokers/broker.ts';
import { createKafkaHarness } from '#server/brokers/kafka/kafka-harness.ts';
import type { DriverHarness, TestQueue } from '#server/brokers/testing/harness.ts';
import { systemClock } from '#server/clock.ts';
import { startEngine, type Engine } from '#server/engine/engine.ts';
import { askEngine } from '#server/http/engine-requests.ts';
import { provideRuntime } from '#server/http/runtime.ts';
import { everyGet } from '#server/http/testing/every-get.ts';
import { bodies, leakIn, planted, rules, secrets } from '#server/http/testing/planted.ts';
import { createPayloadReader, type PayloadReader } from '#server/payload/payload-reader.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';
import type { Metrics } from '#server/watch/metrics/metrics.ts';
import { metricsOf } from '#server/watch/metrics/testing/metrics-of.ts';

/** A secret in every place of a message that a console could show it from, on a real broker, through the whole engine. */

let harness: DriverHarness;
let queue: TestQueue;
let queueId: string;
let folder: string;
let store: Store;
let metrics: Metrics;
let engine: Engine;
let payloads: PayloadReader;

beforeAll(async () => {
  harness = await createKafkaHarness('kafka');
  queue = await harness.createQueue();
  queueId = `${harness.connection}/${queue.name}`;
  folder = await mkdtemp(join(tmpdir(), 'redeliver-masked-'));
  store = openSqliteStore({ folder, role: 'writer' });
  payloads = createPayloadReader({ registries: new Map(), masking: rules });
  const masking = createMasking(rules);
  metrics = await metricsOf(store, [harness.connection], masking);
  provideRuntime({
    store,
    clock: systemClock,
    payloads,
    masking,
    sandbox: null,
    version: 'test',
    engineSeenAt: () => Date.now(),
    metrics,
  });
  engine = start(rules);
  if (queue.origin.kind !== 'kafka') throw new Error('This is no Kafka.');
  const { topic } = queue.origin;
  await harness.put(
    queue,
    Object.entries(bodies).map(([marker, body]) => {
      const message = planted(marker, body);
      return { ...message, headers: [...message.headers, bytesHeader('dlq-original-topic', topic)] };
    }),
  );
  await waitFor(async () => (await store.index.listQueues()).some(({ id }) => id === queueId));
  await askEngine({ store, clock: systemClock }, { kind: 'sync', queueId, insist: false }, 'test', 60_000);
});

function start(masking: MaskingSettings): Engine {
  return startEngine({
    store,
    clock: systemClock,
    connections: [
      {
        name: harness.connection,
        kind: 'kafka',
        address: 'test',
        driver: createBroker(harness.connect(), { connection: harness.connection, random: () => 0.5 }),
      },
    ],
    sync: {
      discoverEveryMs: 60_000,
      lookEveryMs: 60_000,
      scanEveryMs: 60_000,
      scanLimit: 1_000,
      reading: { masking: createMasking(masking) },
    },
    watchMs: 1_000,
    publishTimeoutMs: 10_000,
    say: () => undefined,
  });
}

afterAll(async () => {
  await engine?.stop();
  metrics?.stop();
  await payloads?.close();
  await store?.close();
  await harness?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function waitFor(holds: () => Promise<boolean>): Promise<void> {
  await vi.waitUntil(holds, { timeout: 60_000, interval: 100 });
}

const get = (query: string) => new Request(`http://127.0.0.1:3000/?${query}`);
const found = async (filter: string) => {
  const response = await getMessages(get(`filter=${encodeURIComponent(filter)}`));
  const answer: unknown = await response.json();
  return response.ok ? messagesResponse.parse(answer).messages.length : problem.parse(answer).code;
};

async function idOf(marker: string): Promise<string> {
  const { messages } = await store.index.listMessages({
    filter: { kind: 'all' },
    range: { from: null, to: null },
    cursor: null,
    limit: 100,
  });
  for (const { id } of messages) {
    const { raw } = await store.index.getMessage(id);
    if (
      raw.headers.some(
        ({ name, value }) =>
          name === 'marker' && value.kind === 'bytes' && Buffer.from(value.bytes).toString() === marker,
      )
    )
      return id;
  }
  throw new Error(`${marker} is not in the index.`);
}

describe('what is masked', () => {
  it('arrives intact where it is replayed', async () => {
    const messageIds = await Promise.all(Object.keys(bodies).map(idOf));
    const selection = { kind: 'messages' as const, messageIds };
    const options = usualOptions;
    const answer = await askEngine({ store, clock: systemClock }, { kind: 'plan', selection, options }, 'test', 60_000);
    const planned = await store.ledger.getReplay(answer.replayId ?? '');
    expect(planned.plan).toMatchObject({ willSend: messageIds.length, refusals: [] });
    await store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
    await waitFor(async () => ['watching', 'settled'].includes((await store.ledger.getReplay(planned.id)).state));
    const arrived = await harness.receive(queue.origin, messageIds.length);
    for (const [marker, body] of Object.entries(bodies)) {
      const sent = planted(marker, body);
      const message = arrived.find(({ key }) => key !== null && sent.key !== null && Buffer.from(key).equals(sent.key));
      expect(Buffer.from(message?.body ?? []).equals(body), marker).toBe(true);
      const token = message?.headers.find(({ name }) => name === 'x-customer-token')?.value;
      expect(token?.kind === 'bytes' && Buffer.from(token.bytes).toString()).toBe('hushhushhush-header');
    }
  });

  it('stands in no answer of any route', async () => {
    const asked: string[] = [];
    for await (const answer of everyGet(store, [queue.name.replace(/\.dlq$/, '')])) {
      asked.push(answer.asked);
      expect([200, 403], `${answer.asked}: ${answer.text.slice(0, 200)}`).toContain(answer.status);
      expect(leakIn(answer.text, secrets), answer.asked).toBeNull();
    }
    expect(asked.length).toBeGreaterThan(Object.keys(bodies).length * 2 + 10);
  });

  it('is said to be masked, and by which rule', async () => {
    const detail = messageDetail.parse(
      await (await getMessage(get(''), { params: Promise.resolve({ messageId: await idOf('json') }) })).json(),
    );
    expect(detail.payload.maskedBy.toSorted()).toEqual([
      'field *.pin',
      'field customer.email',
      'pattern badge',
      'pattern card',
      'pattern email',
    ]);
    expect(JSON.parse(detail.payload.raw ?? '')).toMatchObject({
      total: 9007199254740991,
      customer: { email: '•••', name: 'Ada' },
      pay: { pin: '•••' },
    });
    expect(detail.headers.find(({ name }) => name === 'x-customer-token')).toMatchObject({
      text: '•••',
      maskedBy: ['header x-customer-*'],
    });
    expect(detail.key).toBe('•••');
    expect(detail.errorMessage).toMatch(/^no box ••• for \{/);
    expect(detail.payload.hex).toContain('e2 80 a2');
    const packed = messageDetail.parse(
      await (await getMessage(get(''), { params: Promise.resolve({ messageId: await idOf('messagePack') }) })).json(),
    );
    expect(packed.payload).toMatchObject({ kind: 'json', hex: '', withheld: expect.stringContaining('withheld') });
  });

  it('is not in a download: there it is masked, or refused', async () => {
    const download = async (marker: string) =>
      getPayload(get(''), { params: Promise.resolve({ messageId: await idOf(marker) }) });
    expect(await (await download('json')).json()).toMatchObject({ customer: { email: '•••' } });
    for (const marker of ['binary', 'gzip', 'messagePack']) {
      const refused = await download(marker);
      expect(problem.parse(await refused.json())).toMatchObject({ status: 403, code: 'masked' });
    }
  });

  it('is found by no search, and what could spell it out is refused', async () => {
    expect(await found('hushhushhush')).toBe(0);
    expect(await found('key:hushhushhush')).toBe(0);
    expect(await found('"BADGE-000001"')).toBe(0);
    expect(await found('event:BADGE-000001')).toBe(0);
    expect(await found('payload.customer.name:Ada')).toBeGreaterThan(0);
    expect(await found('header.marker:json')).toBe(1);
    expect(await found('header.x-customer-token:*')).toBeGreaterThan(0);
    for (const filter of [
      'header.x-customer-token:hushhushhush-header',
      'header.X-Customer-Token:"hushhushhush*"',
      'payload.customer.email:hushhushhush-body',
      'payload.pay.pin:>1',
      '-payload.id:BADGE-000001',
      'payload.Message:*hushhushhush*',
      'payload.total:>5',
      'header.correlation-id:hushhushhush.correlation@mail.example',
    ]) {
      expect(await found(filter), filter).toBe('masked');
    }
  });
});
