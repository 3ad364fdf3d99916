import { expect, test } from 'vitest';
import { silence, tooLate } from '#server/brokers/broker-errors.ts';

test('a hang has one name, whoever meets it', () => {
  const next = 'Check whether it runs, hangs or is overloaded, and the network.';
  expect(silence('Kafka at k:9092 (connection shop)', 6_000)).toBe(
    `Kafka at k:9092 (connection shop) did not answer within 6 s. ${next}`,
  );
  expect(silence('SQS', null)).toBe(`SQS did not answer in time. ${next}`);
  expect(tooLate('shop', 'Looking at "orders.dlq"', 20_000, null).message).toBe(
    `Looking at "orders.dlq" was given up: the broker of the connection "shop" did not answer within 20 s. ${next}`,
  );
});
