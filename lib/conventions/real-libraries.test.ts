import { describe, expect, it } from 'vitest';
import { builtInChain } from '#lib/conventions/chain.ts';
import type { QueueContext } from '#lib/conventions/convention.ts';
import kafkaConnect from '#lib/conventions/fixtures/kafka-connect.json' with { type: 'json' };
import kafkaStreams from '#lib/conventions/fixtures/kafka-streams.json' with { type: 'json' };
import names from '#lib/conventions/fixtures/names.json' with { type: 'json' };
import shareGroup from '#lib/conventions/fixtures/share-group.json' with { type: 'json' };
import rascal from '#lib/conventions/fixtures/rascal.json' with { type: 'json' };
import smallRyeAsync from '#lib/conventions/fixtures/smallrye-async.json' with { type: 'json' };
import smallRyeMethod from '#lib/conventions/fixtures/smallrye-method.json' with { type: 'json' };
import springAmqp from '#lib/conventions/fixtures/spring-amqp.json' with { type: 'json' };
import springKafkaKey from '#lib/conventions/fixtures/spring-kafka-key.json' with { type: 'json' };
import springKafkaListener from '#lib/conventions/fixtures/spring-kafka-listener.json' with { type: 'json' };
import springKafkaRetryTopic from '#lib/conventions/fixtures/spring-kafka-retry-topic.json' with { type: 'json' };
import springKafkaValue from '#lib/conventions/fixtures/spring-kafka-value.json' with { type: 'json' };
import { normalise } from '#lib/conventions/normalise.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import { aDeadLetter } from '#lib/testing/a-dead-letter.ts';

/*
 * Headers that the libraries themselves wrote: spring-kafka 4.1, Kafka Connect and Streams 4.3.1, a 4.4 broker's share groups, spring-rabbit 4.0,
 * SmallRye 4.28, and rascal 21 on a RabbitMQ.
 * Made by scripts/convention-fixtures.ts. All of one record: topic payments, partition 3, an offset beyond 2^53.
 */
const kafka: QueueContext = { kind: 'kafka', queueName: 'payments.dlq', origins: [] };
const position = '3:9007199254740993';
const destination = { kind: 'kafka', topic: 'payments', partition: 3 };
const producedAt = 1_795_318_000_000;

function written(headers: readonly { readonly name: string; readonly value: string }[]): RawDeadLetter {
  return {
    ...aDeadLetter().at(producedAt).withProperty('timestamp-type', 'CreateTime').raw(),
    headers: headers.map(({ name, value }) => ({
      name,
      value: { kind: 'bytes', bytes: new Uint8Array(Buffer.from(value, 'base64')) },
    })),
  };
}

describe("spring-kafka's recoverer", () => {
  it('behind a wrapped listener failure says the class at the bottom of the trace', () => {
    const reading = normalise(written(springKafkaListener), kafka);
    expect(reading.failure).toMatchObject({ errorClass: 'java.lang.ArithmeticException', errorMessage: 'by zero' });
    expect(reading.failure.stackTrace).toContain('Caused by: java.lang.IllegalStateException: issuer answered 51');
    expect(reading.origin).toEqual({ destination, failedIn: 'ledger', position });
    expect(reading.originalAt).toBe(producedAt);
    expect(reading.conventions.map(({ name }) => name)).toEqual(['Spring Kafka']);
  });

  it('says of a value that could not be deserialised what the deserializer said', () => {
    const reading = normalise(written(springKafkaValue), kafka);
    expect(reading.failure).toMatchObject({
      errorClass: 'org.apache.kafka.common.errors.SerializationException',
      errorMessage: 'Unknown magic byte!',
    });
    expect(reading.origin).toEqual({ destination, failedIn: 'ledger', position });
  });

  it('says of a key that could not be deserialised the same, though its headers have names of their own', () => {
    const reading = normalise(written(springKafkaKey), kafka);
    expect(reading.failure).toMatchObject({
      errorClass: 'org.apache.kafka.common.errors.SerializationException',
      errorMessage: 'Unknown magic byte!',
    });
    expect(reading.failure.stackTrace).toContain('DeserializationException: failed to deserialize');
  });

  it('behind a retry topic says where the record was first, and what failed at the end', () => {
    const reading = normalise(written(springKafkaRetryTopic), kafka);
    expect(reading.failure).toMatchObject({ errorClass: 'java.lang.ArithmeticException', errorMessage: 'by zero' });
    expect(reading.origin).toEqual({ destination, failedIn: 'ledger', position });
    expect(reading.originalAt).toBe(producedAt);
    expect(springKafkaRetryTopic.filter(({ name }) => builtInChain.owns(name))).toHaveLength(
      springKafkaRetryTopic.length,
    );
  });

  it('keeps a serialised Java object in a header, which is a failure header and is not read', () => {
    const kept = springKafkaValue.find(({ name }) => name === 'springDeserializerExceptionValue');
    expect(kept).toBeDefined();
    expect(builtInChain.owns('springDeserializerExceptionValue')).toBe(true);
  });
});

