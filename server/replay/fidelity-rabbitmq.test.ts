import { randomUUID } from 'node:crypto';
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import { fc } from '#lib/testing/properties.ts';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { isReplayHeader } from '#lib/conventions/replay-headers.ts';
import { createRabbitMqDriver } from '#server/brokers/rabbitmq/rabbitmq-driver.ts';
import {
  everyType,
  headersArbitrary,
  list,
  longstr,
  named,
  propertiesArbitrary,
} from '#server/replay/testing/amqp-arbitrary.ts';
import { drawn, expectReplayHeaders, legibleBytes, seedNote } from '#server/replay/testing/fidelity.ts';
import {
  loadRawAmqplib,
  publishRaw,
  type RawContent,
  receivedRaw,
  short,
  textOf,
} from '#server/replay/testing/raw-amqplib.ts';
import { type RealEngine, startRealEngine } from '#server/replay/testing/real-engine.ts';

/** What a foreign consumer receives after a replay on RabbitMQ, beside what it had received before it rejected the message: on the wire. */

const amqplib = loadRawAmqplib();

const plain: RawContent = { body: Buffer.from('{"total":1999}'), headers: [], properties: new Map() };
const allProperties: RawContent['properties'] = new Map([
  ['content-type', short('application/json')],
  ['content-encoding', short('identity')],
  ['delivery-mode', Buffer.of(1)],
  ['priority', Buffer.of(7)],
  ['correlation-id', short('c-1 größe')],
  ['reply-to', short('shop.replies')],
  ['expiration', short('3600000')],
  ['message-id', short('m-1')],
  ['timestamp', Buffer.from('0000000069223b00', 'hex')],
  ['type', short('order.completed')],
  ['user-id', short('guest')],
  ['app-id', short('shop')],
  ['cluster-id', short('eu-1')],
]);

const fixed: readonly RawContent[] = [
  plain,
  { ...plain, body: Buffer.alloc(0) },
  { ...plain, body: Buffer.from([0xff, 0x00, 0xfe]) },
  { ...plain, body: Buffer.alloc(1_000_000, 'redeliver') },
  { ...plain, properties: allProperties },
  { ...plain, headers: everyType },
  { ...plain, headers: everyType.toReversed(), properties: allProperties },
  {
    ...plain,
    headers: ['__proto__', '10', '9', 'constructor', 'Größe', ' '].map((name) => named(name, longstr(name))),
  },
  { ...plain, headers: [named('n'.repeat(255), longstr('v'.repeat(20_000)))] },
];

const arbitrary = fc.record({
  body: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  headers: headersArbitrary,
  properties: propertiesArbitrary.map((properties) => new Map(Object.entries(properties)) as RawContent['properties']),
});

/** On the wire; the header table by name, because RabbitMQ sorts it where it likes. */
function legible({ body, headers, properties }: RawContent) {
  return {
    body: legibleBytes(body),
    headers: headers.map(({ name, value }) => `${legibleBytes(name)} ${legibleBytes(value)}`).toSorted(),
    properties: [...properties].map(([name, bytes]) => `${name} ${legibleBytes(bytes)}`),
  };
}

/** A quorum queue of RabbitMQ 4 hands out what has a priority above 4 sooner: order is kept within each of the two (rabbitmq.com/docs/quorum-queues#priorities). */
function byPriority(messages: readonly RawContent[]): readonly RawContent[] {
  const isHigh = ({ properties }: RawContent) => (properties.get('priority')?.readUInt8() ?? 0) > 4;
  return [...messages.filter(isHigh), ...messages.filter((message) => !isHigh(message))];
}

/** Knowingly not sent again; docs/replaying.md says why. */
const leftOut = { properties: ['expiration', 'user-id'], headers: ['CC', 'BCC'] };

