import type { BenchRow } from '#bench/bench-row.ts';
import type { QueueContext } from '#lib/conventions/convention.ts';
import { normalise } from '#lib/conventions/normalise.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import { aDeadLetter, type DeadLetterBuilder } from '#lib/testing/a-dead-letter.ts';

const barPerSecond = 60_000;
const rounds = 20;
const queue: QueueContext = { kind: 'kafka', queueName: 'payments.dlq', origins: [] };

/** How many typical Kafka dead letters are understood in a second of CPU: a third each of own headers, Spring Kafka and Kafka Connect, 1.2 KB of JSON. */
export function benchNormalise(count: number): readonly BenchRow[] {
  const letters = typical();
  const rates = Array.from({ length: rounds }, () => {
    const before = process.cpuUsage();
    for (let at = 0; at < count / rounds; at += 1) {
      const letter = letters[at % letters.length];
      if (letter) normalise(letter, queue);
    }
    const { user, system } = process.cpuUsage(before);
    return count / rounds / ((user + system) / 1e6);
  }).toSorted((a, b) => b - a);
  const p50 = rates[Math.floor(rounds * 0.5)] ?? 0;
  return [
    {
      name: 'normalise',
      n: count,
      p50,
      // Of a rate the slow end is the low one.
      p95: rates[Math.floor(rounds * 0.95)] ?? 0,
      unit: 'messages/CPU s',
      baseline: `at least ${barPerSecond.toLocaleString('en-US')}`,
      ratio: p50 / barPerSecond,
    },
  ];
}

function typical(): readonly RawDeadLetter[] {
  const body = JSON.stringify({
    id: 'e-1',
    type: 'order.completed',
    correlationId: 'c-1',
    data: {
      orderId: 'o-1',
      items: Array.from({ length: 14 }, (_, item) => ({ sku: `sku-${item}`, quantity: item, note: 'x'.repeat(40) })),
    },
  });
  const stack = `com.shop.CardDeclinedException: issuer answered 51\n${'\tat com.shop.payments.Ledger.book(Ledger.java:88)\n'.repeat(30)}`;
  const business = (letter: DeadLetterBuilder) =>
    letter
      .withHeader('traceparent', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01')
      .withHeader('correlation-id', 'c-1')
      .withHeader('tenant', 'north')
      .withBody(body)
      .raw();
  const connect = [
    ['topic', 'payments'],
    ['partition', '3'],
    ['offset', '771204'],
    ['connector.name', 'orders-to-s3'],
    ['task.id', '2'],
    ['stage', 'VALUE_CONVERTER'],
    ['class.name', 'org.apache.kafka.connect.json.JsonConverter'],
    ['exception.class.name', 'org.apache.kafka.connect.errors.DataException'],
    ['exception.message', 'Converting byte[] to Kafka Connect data failed'],
    ['exception.stacktrace', stack],
  ] as const;
  return [
    business(aDeadLetter().fromOwnConvention()),
    business(aDeadLetter().fromSpringKafka()),
    business(
      connect.reduce((letter, [name, value]) => letter.withHeader(`__connect.errors.${name}`, value), aDeadLetter()),
    ),
  ];
}