describe('SmallRye', () => {
  it.each([
    ['a failing method', smallRyeMethod],
    ['a failing stage, wrapped twice', smallRyeAsync],
  ])('says of %s what was thrown in it', (_case, headers) => {
    const reading = normalise(written(headers), kafka);
    expect(reading.failure).toMatchObject({
      errorClass: 'java.lang.IllegalStateException',
      errorMessage: 'issuer answered 51',
    });
    expect(reading.origin).toEqual({ destination, failedIn: 'payments', position });
  });
});

describe('rascal', () => {
  it('that published twice again and then gave up counts three tries, and goes back to the queue that failed', () => {
    const rabbitmq: QueueContext = { kind: 'rabbitmq', queueName: 'convention-fixture-orders-dead', origins: [] };
    // What the driver read, written as JSON: it has no bytes.
    const headers = rascal as RawDeadLetter['headers'];
    const reading = normalise({ ...aDeadLetter().raw(), headers }, rabbitmq);
    expect(reading.failure).toMatchObject({ errorMessage: 'issuer answered 51', reason: 'CARD_DECLINED', attempts: 3 });
    expect(reading.origin).toMatchObject({
      destination: { kind: 'rabbitmq', exchange: '', routingKey: 'convention-fixture-orders' },
      failedIn: 'convention-fixture-orders',
    });
  });
});

describe('Kafka Connect', () => {
  it('is read from the last value, so that a producer cannot forge its origin', () => {
    expect(kafkaConnect.filter(({ name }) => name === '__connect.errors.topic')).toHaveLength(2);
    const reading = normalise(written(kafkaConnect), kafka);
    expect(reading.failure).toMatchObject({
      errorClass: 'java.lang.IllegalStateException',
      errorMessage: 'issuer answered 51',
      reason: 'VALUE_CONVERTER',
    });
    expect(reading.origin).toEqual({ destination, failedIn: 'orders-to-s3', position });
  });

  it('keeps the time at which the record was produced, unless the topic stamps it itself', () => {
    expect(normalise(written(kafkaConnect), kafka).originalAt).toBe(producedAt);
    const stamped = { ...written(kafkaConnect), properties: [] };
    expect(normalise(stamped, kafka).originalAt).toBeNull();
  });
});

describe('Kafka Streams', () => {
  it('says class, message, trace and origin, all as text', () => {
    const reading = normalise(written(kafkaStreams), kafka);
    expect(reading.failure).toMatchObject({
      errorClass: 'java.lang.IllegalStateException',
      errorMessage: 'issuer answered 51',
    });
    expect(reading.origin).toEqual({ destination, failedIn: 'payments', position });
    expect(reading.originalAt).toBe(producedAt);
  });
});

describe('a share group', () => {
  it('that copied no record says so, and where the record is', () => {
    const reading = normalise({ ...written(shareGroup), key: null, body: null }, kafka);
    expect(reading.failure).toMatchObject({
      errorClass: null,
      errorMessage: 'Offset delivery count exceeded the threshold.',
      attempts: 5,
    });
    expect(reading.origin).toEqual({ destination, failedIn: 'ledger', position, content: 'not-copied' });
    expect(reading.conventions).toEqual([
      {
        name: 'Kafka share group',
        fields: ['error message', 'attempts', 'destination', 'failed in', 'original position', 'content: not-copied'],
      },
    ]);
  });

  it('that copies records is said to hold the message', () => {
    expect(normalise(written(shareGroup), kafka).origin).not.toHaveProperty('content');
    const tombstone = { ...written(shareGroup), key: new Uint8Array([1]), body: null };
    expect(normalise(tombstone, kafka).origin).not.toHaveProperty('content');
  });
});

describe("Spring AMQP's recoverer", () => {
  const rabbitmq: QueueContext = { kind: 'rabbitmq', queueName: 'dead', origins: [] };

  it('gives class by the trace, and exchange and key as the destination', () => {
    const reading = normalise(written(springAmqp), rabbitmq);
    expect(reading.failure.errorClass).toBe('java.lang.ArithmeticException');
    expect(reading.failure.errorMessage).toBe('issuer answered 51');
    expect(reading.origin.destination).toEqual({ kind: 'rabbitmq', exchange: 'mail', routingKey: 'welcome' });
    expect(reading.failure.attempts).toBeNull();
  });

  it('is not trusted with a class that its cut trace may have cut in two', () => {
    const headers = springAmqp.filter(({ name }) => name !== 'x-exception-stacktrace');
    const trace =
      'org.springframework.amqp.rabbit.support.ListenerExecutionFailedException: Listener failed\n\tat a.b(C.java:1)\nCaused by: com.shop.SoldOutError';
    const cut = { name: 'x-exception-stacktrace', value: Buffer.from(trace).toString('base64') };
    expect(normalise(written([...headers, cut]), rabbitmq).failure.errorClass).toBe(
      'org.springframework.amqp.rabbit.support.ListenerExecutionFailedException',
    );
  });
});

describe('every header name that a library declares', () => {
  it.each(Object.entries(names))('%s: belongs to its convention', (library, declared) => {
    const convention = builtInChain.conventions.find(({ name }) => name === library);
    expect(declared.filter((name) => convention?.owns(name) !== true)).toEqual([]);
  });
});
