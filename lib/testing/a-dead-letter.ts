import {
  bytesHeader,
  textHeader,
  type BrokerKind,
  type Header,
  type HeaderValue,
  type RawDeadLetter,
} from '#lib/domain/message.ts';

/** Builds a raw dead letter for tests: `aDeadLetter().fromSpringKafka().withBody('{}').raw()`. Each verb answers a new builder. */
export interface DeadLetterBuilder {
  withKey(key: string | null): DeadLetterBuilder;
  withBody(body: string | Uint8Array | null): DeadLetterBuilder;
  withHeader(name: string, value: string | HeaderValue): DeadLetterBuilder;
  withProperty(name: string, value: string | HeaderValue): DeadLetterBuilder;
  at(brokerAt: number | null): DeadLetterBuilder;
  fromOwnConvention(): DeadLetterBuilder;
  fromSpringKafka(): DeadLetterBuilder;
  fromRabbitMq(): DeadLetterBuilder;
  fromSqs(): DeadLetterBuilder;
  raw(): RawDeadLetter;
}

const utf8 = new TextEncoder();

const empty: RawDeadLetter = {
  key: null,
  body: utf8.encode('{"orderId":"o-1"}'),
  headers: [],
  properties: [],
  identity: '2:1048',
  position: '2:1048',
  lane: '2',
  sequence: '1048',
  brokerAt: Date.UTC(2026, 10, 22, 3, 37, 44),
};

export function aDeadLetter(raw: RawDeadLetter = empty, kind: BrokerKind = 'kafka'): DeadLetterBuilder {
  const change = (part: Partial<RawDeadLetter>, as: BrokerKind = kind) => aDeadLetter({ ...raw, ...part }, as);
  const header = (name: string, value: string | HeaderValue): Header => {
    if (typeof value !== 'string') return { name, value };
    return kind === 'kafka' ? bytesHeader(name, value) : textHeader(name, value);
  };
  const withHeaders = (headers: readonly Header[], as: BrokerKind = kind, more: Partial<RawDeadLetter> = {}) =>
    change({ headers: [...raw.headers, ...headers], ...more }, as);

  return {
    withKey: (key) => change({ key: key === null ? null : utf8.encode(key) }),
    withBody: (body) => change({ body: typeof body === 'string' ? utf8.encode(body) : body }),
    withHeader: (name, value) => withHeaders([header(name, value)]),
    withProperty: (name, value) =>
      change({
        properties: [...raw.properties, typeof value === 'string' ? textHeader(name, value) : { name, value }],
      }),
    at: (brokerAt) => change({ brokerAt }),
    fromOwnConvention: () =>
      withHeaders([
        bytesHeader('dlq-original-topic', 'orders.order.completed'),
        bytesHeader('dlq-original-partition', '2'),
        bytesHeader('dlq-original-offset', '771204'),
        bytesHeader('dlq-error', 'ConnectionRefusedError: connect ECONNREFUSED 10.3.0.12:5432'),
        bytesHeader('dlq-timestamp', '1795318664114'),
      ]),
    fromSpringKafka: () =>
      withHeaders([
        bytesHeader('kafka_dlt-original-topic', 'payments'),
        { name: 'kafka_dlt-original-partition', value: { kind: 'bytes', bytes: int32(3) } },
        { name: 'kafka_dlt-original-offset', value: { kind: 'bytes', bytes: int64(9_007_199_254_740_993n) } },
        { name: 'kafka_dlt-original-timestamp', value: { kind: 'bytes', bytes: int64(1_795_318_000_000n) } },
        bytesHeader('kafka_dlt-original-consumer-group', 'ledger'),
        bytesHeader('kafka_dlt-exception-fqcn', 'org.springframework.kafka.listener.ListenerExecutionFailedException'),
        bytesHeader('kafka_dlt-exception-cause-fqcn', 'java.util.concurrent.CompletionException'),
        bytesHeader('kafka_dlt-exception-message', 'Listener failed'),
        bytesHeader(
          'kafka_dlt-exception-stacktrace',
          'org.springframework.kafka.listener.ListenerExecutionFailedException: Listener failed\n\tat org.springframework.kafka.listener.X.y(X.java:1)\nCaused by: java.util.concurrent.CompletionException: wrapped\n\t... 3 more\nCaused by: com.shop.CardDeclinedException: issuer answered 51\n\tat com.shop.Ledger.book(Ledger.java:88)\n',
        ),
      ]),
    fromRabbitMq: () =>
      withHeaders(
        [
          xDeath(),
          textHeader('x-first-death-queue', 'email_queue', 'longstr'),
          textHeader('x-first-death-reason', 'rejected', 'longstr'),
          textHeader('x-first-death-exchange', 'mail', 'longstr'),
        ],
        'rabbitmq',
        {
          brokerAt: null,
          lane: '',
          sequence: null,
          identity: 'f00d',
          properties: [
            textHeader('exchange', 'email_dlx'),
            textHeader('routing-key', 'dead'),
            textHeader('expiration', '60000'),
            textHeader('content-type', 'application/json'),
          ],
        },
      ),
    fromSqs: () =>
      change(
        {
          lane: '',
          sequence: null,
          identity: 'b7c1',
          properties: [
            ...raw.properties,
            textHeader('DeadLetterQueueSourceArn', 'arn:aws:sqs:eu-central-1:000000000000:billing'),
            textHeader('SentTimestamp', '1795318000000'),
            textHeader('ApproximateReceiveCount', '4'),
          ],
        },
        'sqs',
      ),
    raw: () => raw,
  };
}

function xDeath(): Header {
  const death = (queue: string, exchange: string, key: string, seconds: string): HeaderValue => ({
    kind: 'table',
    entries: [
      { name: 'count', value: { kind: 'integer', text: '1', type: 'int64' } },
      textHeader('reason', 'rejected', 'longstr'),
      textHeader('queue', queue, 'longstr'),
      { name: 'time', value: { kind: 'timestamp', text: seconds, unit: 's' } },
      textHeader('exchange', exchange, 'longstr'),
      { name: 'routing-keys', value: { kind: 'list', items: [{ kind: 'text', text: key, type: 'longstr' }] } },
    ],
  });
  return {
    name: 'x-death',
    value: {
      kind: 'list',
      items: [
        death('email_retry', '', 'email_retry', '1795318664'),
        death('email_queue', 'mail', 'welcome', '1795318600'),
      ],
    },
  };
}

function int32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value);
  return bytes;
}

function int64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, value);
  return bytes;
}
