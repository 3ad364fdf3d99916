import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { encode } from '@msgpack/msgpack';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { GET as getMessages } from '#app/api/v1/messages/route.ts';
import { GET as getPayload } from '#app/api/v1/messages/[messageId]/payload/route.ts';
import { GET as getMessage } from '#app/api/v1/messages/[messageId]/route.ts';
import { problem } from '#lib/api/common.ts';
import { usualOptions } from '#lib/domain/replay.ts';
import { messageDetail, messagesResponse } from '#lib/api/messages.ts';
import { bytesHeader, type RawMessage } from '#lib/domain/message.ts';
import { createMasking, type MaskingSettings } from '#lib/masking/masking.ts';
import { createBroker } from '#server/brokers/broker.ts';
import { createKafkaHarness } from '#server/brokers/kafka/kafka-harness.ts';
import type { DriverHarness, TestQueue } from '#server/brokers/testing/harness.ts';
import { systemClock } from '#server/clock.ts';
import { startEngine, type Engine } from '#server/engine/engine.ts';
import { askEngine } from '#server/http/engine-requests.ts';
import { provideRuntime } from '#server/http/runtime.ts';
import { everyGet } from '#server/http/testing/every-get.ts';
import { createPayloadReader, type PayloadReader } from '#server/payload/payload-reader.ts';
import { readLetter } from '#server/sync/read-letter.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';

/** A secret in every place of a message that a console could show it from, on a real broker, through the whole engine. */

const rules: MaskingSettings = {
  fields: ['customer.email', '*.pin'],
  headers: ['x-customer-*', 'Authorization'],
  patterns: ['email', 'card', { name: 'badge', expression: 'BADGE-\\d{6}' }],
  keys: false,
};

const utf8 = (text: string) => new TextEncoder().encode(text);
const secretDocument = {
  id: 'BADGE-000001',
  type: 'order.paid',
  total: 9007199254740991,
  customer: { email: 'hushhushhush-body', name: 'Ada' },
  pay: { pin: 4711471147 },
  note: 'card 4111 1111 1111 1111, hushhushhush.note@mail.example',
};
const document = JSON.stringify(secretDocument);
const bodies: Readonly<Record<string, Uint8Array>> = {
  json: utf8(document),
  'cut json': utf8(document.slice(0, document.indexOf('hushhushhush-body') + 7)),
  'broken UTF-8': Buffer.concat([utf8(document), Uint8Array.of(0xff)]),
  base64: utf8(btoa(document)),
  gzip: gzipSync(document),
  sns: utf8(
    JSON.stringify({
      Type: 'Notification',
      TopicArn: 'arn:aws:sns:x:1:t',
      MessageId: '1',
      Subject: 'hushhushhush.subject@mail.example',
      Message: document,
    }),
  ),
  cloudEvents: utf8(
    JSON.stringify({ specversion: '1.0', type: 't', source: '/s', id: '1', data_base64: btoa(document) }),
  ),
  messagePack: encode(secretDocument),
  text: utf8('Dear hushhushhush.text@mail.example, your badge is BADGE-000002.'),
  binary: Buffer.concat([
    Uint8Array.of(0, 0, 0, 0, 9, 0x12),
    utf8('hushhushhush-body'),
    utf8('hushhushhush.binary@mail.example'),
  ]),
  big: utf8(JSON.stringify({ filler: 'x'.repeat(300_000), customer: { email: 'hushhushhush-body' } })),
};

function planted(marker: string, body: Uint8Array): RawMessage {
  return {
    key: utf8(`hushhushhush.key+${marker.replaceAll(' ', '-')}@mail.example`),
    body,
    headers: [
      bytesHeader('marker', marker),
      bytesHeader('x-customer-token', 'hushhushhush-header'),
      bytesHeader('authorization', `Basic ${btoa('user:hushhushhush')}`),
      bytesHeader('x-trace', '{"customer":{"email":"hushhushhush-nested"}}'),
      bytesHeader('correlation-id', 'hushhushhush.correlation@mail.example'),
      bytesHeader('reply', btoa('to hushhushhush.base64@mail.example')),
      bytesHeader('dlq-error', `MailboxError: no box hushhushhush.error@mail.example for ${document}`),
      bytesHeader('dlq-stack', 'MailboxError: no box hushhushhush.stack@mail.example\n    at send (/app/mail.js:3:1)'),
      ...(marker === 'messagePack' ? [bytesHeader('content-type', 'application/msgpack')] : []),
    ],
    properties: [],
  };
}

/** As it stands there, and as hex, a URL and base64 would have it. */
const leaks = ['hushhushhush', 'BADGE-0', '4111 1111', '4711471147'].flatMap((secret) => {
  const bytes = utf8(secret);
  const inBase64 = [0, 1, 2].map((before) => {
    const whole = btoa(`${' '.repeat(before)}${secret}`);
    return whole.slice(before === 0 ? 0 : before + 1, Math.floor(((before + secret.length) * 4) / 3));
  });
  const spaced = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return [secret, encodeURIComponent(secret), spaced, spaced.replaceAll(' ', ''), ...inBase64];
});

const capabilities = { browse: 'log', remove: false, order: 'partition', costs: [], description: '' } as const;

let harness: DriverHarness;
let queue: TestQueue;
let queueId: string;
let folder: string;
let store: Store;
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
  provideRuntime({
    store,
    clock: systemClock,
    payloads,
    masking,
    sandbox: null,
    version: 'test',
    engineSeenAt: () => Date.now(),
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
}, 120_000);

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
  await payloads?.close();
  await store?.close();
  await harness?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
}, 60_000);

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

describe('what is masked', { timeout: 120_000 }, () => {
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
      for (const leak of leaks)
        expect(answer.text.includes(leak), `${leak} in ${answer.asked}: ${around(answer.text, leak)}`).toBe(false);
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

describe('a rule that was made after the messages were indexed', { timeout: 120_000 }, () => {
  it('holds for every answer all the same', async () => {
    const later = await mkdtemp(join(tmpdir(), 'redeliver-masked-later-'));
    const index = openSqliteStore({ folder: later, role: 'writer' });
    const masking = createMasking(rules);
    try {
      await index.index.saveQueues('kafka', [
        { name: 'x.dlq', kind: 'kafka', foundBy: 'pattern', origins: [], capabilities },
      ]);
      const letters = Object.entries(bodies).map(([marker, body], n) => {
        const raw = {
          ...planted(marker, body),
          identity: `0:${n}`,
          position: `0:${n}`,
          lane: '0',
          sequence: String(n),
          brokerAt: Date.now(),
        };
        return {
          ...readLetter({ id: 'kafka/x.dlq', kind: 'kafka', name: 'x.dlq', origins: [] }, raw, Date.now()),
          raw,
        };
      });
      await index.index.ingest({ queueId: 'kafka/x.dlq', letters, scan: 's' });
      provideRuntime({
        store: index,
        clock: systemClock,
        payloads,
        masking,
        sandbox: null,
        version: 'test',
        engineSeenAt: () => Date.now(),
      });
      for await (const answer of everyGet(index, [])) {
        for (const leak of leaks)
          expect(answer.text.includes(leak), `${leak} in ${answer.asked}: ${around(answer.text, leak)}`).toBe(false);
      }
    } finally {
      await index.close();
      await rm(later, { recursive: true, force: true });
    }
  });
});

function around(text: string, leak: string): string {
  const at = text.indexOf(leak);
  return text.slice(Math.max(0, at - 100), at + 60);
}
