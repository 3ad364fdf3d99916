import { describe, expect, it } from 'vitest';
import { builtInChain } from '#lib/conventions/chain.ts';
import type { QueueContext } from '#lib/conventions/convention.ts';
import { normalise } from '#lib/conventions/normalise.ts';
import { textHeader, type Header, type HeaderValue, type RawDeadLetter } from '#lib/domain/message.ts';
import { aDeadLetter } from '#lib/testing/a-dead-letter.ts';

const rabbitmq: QueueContext = { kind: 'rabbitmq', queueName: 'orders_error', origins: [] };
const sqs: QueueContext = { kind: 'sqs', queueName: 'billing-dlq', origins: [] };
const instant = Date.UTC(2026, 10, 22, 3, 31, 7);

function letter(headers: Readonly<Record<string, string | HeaderValue>>, body = '{"orderId":"o-1"}'): RawDeadLetter {
  return {
    ...aDeadLetter().withBody(body).at(null).raw(),
    headers: Object.entries(headers).map(([name, value]) => header(name, value)),
  };
}

const header = (name: string, value: string | HeaderValue): Header =>
  typeof value === 'string' ? textHeader(name, value, 'longstr') : { name, value };
const table = (entries: Readonly<Record<string, string | HeaderValue>>): HeaderValue => ({
  kind: 'table',
  entries: Object.entries(entries).map(([name, value]) => header(name, value)),
});

describe('MassTransit', () => {
  const headers = {
    'MT-Reason': 'fault',
    'MT-Fault-ExceptionType': 'Shop.SoldOutException',
    'MT-Fault-Message': 'none left',
    'MT-Fault-StackTrace': '   at Shop.Stock.Take() in /src/Stock.cs:line 7',
    'MT-Fault-Timestamp': '2026-11-22T03:31:07.0000000Z',
    'MT-Fault-InputAddress': 'rabbitmq://broker/shop/orders%20new?durable=true',
    'MT-Fault-RetryCount': '4',
  };

  it('goes back to the queue that failed, which its input address names', () => {
    const reading = normalise(letter(headers), rabbitmq);
    expect(reading.failure).toMatchObject({
      errorClass: 'Shop.SoldOutException',
      errorMessage: 'none left',
      reason: 'fault',
      attempts: 5,
    });
    expect(reading.origin).toMatchObject({
      destination: { kind: 'rabbitmq', exchange: '', routingKey: 'orders new' },
      failedIn: 'orders new',
    });
    expect(reading.at).toBe(instant);
  });

  it('names the event by its own type, the first of several', () => {
    const typed = { ...headers, 'MT-Fault-MessageType': 'urn:message:Shop:OrderPlaced;urn:message:Shop:IOrder' };
    expect(normalise(letter(typed), rabbitmq).eventType).toBe('Shop:OrderPlaced');
  });

  it('has no destination where the address is of another broker', () => {
    expect(normalise(letter(headers), sqs).origin.destination).toBeNull();
  });

  it('says no tries where redelivery started the count anew', () => {
    expect(normalise(letter({ ...headers, 'MT-Fault-RedeliveryCount': '2' }), rabbitmq).failure.attempts).toBeNull();
  });
});

describe('NServiceBus', () => {
  it('unwraps an AggregateException, and reads its own way of writing time', () => {
    const reading = normalise(
      letter({
        'NServiceBus.FailedQ': 'orders',
        'NServiceBus.TimeOfFailure': '2026-11-22 03:31:07:000123 Z',
        'NServiceBus.ExceptionInfo.ExceptionType': 'System.AggregateException',
        'NServiceBus.ExceptionInfo.InnerExceptionType': 'Shop.SoldOutException',
        'NServiceBus.ExceptionInfo.Message': 'none left',
        'NServiceBus.FLRetries': '4',
        'NServiceBus.EnclosedMessageTypes':
          'Shop.OrderPlaced, Shop.Messages, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null;Shop.IOrder, Shop.Messages',
        'NServiceBus.MessageId': 'm-1',
        'NServiceBus.CorrelationId': 'c-1',
      }),
      rabbitmq,
    );
    expect(reading.failure).toMatchObject({
      errorClass: 'Shop.SoldOutException',
      errorMessage: 'none left',
      attempts: 5,
    });
    expect(reading.origin.destination).toEqual({ kind: 'rabbitmq', exchange: '', routingKey: 'orders' });
    expect(reading.at).toBe(instant);
    expect(reading).toMatchObject({ eventType: 'Shop.OrderPlaced', eventId: 'm-1', correlationId: 'c-1' });
    expect(builtInChain.owns('NServiceBus.ExceptionInfo.Data.OrderId')).toBe(true);
    expect(builtInChain.owns('NServiceBus.EnclosedMessageTypes')).toBe(false);
  });

  it('has no destination for a queue on a named machine', () => {
    const reading = normalise(letter({ 'NServiceBus.FailedQ': 'orders@till-7' }), rabbitmq);
    expect(reading.origin).toMatchObject({ destination: null, failedIn: 'orders@till-7' });
  });
});

