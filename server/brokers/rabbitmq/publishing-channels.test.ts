import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AmqpSession, createAmqpSession } from '#server/brokers/rabbitmq/amqp-session.ts';
import { createPublishingChannels, type PublishingChannels } from '#server/brokers/rabbitmq/publishing-channels.ts';
import { openPublisher } from '#server/brokers/rabbitmq/publisher.ts';
import {
  createRabbitMqHarness,
  plainMessage,
  type RabbitMqHarness,
} from '#server/brokers/rabbitmq/rabbitmq-harness.ts';
import { endpointOf } from '#server/brokers/rabbitmq/rabbitmq-settings.ts';

/** Channels that stay open from one send to the next: none is used that may be dead, and what was true at the last send is asked again. */

const signal = new AbortController().signal;
const timeoutMs = 10_000;
let harness: RabbitMqHarness;
let session: AmqpSession;
let channels: PublishingChannels;

beforeEach(async () => {
  harness = await createRabbitMqHarness({ env: 'TEST_RABBITMQ' });
  session = createAmqpSession(endpointOf({ connection: 'channels', url: harness.url, clock: Date.now }));
  channels = createPublishingChannels(session);
});

afterEach(async () => {
  await session.close();
  await harness.close();
});

test('two senders at the same time have a channel each, and the next sender has one of those', async () => {
  const [first, second] = [await channels.take(signal, timeoutMs), await channels.take(signal, timeoutMs)];
  expect(second.channel).not.toBe(first.channel);
  channels.giveBack(first);
  expect(await channels.take(signal, timeoutMs)).toBe(first);
});

test('a channel that the server closed while nobody used it is not handed out again', async () => {
  const taken = await channels.take(signal, timeoutMs);
  channels.giveBack(taken);
  const closed = new Promise<void>((resolve) => taken.channel.once('close', resolve));
  await taken.channel.checkQueue('no-such-queue-of-channels').catch(() => undefined);
  await closed;
  expect(await channels.take(signal, timeoutMs)).not.toBe(taken);
});

test('a channel that was not used for a while is closed', async () => {
  const taken = await channels.take(signal, timeoutMs);
  let isClosed = false;
  taken.channel.once('close', () => (isClosed = true));
  channels.giveBack(taken);
  await expect.poll(() => isClosed).toBe(true);
  expect(await channels.take(signal, timeoutMs)).not.toBe(taken);
});

test('a sender that is closed twice gives its channel back once: the next one keeps it for itself', async () => {
  const sender = await openPublisher(session, channels, { timeoutMs, signal });
  await sender.close();
  const next = await channels.take(signal, timeoutMs);
  await sender.close();
  expect(await channels.take(signal, timeoutMs)).not.toBe(next);
});

test('an exchange that is deleted between two sends fails its messages by name, and those for another are sent', async () => {
  const driver = harness.connect();
  try {
    const exchange = harness.uniqueName('-direct');
    const queue = await harness.createPlainQueue('classic');
    await harness.foreign.assertExchange(exchange, 'direct');
    await harness.foreign.bindQueue(queue, exchange, 'bound');
    const batch = [exchange, '', exchange].map((name, index) => ({
      ref: String(index),
      destination: { kind: 'rabbitmq', exchange: name, routingKey: name === '' ? queue : 'bound' } as const,
      message: plainMessage(String(index)),
    }));
    const kinds = async () => (await driver.publish(batch, { timeoutMs, signal })).map(({ kind }) => kind);
    expect(await kinds()).toEqual(['sent', 'sent', 'sent']);
    await harness.foreign.deleteExchange(exchange);
    expect(await kinds()).toEqual(['failed', 'sent', 'failed']);
    expect(await harness.ready(queue)).toBe(4);
  } finally {
    await driver.close();
  }
});
