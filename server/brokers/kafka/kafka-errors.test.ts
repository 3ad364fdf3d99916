import { AuthenticationError, MultipleErrors, NetworkError, protocolErrors, TimeoutError } from '@platformatic/kafka';
import { describe, expect, test } from 'vitest';
import { errorCodes } from '#lib/domain/errors.ts';
import { errorOfCode, kafkaCode, translateError } from '#server/brokers/kafka/kafka-errors.ts';

const context = { connection: 'shop', topic: 'orders', address: 'kafka:9092' };

function refused(): Error {
  return Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
}

describe('numbers in answers', () => {
  test('every number that Kafka knows has a code, and a sentence that names the topic', () => {
    for (const { code } of Object.values(protocolErrors)) {
      const error = errorOfCode(code, context);
      expect(errorCodes).toContain(error.code);
      expect(error.message).toContain('topic orders');
    }
  });

  test('the numbers are the client’s own', () => {
    const known = new Set([0, ...Object.values(protocolErrors).map((each) => each.code)]);
    expect(Object.values(kafkaCode).filter((code) => !known.has(code))).toEqual([]);
    expect(protocolErrors['OFFSET_OUT_OF_RANGE']?.code).toBe(kafkaCode.offsetOutOfRange);
    expect(protocolErrors['INVALID_RECORD']?.code).toBe(kafkaCode.invalidRecord);
    expect(protocolErrors['UNKNOWN_TOPIC_ID']?.code).toBe(kafkaCode.unknownTopicId);
  });
});

describe('what the client throws', () => {
  test.each([
    ['unreachable', new NetworkError('failed', { cause: refused() })],
    ['unreachable', new MultipleErrors('no broker', [new NetworkError('failed', { cause: refused() })])],
    ['unreachable', new TimeoutError('timed out')],
    ['unauthenticated', new NetworkError('failed', { cause: new AuthenticationError('refused') })],
    ['internal', new TypeError('a defect')],
  ] as const)('while connecting: %s', (code, thrown) => {
    expect(translateError(thrown, 'connecting', context).code).toBe(code);
  });

  test.each([
    ['timed_out', new TimeoutError('timed out')],
    ['interrupted', new NetworkError('Connection closed')],
  ] as const)('while waiting for an answer: %s', (code, thrown) => {
    expect(translateError(thrown, 'waiting', context).code).toBe(code);
  });

  test('a message of the server is not repeated', () => {
    const quoting = new NetworkError('failed', { cause: new AuthenticationError('bad password hunter2') });
    expect(translateError(quoting, 'connecting', context).message).not.toContain('hunter2');
  });
});
