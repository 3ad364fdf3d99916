/**
 * A message as the broker keeps it: bytes, ordered headers, and the broker's own envelope. Nothing here is decoded,
 * parsed or guessed; what a replay sends is made from this.
 */
export interface RawMessage {
  /** Kafka's record key. `null` where there is none or the broker has no keys; an empty key is an empty array. */
  readonly key: Uint8Array | null;
  /** `null` is Kafka's tombstone; an empty body is an empty array. */
  readonly body: Uint8Array | null;
  /** In the broker's order, repeated names included. Kafka headers, AMQP header table, SQS message attributes. */
  readonly headers: readonly Header[];
  /**
   * The broker's own envelope, under the broker's own names. Kafka: `partition`, `offset`, `timestamp`, `timestamp-type`.
   * RabbitMQ: `exchange`, `routing-key`, `redelivered` and the basic properties as the specification spells them
   * (`content-type`, `delivery-mode`, `correlation-id`, …). SQS: system attributes as AWS spells them.
   */
  readonly properties: readonly Header[];
}

export interface Header {
  /** UTF-8 text; where the bytes are not valid UTF-8, each byte as one character (latin1) and `nameIsLatin1`. */
  readonly name: string;
  readonly nameIsLatin1?: true;
  readonly value: HeaderValue;
}

/**
 * One header's value with the type that the broker gave it, so that it can be sent back as it came.
 * `type` is the broker's own type name (AMQP: `longstr`, `int64`, `timestamp`…; SQS: `String`, `Number.int`…; Kafka: none).
 * Integers and decimals are text, because they may not fit a number.
 */
export type HeaderValue =
  | { readonly kind: 'null' }
  /** Of type `table` or `list`: one that is nested too deeply to be taken apart, as it came. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly type?: string }
  | { readonly kind: 'text'; readonly text: string; readonly type?: string }
  | { readonly kind: 'integer'; readonly text: string; readonly type?: string }
  | { readonly kind: 'number'; readonly value: number; readonly type?: string }
  | { readonly kind: 'decimal'; readonly text: string; readonly type?: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** Seconds or milliseconds since 1970 as the broker keeps them; AMQP timestamps are seconds. */
  | { readonly kind: 'timestamp'; readonly text: string; readonly unit: 's' | 'ms' }
  | { readonly kind: 'table'; readonly entries: readonly Header[] }
  | { readonly kind: 'list'; readonly items: readonly HeaderValue[] };

/** A message that was read from a dead-letter topic or queue. */
export interface RawDeadLetter extends RawMessage {
  /** Unique within its queue and the same on every read, also after a log was deleted and made anew under its old name. Kafka
   * `partition:offset@topic-id`; SQS MessageId; RabbitMQ a content hash. */
  readonly identity: string;
  /** Where the driver finds it again; for people too. Opaque to everyone else. Kafka `partition:offset`, else the identity. */
  readonly position: string;
  /** Within a lane order is kept: Kafka's partition, the FIFO group, the whole queue (`''`) elsewhere. */
  readonly lane: string;
  /** Decimal, rising within the lane, for brokers that number their messages; else `null`. */
  readonly sequence: string | null;
  /**
   * How many messages of equal content the queue held when this one was held, itself included: usually 1. Set by `hold` on brokers that number
   * nothing (RabbitMQ), where one of them cannot be told from another; `null` where the queue could not be met whole and they
   * were not counted. Absent from brokers that give each message an id of its own, and from what was only browsed.
   */
  readonly equals?: number | null;
  /** The broker's own time for it, epoch milliseconds; `null` where the broker has none (RabbitMQ). */
  readonly brokerAt: number | null;
}

export type BrokerKind = 'kafka' | 'rabbitmq' | 'sqs';

/** Where a message can be sent. */
export type Destination =
  /** `partition: null` lets the key choose. */
  | { readonly kind: 'kafka'; readonly topic: string; readonly partition: number | null }
  /** Exchange `''` is the default exchange: the routing key names the queue. */
  | { readonly kind: 'rabbitmq'; readonly exchange: string; readonly routingKey: string }
  | { readonly kind: 'sqs'; readonly queue: string };

/** One line for people: `topic orders (partition 2)`, `exchange email_dlx, key "email"`, `queue billing`. */
export function destinationLabel(destination: Destination): string {
  switch (destination.kind) {
    case 'kafka':
      return destination.partition === null
        ? destination.topic
        : `${destination.topic}, partition ${destination.partition}`;
    case 'rabbitmq':
      return destination.exchange === ''
        ? destination.routingKey
        : `${destination.exchange} → ${destination.routingKey}`;
    case 'sqs':
      return destination.queue;
  }
}

export function textHeader(name: string, text: string, type?: string): Header {
  return { name, value: type === undefined ? { kind: 'text', text } : { kind: 'text', text, type } };
}

export function bytesHeader(name: string, text: string): Header {
  return { name, value: { kind: 'bytes', bytes: encoder.encode(text) } };
}

const encoder = new TextEncoder();
