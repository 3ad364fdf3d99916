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
});
