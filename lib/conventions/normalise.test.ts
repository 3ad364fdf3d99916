import { fc } from '#lib/testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { normalise } from '#lib/conventions/normalise.ts';
import type { QueueContext } from '#lib/conventions/convention.ts';
import { type HeaderValue, textHeader } from '#lib/domain/message.ts';
import { aDeadLetter } from '#lib/testing/a-dead-letter.ts';

const kafka: QueueContext = {
  kind: 'kafka',
  queueName: 'orders.order.completed.dlq',
  origins: ['orders.order.completed'],
};
const rabbitmq: QueueContext = { kind: 'rabbitmq', queueName: 'email_dlq', origins: [] };
const sqs: QueueContext = { kind: 'sqs', queueName: 'billing-dlq', origins: ['billing'] };

describe('the dlq-* headers', () => {
  it('say error, origin and time', () => {
    const reading = normalise(aDeadLetter().fromOwnConvention().raw(), kafka);
    expect(reading.failure).toMatchObject({
      errorClass: 'ConnectionRefusedError',
      errorMessage: 'connect ECONNREFUSED 10.3.0.12:5432',
    });
    expect(reading.origin).toEqual({
      destination: { kind: 'kafka', topic: 'orders.order.completed', partition: 2 },
      failedIn: 'orders.order.completed',
      position: '2:771204',
    });
    expect(reading.at).toBe(1795318664114);
    expect(reading.conventions.map((convention) => convention.name)).toEqual(['dlq-* headers']);
  });

  it('that are not numbers leave the field empty instead of guessing', () => {
    const reading = normalise(
      aDeadLetter()
        .withHeader('dlq-original-topic', 'orders')
        .withHeader('dlq-original-partition', 'two')
        .withHeader('dlq-timestamp', 'yesterday')
        .at(null)
        .raw(),
      kafka,
    );
    expect(reading.origin.destination).toEqual({ kind: 'kafka', topic: 'orders', partition: null });
    expect(reading.at).toBeNull();
  });

  it('are read from the last of repeated names', () => {
    const reading = normalise(
      aDeadLetter().withHeader('dlq-error', 'first').withHeader('dlq-error', 'second').raw(),
      kafka,
    );
    expect(reading.failure.errorMessage).toBe('second');
  });
});

describe('a return with failure headers of before and after its replay', () => {
  const ofReplay = ['replayed', 'replayed-at', 'replay-id', 'replay-item', 'replay-count'];
  const replayed = (names = ofReplay) =>
    names.reduce((letter, name) => letter.withHeader(name, '1'), aDeadLetter().fromOwnConvention());
  const spring = { kind: 'kafka', queueName: 'orders.dlq', origins: [] } as const;

  it('tells the failure of after it, also in a convention that is read later, and nothing of the old one', () => {
    const { failure, origin, conventions } = normalise(replayed().fromSpringKafka().raw(), spring);
    expect(failure).toMatchObject({ errorClass: 'com.shop.CardDeclinedException', errorMessage: 'issuer answered 51' });
    expect(origin.destination).toEqual(normalise(aDeadLetter().fromSpringKafka().raw(), spring).origin.destination);
    expect(conventions.map(({ name }) => name)).toEqual(['Spring Kafka']);
  });

  it('keeps where it came from where only the old ones say it', () => {
    const { failure, origin, at } = normalise(
      replayed().withHeader('dlq-reason', 'StockError: the stock is empty').at(7).raw(),
      spring,
    );
    expect(failure.errorMessage).toBe('the stock is empty');
    expect(failure.errorClass).toBe('StockError');
    expect(origin.position).toBe('2:771204');
    expect(at).toBe(7);
  });

  it('is read as ever where the order tells nothing: no order is kept, or nothing of the failure stands behind', () => {
    const before = { errorClass: 'ConnectionRefusedError' };
    expect(normalise(replayed(ofReplay.toReversed()).fromSpringKafka().raw(), spring).failure).toMatchObject(before);
    expect(normalise(replayed().withHeader('tenant', 'acme').raw(), spring).failure).toMatchObject(before);
    expect(normalise(replayed().withHeader('retry-count', '4').raw(), spring).failure).toMatchObject(before);
    expect(normalise(replayed().fromSpringKafka().raw(), { ...spring, kind: 'rabbitmq' }).failure).toMatchObject(
      before,
    );
  });
});

describe('Spring Kafka', () => {
  it('has binary numbers, and the real class at the bottom of the trace', () => {
    const reading = normalise(aDeadLetter().fromSpringKafka().raw(), kafka);
    expect(reading.failure).toMatchObject({
      errorClass: 'com.shop.CardDeclinedException',
      errorMessage: 'issuer answered 51',
    });
    expect(reading.origin).toEqual({
      destination: { kind: 'kafka', topic: 'payments', partition: 3 },
      failedIn: 'ledger',
      position: '3:9007199254740993',
    });
    expect(reading.originalAt).toBe(1_795_318_000_000);
  });

  it('numbers of the wrong length are left out', () => {
    const reading = normalise(
      aDeadLetter()
        .withHeader('kafka_dlt-original-topic', 'payments')
        .withHeader('kafka_dlt-original-partition', '3')
        .raw(),
      kafka,
    );
    expect(reading.origin.destination).toEqual({ kind: 'kafka', topic: 'payments', partition: null });
  });
});

