import { describe, expect, it } from 'vitest';
import type { QueueContext } from '#lib/conventions/convention.ts';
import { normalise } from '#lib/conventions/normalise.ts';
import type { HeaderValue } from '#lib/domain/message.ts';
import type { Failure } from '#lib/domain/dead-letter.ts';
import { fingerprintOf } from '#lib/fingerprint/fingerprint.ts';
import { aDeadLetter, type DeadLetterBuilder } from '#lib/testing/a-dead-letter.ts';

const kafka: QueueContext = { kind: 'kafka', queueName: 'payments.dlq', origins: [] };

function withHeaders(headers: readonly (readonly [string, string | HeaderValue])[]): DeadLetterBuilder {
  return headers.reduce((letter, [name, value]) => letter.withHeader(name, value), aDeadLetter());
}

const bytes = (...values: number[]): HeaderValue => ({ kind: 'bytes', bytes: new Uint8Array(values) });

describe("Spring Kafka's retry topics", () => {
  it('are read by the names without dlt-, and the first production time stays known', () => {
    const reading = normalise(
      withHeaders([
        ['kafka_original-topic', 'payments'],
        ['kafka_original-partition', bytes(0, 0, 0, 3)],
        ['kafka_original-offset', bytes(0, 0, 0, 0, 0, 0, 4, 210)],
        ['kafka_original-timestamp', bytes(0, 0, 1, 0xa2, 1, 0x4a, 0xa9, 0x81)],
        ['kafka_dlt-original-consumer-group', 'ledger'],
        ['kafka_exception-fqcn', 'com.shop.CardDeclinedException'],
        ['kafka_exception-message', 'issuer answered 51'],
        ['retry_topic-attempts', bytes(0, 0, 0, 2)],
        ['retry_topic-attempts', bytes(0, 0, 0, 4)],
        // Java's BigInteger drops leading zeros: 1 795 318 000 000 in six bytes.
        ['retry_topic-original-timestamp', bytes(1, 0xa2, 1, 0x4a, 0xa9, 0x80)],
      ]).raw(),
      kafka,
    );
    expect(reading.failure).toMatchObject({
      errorClass: 'com.shop.CardDeclinedException',
      errorMessage: 'issuer answered 51',
      attempts: null,
    });
    expect(reading.origin).toEqual({
      destination: { kind: 'kafka', topic: 'payments', partition: 3 },
      failedIn: 'ledger',
      position: '3:1234',
    });
    expect(reading.originalAt).toBe(1_795_318_000_000);
  });

  it('say the tries by the listener, not by the retry topics, which count one too many', () => {
    const reading = normalise(
      withHeaders([
        ['kafka_exception-fqcn', 'a.BError'],
        ['kafka_deliveryAttempt', bytes(0, 0, 0, 3)],
      ]).raw(),
      kafka,
    );
    expect(reading.failure.attempts).toBe(3);
  });
});

describe('Spring Cloud Stream Kafka', () => {
  it('has binary numbers', () => {
    const reading = normalise(
      withHeaders([
        ['x-original-topic', 'payments'],
        ['x-original-partition', bytes(0, 0, 0, 3)],
        ['x-original-offset', bytes(0, 0x20, 0, 0, 0, 0, 0, 1)],
        ['x-original-timestamp', bytes(0, 0, 1, 0xa2, 1, 0x4a, 0xa9, 0x80)],
        ['x-original-timestamp-type', 'CreateTime'],
        ['x-exception-fqcn', 'org.springframework.messaging.MessageHandlingException'],
        ['x-exception-message', 'error occurred in message handler'],
        [
          'x-exception-stacktrace',
          'org.springframework.messaging.MessageHandlingException: error occurred\n\tat x.Y.z(Y.java:1)\nCaused by: com.shop.SoldOutException: none left\n\t... 3 more\n',
        ],
      ]).raw(),
      kafka,
    );
    expect(reading).toMatchObject({
      failure: { errorClass: 'com.shop.SoldOutException', errorMessage: 'none left' },
      origin: {
        destination: { kind: 'kafka', topic: 'payments', partition: 3 },
        position: '3:9007199254740993',
      },
      originalAt: 1_795_318_000_000,
    });
    expect(reading.conventions[0]?.name).toBe('Spring Cloud Stream Kafka');
  });
});