describe('Rebus', () => {
  it('says the class of the printed exceptions', () => {
    const details =
      '5 unhandled exceptions: 11/22/2026 3:31:07 AM +00:00: System.InvalidOperationException: no such order\r\n   at Shop.Orders.Load()';
    const reading = normalise(
      letter({ 'rbs2-error-details': details, 'rbs2-source-queue': 'orders', 'rbs2-delivery-count': '5' }),
      rabbitmq,
    );
    expect(reading.failure).toMatchObject({
      errorClass: 'System.InvalidOperationException',
      errorMessage: 'no such order',
      stackTrace: details,
      attempts: 5,
    });
    expect(reading.origin.failedIn).toBe('orders');
  });
});

describe('Sneakers', () => {
  const info = {
    error: 'reject',
    error_class: 'SoldOutError',
    error_message: 'none left',
    num_attempts: 5,
    failed_at: '2026-11-22 03:31:07 +0000',
    backtrace: ["stock.rb:7:in `take'", "order.rb:3:in `place'"],
  };
  const expected = {
    failure: { errorClass: 'SoldOutError', errorMessage: 'none left', attempts: 5 },
    at: instant,
  };

  it('is read from JSON text, and from the last of a list', () => {
    expect(normalise(letter({ retry_info: JSON.stringify(info) }), rabbitmq)).toMatchObject(expected);
    const list = JSON.stringify([{ ...info, error_class: 'Older' }, info]);
    expect(normalise(letter({ retry_info: list }), rabbitmq)).toMatchObject(expected);
    expect(normalise(letter({ retry_info: list }), rabbitmq).failure.stackTrace).toBe(info.backtrace.join('\n'));
  });

  it('is read from a list of tables', () => {
    const entry = table({
      error_class: 'SoldOutError',
      error_message: 'none left',
      num_attempts: { kind: 'integer', text: '5' },
      failed_at: info.failed_at,
    });
    expect(normalise(letter({ retry_info: { kind: 'list', items: [entry] } }), rabbitmq)).toMatchObject(expected);
  });
});

describe('rascal', () => {
  it('goes back to the queue that its table names', () => {
    const rascal = table({
      originalQueue: 'orders',
      originalExchange: 'shop',
      originalRoutingKey: 'order.placed',
      error: table({ message: 'TimeoutError: 3000 ms', code: 'ETIMEDOUT' }),
      recovery: table({ orders: table({ republished: { kind: 'integer', text: '3' } }) }),
    });
    const reading = normalise(letter({ rascal }), rabbitmq);
    expect(reading.failure).toMatchObject({
      errorClass: 'TimeoutError',
      errorMessage: '3000 ms',
      reason: 'ETIMEDOUT',
      attempts: 4,
    });
    expect(reading.origin).toMatchObject({
      destination: { kind: 'rabbitmq', exchange: '', routingKey: 'orders' },
      failedIn: 'orders',
    });
  });
});

describe('Celery and Dramatiq', () => {
  it('count the tries after the first', () => {
    const headers = { task: 'shop.charge', id: 't-1', retries: { kind: 'integer', text: '3' } } as const;
    expect(normalise(letter(headers), rabbitmq)).toMatchObject({
      failure: { attempts: 4 },
      eventType: 'shop.charge',
      eventId: 't-1',
    });
    expect(builtInChain.owns('retries')).toBe(false);
  });

  it('keep in the body what Dramatiq knows, with the traceback of an earlier try', () => {
    const body = {
      queue_name: 'payments',
      actor_name: 'charge',
      args: [],
      kwargs: {},
      options: {
        retries: 3,
        traceback: 'Traceback (most recent call last):\n  File "pay.py", line 7, in charge\nValueError: bad amount\n',
      },
      message_id: 'm-1',
      message_timestamp: 1_795_318_000_000,
    };
    const reading = normalise(letter({}, JSON.stringify(body)), rabbitmq);
    expect(reading.failure).toMatchObject({ errorClass: 'ValueError', errorMessage: 'bad amount', attempts: 4 });
    expect(reading.origin.destination).toEqual({ kind: 'rabbitmq', exchange: '', routingKey: 'payments' });
    expect(reading).toMatchObject({ originalAt: 1_795_318_000_000, eventType: 'charge', eventId: 'm-1' });
  });
});