describe('x-death', () => {
  it('of a message that was delayed first names the queue that failed, and the one in front of it', () => {
    const death = (queue: string, reason: string): HeaderValue => ({
      kind: 'table',
      entries: [
        textHeader('queue', queue),
        textHeader('reason', reason),
        textHeader('exchange', queue === 'orders' ? '' : 'shop'),
        { name: 'routing-keys', value: { kind: 'list', items: [{ kind: 'text', text: queue }] } },
      ],
    });
    const died = (...items: readonly HeaderValue[]) =>
      normalise(
        aDeadLetter(undefined, 'rabbitmq')
          .withHeader('x-death', { kind: 'list', items })
          .withHeader('x-first-death-queue', 'orders.delay')
          .withHeader('x-first-death-reason', 'expired')
          .raw(),
        rabbitmq,
      );
    const delay = death('orders.delay', 'expired');
    expect(died(death('orders', 'rejected'), delay)).toMatchObject({
      failure: { reason: 'rejected' },
      origin: {
        failedIn: 'orders, behind orders.delay',
        destination: { exchange: 'shop', routingKey: 'orders.delay' },
      },
    });
    expect(died(delay).origin.failedIn).toBe('orders.delay');
  });

  it('takes the origin from the first death and the time from the newest', () => {
    const reading = normalise(aDeadLetter().fromRabbitMq().raw(), rabbitmq);
    expect(reading.origin).toMatchObject({
      destination: { kind: 'rabbitmq', exchange: 'mail', routingKey: 'welcome' },
      failedIn: 'email_queue',
    });
    expect(reading.at).toBe(1795318664000);
    expect(reading.failure.reason).toBe('rejected');
  });

  it('yields to what the application itself says of the error', () => {
    const reading = normalise(
      aDeadLetter().fromRabbitMq().withHeader('dlq-error', 'SmtpError: 550 mailbox unavailable').raw(),
      rabbitmq,
    );
    expect(reading.failure).toMatchObject({
      errorClass: 'SmtpError',
      errorMessage: '550 mailbox unavailable',
      reason: 'rejected',
    });
    expect(reading.origin.destination).toEqual({ kind: 'rabbitmq', exchange: 'mail', routingKey: 'welcome' });
  });
});

describe('SQS redrive', () => {
  it('names its source, and does not take the receive count for attempts', () => {
    const reading = normalise(aDeadLetter().fromSqs().raw(), sqs);
    expect(reading.origin.destination).toEqual({ kind: 'sqs', queue: 'billing' });
    expect(reading.failure.attempts).toBeNull();
    expect(reading.originalAt).toBe(1795318000000);
  });

  it('without the attribute takes the only source, and none of several', () => {
    const letter = aDeadLetter().raw();
    expect(normalise(letter, sqs).origin.destination).toEqual({ kind: 'sqs', queue: 'billing' });
    expect(normalise(letter, { ...sqs, origins: ['a', 'b'] }).origin.destination).toBeNull();
  });
});

describe('envelopes', () => {
  it('give id, type, correlation, trace and time', () => {
    const body =
      '{"id":"e-1","type":"order.completed","timestamp":"2026-11-22T03:31:07Z","correlationId":"c-9","data":{}}';
    const reading = normalise(
      aDeadLetter()
        .withBody(body)
        .withHeader('traceparent', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01')
        .raw(),
      kafka,
    );
    expect(reading).toMatchObject({
      eventId: 'e-1',
      eventType: 'order.completed',
      correlationId: 'c-9',
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      originalAt: Date.UTC(2026, 10, 22, 3, 31, 7),
    });
  });

  it('inside an SNS notification are found', () => {
    const body = JSON.stringify({ Type: 'Notification', Message: '{"eventId":"e-2","eventType":"label.created"}' });
    expect(normalise(aDeadLetter().withBody(body).raw(), sqs)).toMatchObject({
      eventId: 'e-2',
      eventType: 'label.created',
    });
  });

  it('do not lose digits: an id beyond 2^53 that is a JSON number is left out', () => {
    expect(normalise(aDeadLetter().withBody('{"id":9007199254740993}').raw(), kafka).eventId).toBeNull();
  });
});

describe('a message that came back', () => {
  it('carries its replay and its item', () => {
    const reading = normalise(
      aDeadLetter()
        .withHeader('replay-id', 'r-1')
        .withHeader('replay-item', 'i-1')
        .withHeader('replay-count', '2')
        .raw(),
      kafka,
    );
    expect(reading.replay).toEqual({ replayId: 'r-1', itemId: 'i-1', count: 2 });
  });
});

describe('hostile messages', () => {
  it('never make normalise throw, and never make a field larger than its bound', () => {
    const names = fc.constantFrom(
      'dlq-error',
      'dlq-timestamp',
      'dlq-original-topic',
      'x-death',
      'kafka_dlt-original-offset',
      'kafka_dlt-exception-fqcn',
      'replay-id',
      'replay-item',
      'traceparent',
      '__proto__',
      'constructor',
    );
    const value = fc.oneof(
      fc.uint8Array({ maxLength: 64 }).map((bytes) => ({ kind: 'bytes' as const, bytes })),
      fc.string().map((text) => ({ kind: 'text' as const, text })),
      fc.constant({ kind: 'null' as const }),
      fc.constant({ kind: 'list' as const, items: [{ kind: 'table' as const, entries: [] }] }),
    );
    const headers = fc.array(fc.record({ name: names, value }), { maxLength: 20 });
    fc.assert(
      fc.property(headers, fc.uint8Array({ maxLength: 200 }), (drawn, body) => {
        const reading = normalise({ ...aDeadLetter().raw(), headers: drawn, body }, rabbitmq);
        expect(reading.failure.errorMessage?.length ?? 0).toBeLessThanOrEqual(4_001);
      }),
    );
  });

  it('with a megabyte of error text are cut in the index', () => {
    const reading = normalise(aDeadLetter().withHeader('dlq-error', 'x'.repeat(1_000_000)).raw(), kafka);
    expect(reading.failure.errorMessage).toHaveLength(4_001);
  });
});