describe('SmallRye', () => {
  it('prepends, so the first of repeated headers is the newest failure', () => {
    const reading = normalise(
      withHeaders([
        ['dead-letter-exception-class-name', 'com.shop.Newest'],
        ['dead-letter-reason', 'newest'],
        ['dead-letter-topic', 'payments'],
        ['dead-letter-partition', '3'],
        ['dead-letter-offset', '1234'],
        ['dead-letter-exception-class-name', 'com.shop.Older'],
        ['dead-letter-reason', 'older'],
        ['dead-letter-topic', 'elsewhere'],
      ]).raw(),
      kafka,
    );
    expect(reading.failure).toMatchObject({ errorClass: 'com.shop.Newest', errorMessage: 'newest' });
    expect(reading.origin).toEqual({
      destination: { kind: 'kafka', topic: 'payments', partition: 3 },
      failedIn: 'payments',
      position: '3:1234',
    });
  });

  const wrapped = (cause: readonly (readonly [string, string])[]) =>
    normalise(
      withHeaders([
        ['dead-letter-exception-class-name', 'io.smallrye.reactive.messaging.providers.ProcessingException'],
        ['dead-letter-reason', 'SRMSG00103: Exception thrown when calling the method Orders#handle'],
        ['dead-letter-topic', 'payments'],
        ...cause,
      ]).raw(),
      kafka,
    );
  const group = ({ failure }: { failure: Failure }) =>
    fingerprintOf({ failure }, { source: 'payments', payloadShape: () => '' }).id;

  it('names the cause where the exception is the wrapper around a failing method, so that different problems are different groups', () => {
    const soldOut = wrapped([
      ['dead-letter-cause-class-name', 'com.shop.SoldOutException'],
      ['dead-letter-cause', 'none left of sku-7'],
    ]);
    const refused = wrapped([
      ['dead-letter-cause-class-name', 'java.net.ConnectException'],
      ['dead-letter-cause', 'Connection refused'],
    ]);
    expect(soldOut.failure).toMatchObject({
      errorClass: 'com.shop.SoldOutException',
      errorMessage: 'none left of sku-7',
    });
    expect(refused.failure).toMatchObject({
      errorClass: 'java.net.ConnectException',
      errorMessage: 'Connection refused',
    });
    expect(group(soldOut)).not.toBe(group(refused));
  });

  it('finds the class in the text of a cause that is a wrapper as well', () => {
    const { failure } = wrapped([
      ['dead-letter-cause-class-name', 'java.util.concurrent.CompletionException'],
      ['dead-letter-cause', 'com.shop.SoldOutException: none left'],
    ]);
    expect(failure).toMatchObject({ errorClass: 'com.shop.SoldOutException', errorMessage: 'none left' });
  });

  it('keeps the wrapper where no cause is said, or it is an older failure’s', () => {
    const wrapper = 'io.smallrye.reactive.messaging.providers.ProcessingException';
    expect(wrapped([]).failure.errorClass).toBe(wrapper);
    const { failure } = wrapped([
      ['dead-letter-exception-class-name', 'com.shop.Older'],
      ['dead-letter-cause-class-name', 'com.shop.OlderCause'],
    ]);
    expect(failure.errorClass).toBe(wrapper);
  });

  it('behind retry topics has its origin in the last delayed-retry headers', () => {
    const reading = normalise(
      withHeaders([
        ['delayed-retry-exception-class-name', 'com.shop.Newest'],
        ['delayed-retry-topic', 'payments_retry_20000'],
        ['delayed-retry-partition', '0'],
        ['delayed-retry-offset', '9'],
        ['delayed-retry-exception-class-name', 'com.shop.First'],
        ['delayed-retry-topic', 'payments'],
        ['delayed-retry-partition', '3'],
        ['delayed-retry-offset', '1234'],
        ['delayed-retry-original-timestamp', '1795318000000'],
      ]).raw(),
      kafka,
    );
    expect(reading.failure.errorClass).toBe('com.shop.Newest');
    expect(reading.origin.destination).toEqual({ kind: 'kafka', topic: 'payments', partition: 3 });
    expect(reading.origin.position).toBe('3:1234');
    expect(reading.originalAt).toBe(1_795_318_000_000);
  });
});