describe('Symfony Messenger', () => {
  it('reads stamps; the last redelivery is the way into the failure transport', () => {
    const stamp = 'X-Message-Stamp-Symfony\\Component\\Messenger\\Stamp\\';
    const reading = normalise(
      letter({
        [`${stamp}ErrorDetailsStamp`]: JSON.stringify([
          { exceptionClass: 'App\\Older', exceptionCode: 0, exceptionMessage: 'older' },
          { exceptionClass: 'App\\SoldOut', exceptionCode: 0, exceptionMessage: 'none left', flattenException: null },
        ]),
        [`${stamp}RedeliveryStamp`]: JSON.stringify([
          { retryCount: 1, redeliveredAt: '2026-11-22T03:30:00+00:00' },
          { retryCount: 2, redeliveredAt: '2026-11-22T03:30:30+00:00' },
          { retryCount: 0, redeliveredAt: '2026-11-22T03:31:07+00:00' },
        ]),
        [`${stamp}SentToFailureTransportStamp`]: JSON.stringify([{ originalReceiverName: 'async' }]),
      }),
      rabbitmq,
    );
    expect(reading.failure).toMatchObject({ errorClass: 'App\\SoldOut', errorMessage: 'none left', attempts: 3 });
    expect(reading.origin).toMatchObject({ destination: null, failedIn: 'async' });
    expect(reading.at).toBe(instant);
  });
});

describe('x-opt-deaths', () => {
  it('has the newest first, with milliseconds', () => {
    const death = (queue: string, ms: string): HeaderValue =>
      table({
        queue,
        reason: 'delivery_limit',
        exchange: 'shop',
        'routing-keys': { kind: 'list', items: [{ kind: 'text', text: queue }] },
        'last-time': { kind: 'timestamp', text: ms, unit: 'ms' },
      });
    const reading = normalise(
      letter({ 'x-opt-deaths': { kind: 'list', items: [death('retry', String(instant)), death('orders', '1')] } }),
      rabbitmq,
    );
    expect(reading.failure.reason).toBe('delivery_limit');
    expect(reading.at).toBe(instant);
    expect(reading.origin.destination).toEqual({ kind: 'rabbitmq', exchange: 'shop', routingKey: 'orders' });
  });
});

describe('AWS services', () => {
  it('Lambda, EventBridge and Scheduler say the error, and no destination is guessed', () => {
    const lambda = normalise(letter({ RequestID: 'r-1', ErrorCode: '200', ErrorMessage: 'TimeoutError: 3 s' }), sqs);
    expect(lambda.failure).toMatchObject({ errorClass: 'TimeoutError', errorMessage: '3 s', reason: 'ErrorCode 200' });
    const rule = normalise(
      letter({
        RULE_ARN: 'arn:aws:events:eu-central-1:000000000000:rule/orders',
        TARGET_ARN: 'arn:aws:sqs:eu-central-1:000000000000:billing',
        ERROR_CODE: 'NO_PERMISSIONS',
        ERROR_MESSAGE: 'not allowed',
        RETRY_ATTEMPTS: '0',
      }),
      sqs,
    );
    expect(rule.failure).toMatchObject({ errorClass: 'NO_PERMISSIONS', errorMessage: 'not allowed', attempts: 1 });
    const schedule = normalise(
      letter({
        SCHEDULE_ARN: 'arn:aws:scheduler:eu-central-1:000000000000:schedule/default/nightly',
        ERROR_CODE: 'X',
        SCHEDULED_TIME: '2026-11-22T03:31:07Z',
        IS_PAYLOAD_TRUNCATED: 'true',
      }),
      sqs,
    );
    expect(schedule.origin.content).toBe('truncated');
    expect(schedule.originalAt).toBe(instant);
    for (const reading of [lambda, rule, schedule]) expect(reading.origin.destination).toBeNull();
  });

  it('an SNS notification says when it was published', () => {
    const body = { Type: 'Notification', TopicArn: 'arn', Timestamp: '2026-11-22T03:31:07.000Z', Message: 'text' };
    expect(normalise(letter({}, JSON.stringify(body)), sqs).originalAt).toBe(instant);
  });
});

describe('messages that a bridge has forwarded', () => {
  it('from Azure Service Bus and Pub/Sub keep what these said', () => {
    const azure = normalise(
      letter({ DeadLetterReason: 'MaxDeliveryCountExceeded', DeadLetterErrorDescription: 'after 10 tries' }),
      rabbitmq,
    );
    expect(azure.failure).toMatchObject({ reason: 'MaxDeliveryCountExceeded', errorMessage: 'after 10 tries' });
    const pubsub = normalise(
      letter({
        CloudPubSubDeadLetterSourceSubscription: 'orders-sub',
        CloudPubSubDeadLetterSourceDeliveryCount: '5',
        CloudPubSubDeadLetterSourceTopicPublishTime: '2026-11-22T03:31:07.000+00:00',
      }),
      sqs,
    );
    expect(pubsub).toMatchObject({ failure: { attempts: 5 }, origin: { failedIn: 'orders-sub' }, originalAt: instant });
  });
});