describe.each([
  { label: 'RabbitMQ 3, classic queues', env: 'TEST_RABBITMQ', type: 'classic' },
  { label: 'RabbitMQ 3, quorum queues', env: 'TEST_RABBITMQ', type: 'quorum' },
  { label: 'RabbitMQ 4, classic queues', env: 'TEST_RABBITMQ4', type: 'classic' },
  { label: 'RabbitMQ 4, quorum queues', env: 'TEST_RABBITMQ4', type: 'quorum' },
])('a replay on $label', ({ env, type }) => {
  const name = `fidelity-${randomUUID().slice(0, 13)}`;
  const [exchange, source, copies, deadLetters] = [name, `${name}-orders`, `${name}-copies`, `${name}-dlq`];
  const routingKey = 'order.completed';
  let client: ChannelModel;
  let channel: ConfirmChannel;
  let engine: RealEngine;
  let originals: readonly RawContent[];

  beforeAll(async () => {
    const url = process.env[`${env}_URL`] ?? '';
    client = await amqplib.connect(url, { noDelay: true });
    client.on('error', () => undefined);
    channel = await client.createConfirmChannel();
    const limit = env === 'TEST_RABBITMQ4' && type === 'quorum' ? { 'x-delivery-limit': -1 } : {};
    const of = { 'x-queue-type': type, ...limit };
    await channel.assertExchange(exchange, 'direct', { durable: true });
    await channel.assertQueue(deadLetters, { durable: true, arguments: of });
    await channel.assertQueue(copies, { durable: true, arguments: of });
    const toDlq = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': deadLetters };
    await channel.assertQueue(source, { durable: true, arguments: { ...of, ...toDlq } });
    await channel.bindQueue(source, exchange, routingKey);
    await channel.bindQueue(copies, exchange, 'copy');

    const copied = { ...plain, headers: [named('CC', list(longstr('copy'))), named('BCC', list(longstr('copy')))] };
    const sent = [copied, ...fixed, ...drawn(arbitrary, 120)];
    for (const content of sent) publishRaw(channel, exchange, routingKey, content);
    await channel.waitForConfirms();
    originals = await take(sent.length, 'reject');
    expect(originals).toHaveLength(sent.length);

    const management = process.env[`${env}_MANAGEMENT_URL`] ?? '';
    const settings = { connection: 'rabbitmq-fidelity', url, managementUrl: management, clock: Date.now };
    engine = await startRealEngine('rabbitmq-fidelity', createRabbitMqDriver(settings), [deadLetters]);
    await vi.waitUntil(async () => (await depth(deadLetters)) === originals.length, { timeout: 30_000 });
    expect(await engine.read(deadLetters)).toHaveLength(originals.length);
  });

  afterAll(async () => {
    await engine?.close();
    for (const queue of [source, copies, deadLetters]) await channel?.deleteQueue(queue);
    await channel?.deleteExchange(exchange);
    await client?.close();
  });

  async function depth(queue: string): Promise<number> {
    return (await channel.checkQueue(queue)).messageCount;
  }

  /** What a consumer of the source receives, in its order; it can make nothing of it, or it can. */
  async function take(count: number, how: 'reject' | 'acknowledge'): Promise<readonly RawContent[]> {
    const consuming = await client.createChannel();
    await consuming.prefetch(1_000);
    const received: RawContent[] = [];
    const { consumerTag } = await consuming.consume(source, (message) => {
      if (message === null) return;
      expect(message.fields).toMatchObject({ exchange, routingKey });
      received.push(receivedRaw(message));
      if (how === 'reject') consuming.reject(message, false);
      else consuming.ack(message);
    });
    await vi.waitUntil(() => received.length >= count, { timeout: 30_000 });
    await consuming.cancel(consumerTag);
    await consuming.close();
    return received;
  }

  it('gives body, properties and header table as they were, but for what would do harm', async () => {
    const copiesBefore = await depth(copies);
    expect(copiesBefore).toBe(1);
    const replay = await engine.replayAll(deadLetters);
    expect(replay.account).toMatchObject({ total: originals.length, settled: originals.length });
    const items = await engine.store.ledger.listItems(replay.id, { after: null, limit: 1_000 });
    const itemIds = new Set(items.map(({ id }) => id));
    const received = await take(originals.length, 'acknowledge');

    for (const { headers } of received) {
      const added = headers.filter((header) => isReplayHeader(header.name.toString()));
      const texts = added.map((header) => [header.name.toString(), textOf(header)] as const);
      expectReplayHeaders(texts, replay, itemIds);
    }
    const messages = received.map((message) => ({
      ...message,
      headers: message.headers.filter((header) => !isReplayHeader(header.name.toString())),
    }));
    const expected = originals.map((message) => ({
      ...message,
      headers: message.headers.filter((header) => !leftOut.headers.includes(header.name.toString())),
      properties: new Map([...message.properties].filter(([property]) => !leftOut.properties.includes(property))),
    }));
    const isByPriority = env === 'TEST_RABBITMQ4' && type === 'quorum';
    const inOrder = (all: readonly RawContent[]) => (isByPriority ? byPriority(all) : all).map(legible);
    expect(inOrder(messages), seedNote).toEqual(inOrder(expected));
    expect(await depth(deadLetters)).toBe(0);
    expect(await depth(copies)).toBe(copiesBefore);
  });
});
