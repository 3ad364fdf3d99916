import { describe, expect, it } from 'vitest';
import type { QueueContext } from '#lib/conventions/convention.ts';
import { normalise } from '#lib/conventions/normalise.ts';
import { aDeadLetter } from '#lib/testing/a-dead-letter.ts';

const kafka: QueueContext = { kind: 'kafka', queueName: 'orders.dlq', origins: [] };
const sqs: QueueContext = { kind: 'sqs', queueName: 'billing-dlq', origins: [] };
const instant = Date.UTC(2026, 10, 22, 3, 31, 7);

describe('a CloudEvent whose attributes are headers', () => {
  it.each(['ce_', 'ce-', 'cloudEvents:'])(
    'is called by %s*, and not by what its data has of the same name',
    (prefix) => {
      const letter = aDeadLetter()
        .withBody('{"id":"order-1","type":"express","time":"2020-01-01T00:00:00Z"}')
        .withHeader(`${prefix}id`, 'e-1')
        .withHeader(`${prefix}type`, 'order.placed')
        .withHeader(`${prefix}source`, '/shop')
        .withHeader(`${prefix}time`, '2026-11-22T03:31:07Z')
        .raw();
      expect(normalise(letter, kafka)).toMatchObject({
        eventId: 'e-1',
        eventType: 'order.placed',
        originalAt: instant,
      });
    },
  );
});

describe('an SNS notification', () => {
  it('is called as its attributes say, where its message does not', () => {
    const attribute = (Value: string) => ({ Type: 'String', Value });
    const notification = (message: string) =>
      aDeadLetter()
        .fromSqs()
        .withBody(
          JSON.stringify({
            Type: 'Notification',
            TopicArn: 'arn:aws:sns:eu-central-1:000000000000:orders',
            Message: message,
            MessageAttributes: { eventType: attribute('order.placed'), eventId: attribute('e-1') },
          }),
        )
        .raw();
    expect(normalise(notification('{"orderId":"o-1"}'), sqs)).toMatchObject({
      eventType: 'order.placed',
      eventId: 'e-1',
    });
    expect(normalise(notification('{"eventType":"order.paid"}'), sqs).eventType).toBe('order.paid');
  });
});
