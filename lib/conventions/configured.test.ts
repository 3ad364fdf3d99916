import { describe, expect, it } from 'vitest';
import { createConventionChain, withConfigured } from '#lib/conventions/chain.ts';
import { createConfiguredConvention, type ConventionSettings } from '#lib/conventions/configured.ts';
import { normalise } from '#lib/conventions/normalise.ts';
import { aDeadLetter } from '#lib/testing/a-dead-letter.ts';

const acme: ConventionSettings = {
  name: 'acme',
  fields: {
    error: { header: 'X-Acme-Error', decoder: 'text' },
    attempts: { header: 'x-acme-tries', decoder: 'int32' },
    originTopic: { header: 'x-acme-topic', decoder: 'text' },
    originOffset: { header: 'x-acme-offset', decoder: 'int64' },
    failedAt: { header: 'x-acme-at', decoder: 'text' },
  },
};

const bytes = (...values: number[]) => ({ kind: 'bytes' as const, bytes: new Uint8Array(values) });

describe('a convention from the configuration', () => {
  const letter = aDeadLetter()
    .fromOwnConvention()
    .withHeader('x-acme-error', 'TimeoutError: 3000 ms')
    .withHeader('x-acme-tries', bytes(0, 0, 0, 4))
    .withHeader('x-acme-topic', 'acme.orders')
    .withHeader('x-acme-offset', bytes(0, 0x20, 0, 0, 0, 0, 0, 1))
    .withHeader('x-acme-at', '1795318000000')
    .raw();

  it('is asked before all others, and what it does not say is left to them', () => {
    const reading = normalise(letter, { kind: 'kafka', queueName: 'q', origins: [] }, withConfigured([acme]));
    expect(reading.failure).toMatchObject({ errorClass: 'TimeoutError', errorMessage: '3000 ms', attempts: 4 });
    expect(reading.origin).toMatchObject({
      destination: { kind: 'kafka', topic: 'acme.orders', partition: null },
      position: '9007199254740993',
    });
    expect(reading.at).toBe(1_795_318_000_000);
    expect(reading.conventions[0]?.name).toBe('acme');
  });

  it('owns its headers in any spelling, and reads nothing where none is there', () => {
    const convention = createConfiguredConvention(acme);
    expect(convention.owns('x-ACME-error')).toBe(true);
    expect(convention.owns('x-acme')).toBe(false);
    const chain = createConventionChain([convention]);
    const reading = normalise(aDeadLetter().raw(), { kind: 'kafka', queueName: 'q', origins: [] }, chain);
    expect(reading.conventions).toEqual([]);
  });

  it('goes back to a queue by its name, on the brokers that have queues', () => {
    const chain = withConfigured([{ name: 'q', fields: { originQueue: { header: 'home', decoder: 'text' } } }]);
    const home = aDeadLetter().withHeader('home', 'orders').raw();
    const origin = (kind: 'kafka' | 'rabbitmq' | 'sqs') =>
      normalise(home, { kind, queueName: 'q', origins: [] }, chain).origin.destination;
    expect(origin('rabbitmq')).toEqual({ kind: 'rabbitmq', exchange: '', routingKey: 'orders' });
    expect(origin('sqs')).toEqual({ kind: 'sqs', queue: 'orders' });
    expect(origin('kafka')).toBeNull();
  });

  const kafka = { kind: 'kafka' as const, queueName: 'q', origins: [] };

  it('reads entries of tables and of JSON in headers, the first of repeated headers, and Java’s numbers', () => {
    const text = (value: string) => ({ header: 'x-meta', decoder: 'text' as const, entry: value.split('.') });
    const chain = withConfigured([
      {
        name: 'meta',
        fields: {
          error: text('error.message'),
          attempts: text('tries'),
          originalAt: { header: 'x-at', decoder: 'bigInteger' },
          reason: { header: 'x-why', decoder: 'text', take: 'first' },
        },
      },
    ]);
    const others = aDeadLetter()
      .withHeader('x-at', bytes(0x01, 0xa2, 0x01, 0x00, 0x00, 0x00))
      .withHeader('x-why', 'newest')
      .withHeader('x-why', 'older');
    const expected = {
      failure: { errorClass: 'SoldOutError', errorMessage: 'none left', attempts: 4, reason: 'newest' },
    };
    const json = others.withHeader('X-Meta', '{"error":{"message":"SoldOutError: none left"},"tries":4}').raw();
    const tries = { name: 'tries', value: { kind: 'integer' as const, text: '4' } };
    const message = { name: 'message', value: { kind: 'text' as const, text: 'SoldOutError: none left' } };
    const error = { name: 'error', value: { kind: 'table' as const, entries: [message] } };
    const table = others.withHeader('x-meta', { kind: 'table', entries: [tries, error] }).raw();
    for (const raw of [json, table]) {
      const reading = normalise(raw, kafka, chain);
      expect(reading).toMatchObject({ ...expected, originalAt: 0x01_a2_01_00_00_00 });
    }
  });

  it('reads fields of the body, and who the message inside of a wrapper is', () => {
    const chain = withConfigured([
      {
        name: 'wrapper',
        fields: {
          error: { body: ['failure', 'message'] },
          originOffset: { body: ['failure', 'offset'] },
          traceId: { body: ['failure', 'trace'] },
        },
        original: { body: ['failure', 'event'] },
      },
    ]);
    const wrap = (event: string) =>
      aDeadLetter()
        .withBody(
          `{"failure":{"message":"SoldOutError: none","offset":9007199254740993,"trace":"t-1","event":${event}}}`,
        )
        .raw();
    for (const event of [
      '{"id":"e-1","type":"order.placed"}',
      '"{\\"id\\":\\"e-1\\",\\"type\\":\\"order.placed\\"}"',
    ]) {
      const reading = normalise(wrap(event), kafka, chain);
      expect(reading).toMatchObject({
        failure: { errorClass: 'SoldOutError', errorMessage: 'none' },
        origin: { content: 'wrapped', position: '9007199254740993' },
        eventId: 'e-1',
        eventType: 'order.placed',
        traceId: 't-1',
      });
    }
    expect(normalise(aDeadLetter().withBody('[1]').raw(), kafka, chain).conventions).toEqual([]);
  });
});