describe('Watermill', () => {
  it('says reason, topic and handler; errors in Go have no class', () => {
    const reading = normalise(
      withHeaders([
        ['reason_poisoned', 'cannot charge card: issuer answered 51'],
        ['topic_poisoned', 'payments'],
        ['handler_poisoned', 'ledger'],
        ['subscriber_poisoned', 'kafka.Subscriber'],
      ]).raw(),
      kafka,
    );
    expect(reading.failure).toMatchObject({
      errorClass: null,
      errorMessage: 'cannot charge card: issuer answered 51',
    });
    expect(reading.origin).toEqual({
      destination: { kind: 'kafka', topic: 'payments', partition: null },
      failedIn: 'ledger',
      position: null,
    });
  });
});

describe('Karafka', () => {
  const place = [
    ['source_topic', 'payments'],
    ['source_partition', '3'],
    ['source_offset', '1234'],
    ['source_consumer_group', 'ledger'],
    ['source_attempts', '4'],
  ] as const;

  it('says where and how often, and nothing of the error', () => {
    const reading = normalise(withHeaders(place).raw(), kafka);
    expect(reading.failure).toEqual({
      errorClass: null,
      errorMessage: null,
      stackTrace: null,
      reason: null,
      attempts: 4,
    });
    expect(reading.origin).toMatchObject({ failedIn: 'ledger', position: '3:1234' });
  });

  it('is not seen in a business header of the name source_topic', () => {
    expect(normalise(withHeaders(place.slice(0, 1)).raw(), kafka).conventions).toEqual([]);
  });
});

describe('community headers', () => {
  it('are read where no framework speaks', () => {
    const reading = normalise(
      withHeaders([
        ['original-topic', 'payments'],
        ['error-reason', 'TimeoutError: 3000 ms'],
        ['failed-at', '2026-11-22T03:31:07.250Z'],
      ]).raw(),
      kafka,
    );
    expect(reading.failure).toMatchObject({ errorClass: 'TimeoutError', errorMessage: '3000 ms' });
    expect(reading.at).toBe(Date.UTC(2026, 10, 22, 3, 31, 7, 250));
  });

  it('give no time that does not say its zone', () => {
    const letter = withHeaders([
      ['error-reason', 'no'],
      ['failed-at', '2026-11-22 03:31:07'],
    ]).at(null);
    expect(normalise(letter.raw(), kafka).at).toBeNull();
  });
});

describe('a body that wraps the message', () => {
  it('says error and time, and that the message is within', () => {
    const body = JSON.stringify({
      original: { orderId: 'o-1' },
      error: { name: 'TimeoutError', message: '3000 ms', stack: 'TimeoutError: 3000 ms\n    at charge (pay.js:7:1)' },
      failedAt: '2026-11-22T03:31:07Z',
    });
    const reading = normalise(aDeadLetter().withBody(body).raw(), kafka);
    expect(reading.failure).toMatchObject({ errorClass: 'TimeoutError', errorMessage: '3000 ms' });
    expect(reading.origin.content).toBe('wrapped');
    expect(reading.at).toBe(Date.UTC(2026, 10, 22, 3, 31, 7));
  });

  it('is called what the message within is called, be it an object or a text', () => {
    const original = {
      eventId: 'e-7',
      eventType: 'order.placed',
      correlationId: 'c-7',
      occurredAt: '2026-11-22T03:30:00Z',
    };
    for (const within of [original, JSON.stringify(original)]) {
      const body = JSON.stringify({ original: within, error: 'no', failedAt: '2026-11-22T03:31:07Z', id: 'wrapper' });
      expect(normalise(aDeadLetter().withBody(body).raw(), kafka)).toMatchObject({
        eventId: 'e-7',
        eventType: 'order.placed',
        correlationId: 'c-7',
        originalAt: Date.UTC(2026, 10, 22, 3, 30, 0),
      });
    }
  });

  it('is not seen in an event that only has an error', () => {
    const reading = normalise(aDeadLetter().withBody('{"error":"no","failedAt":"2026-11-22T03:31:07Z"}').raw(), kafka);
    expect(reading.conventions).toEqual([]);
  });
});
