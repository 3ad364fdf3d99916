import { randomUUID } from 'node:crypto';
import amqplib, { type ChannelModel, type ConfirmChannel } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import { usualOptions } from '#lib/domain/replay.ts';
import { createRabbitMqDriver } from '#server/brokers/rabbitmq/rabbitmq-driver.ts';
import { systemClock } from '#server/clock.ts';
import { askEngine } from '#server/http/engine-requests.ts';
import { type RealEngine, startRealEngine } from '#server/replay/testing/real-engine.ts';

/** Discard and restore on RabbitMQ, whose messages have no ids: what is equal to the byte stays, and a restored one reads as the dead letter that it was. */

describe.each([
  { label: 'RabbitMQ 3, classic queues', env: 'TEST_RABBITMQ', type: 'classic' },
  { label: 'RabbitMQ 3, quorum queues', env: 'TEST_RABBITMQ', type: 'quorum' },
  { label: 'RabbitMQ 4, classic queues', env: 'TEST_RABBITMQ4', type: 'classic' },
  { label: 'RabbitMQ 4, quorum queues', env: 'TEST_RABBITMQ4', type: 'quorum' },
])('on $label', ({ env, type }) => {
  const name = `discard-${randomUUID().slice(0, 13)}`;
  const [source, copies, deadLetters] = [`${name}-orders`, `${name}-copies`, `${name}-dlq`];
  let client: ChannelModel;
  let channel: ConfirmChannel;
  let engine: RealEngine;

  beforeAll(async () => {
    const url = process.env[`${env}_URL`] ?? '';
    client = await amqplib.connect(url, { noDelay: true });
    client.on('error', () => undefined);
    channel = await client.createConfirmChannel();
    const limit = env === 'TEST_RABBITMQ4' && type === 'quorum' ? { 'x-delivery-limit': -1 } : {};
    const of = { 'x-queue-type': type, ...limit };
    await channel.assertExchange(`${name}-dlx`, 'direct', { durable: true });
    await channel.assertQueue(deadLetters, { durable: true, arguments: of });
    await channel.bindQueue(deadLetters, `${name}-dlx`, 'failed');
    const toDlq = { 'x-dead-letter-exchange': `${name}-dlx`, 'x-dead-letter-routing-key': 'failed' };
    await channel.assertQueue(copies, { durable: true });
    await channel.assertQueue(source, { durable: true, arguments: { ...of, ...toDlq } });
    const options = { persistent: true, messageId: 'm-1', contentType: 'application/json', expiration: '3600000' };
    for (const body of ['{"order":1}', '{"order":1}', '{"order":2}', '{"order":2}'])
      channel.sendToQueue(source, Buffer.from(body), { ...options, headers: { tenant: 'acme', CC: [copies] } });
    await channel.waitForConfirms();
    for (let rejected = 0; rejected < 4; rejected += 1) {
      const message = await channel.get(source);
      if (!message) throw new Error('It was confirmed, and is not there.');
      channel.reject(message, false);
    }
    await vi.waitUntil(async () => (await depth()) === 4, { timeout: 30_000 });
    const management = process.env[`${env}_MANAGEMENT_URL`] ?? '';
    const settings = { connection: 'discards', url, managementUrl: management, clock: Date.now };
    engine = await startRealEngine('discards', createRabbitMqDriver(settings), [deadLetters]);
  });

  afterAll(async () => {
    await engine?.close();
    for (const queue of [source, copies, deadLetters]) await channel?.deleteQueue(queue);
    await channel?.deleteExchange(`${name}-dlx`);
    await client?.close();
  });

  async function depth(): Promise<number> {
    return (await channel.checkQueue(deadLetters)).messageCount;
  }

  const essence = ({ body, headers, properties }: RawDeadLetter) => ({
    body: Buffer.from(body ?? []).toString(),
    headers: headers
      .filter(({ name: header }) => !['restored-item', 'CC', 'x-delivery-count'].includes(header))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    properties: properties.filter(
      ({ name: property }) =>
        !['exchange', 'routing-key', 'redelivered', 'expiration', 'x-delivery-count'].includes(property),
    ),
  });

  it('one of equal messages is discarded and the other stays; restored, it reads as it was, x-death included', async () => {
    const letters = await engine.read(deadLetters);
    expect(letters).toHaveLength(4);
    const first = letters.find((letter) => letter.preview.includes('"order":1'));
    const discarded = await engine.plan({ kind: 'messages', messageIds: [first?.id ?? ''] }, { action: 'discard' });
    expect(discarded.plan).toMatchObject({ willSend: 1, removes: 'all' });
    await engine.confirm(discarded);
    expect((await engine.reached(discarded.id, 'settled', 'stopped')).account).toMatchObject({ settled: 1 });
    await vi.waitUntil(async () => (await depth()) === 3, { timeout: 30_000 });
    const [archived] = await engine.store.ledger.listArchived({ discardId: discarded.id, after: null, limit: 10 });
    const [kept] = await engine.store.ledger.readArchived([archived?.itemId ?? '']);
    if (!kept) throw new Error('It is not in the archive.');

    const options = { ...usualOptions, action: 'restore' as const };
    const request = { kind: 'plan-restore' as const, selection: { discardId: discarded.id }, options };
    const asking = { store: engine.store, clock: systemClock };
    const { replayId } = await askEngine(asking, request, 'test', 60_000);
    const planned = await engine.store.ledger.getReplay(replayId ?? '');
    expect(planned.plan).toMatchObject({ willSend: 1, destinations: [{ exists: true, count: 1 }] });
    await engine.confirm(planned);
    expect((await engine.reached(planned.id, 'settled', 'stopped')).account).toMatchObject({ settled: 1 });
    await vi.waitUntil(async () => (await depth()) === 4, { timeout: 30_000 });

    await engine.read(deadLetters);
    const [item] = await engine.store.ledger.listItems(planned.id, { after: null, limit: 1 });
    const back = await engine.store.index.getMessage(item?.returned?.messageId ?? '');
    expect(back.state).toBe('new');
    expect(back.origin.destination).toEqual(first?.origin.destination);
    expect(essence(back.raw)).toEqual(essence(kept.raw));
    expect(back.raw.headers.filter((header) => header.name === 'x-death')).toHaveLength(1);
    // The copies that its CC once ordered were not made again.
    expect((await channel.checkQueue(copies)).messageCount).toBe(4);
  });
});
