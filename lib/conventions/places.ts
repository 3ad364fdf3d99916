import type { ConventionReading, LetterView } from '#lib/conventions/convention.ts';
import type { BrokerKind, Destination } from '#lib/domain/message.ts';

/** What a Kafka framework says of where a record was. Texts as they stand in the message. */
export interface KafkaPlace {
  readonly topic: string | undefined;
  readonly partition: string | undefined;
  readonly offset: string | undefined;
  /** The consumer group, connector or handler that failed, where the message names one. */
  readonly failedIn?: string | undefined;
}

/** A partition or an offset that is no number is left out; a topic is a destination only where messages are put back on Kafka. */
export function kafkaOrigin(place: KafkaPlace, letter: LetterView): NonNullable<ConventionReading['origin']> {
  const topic = place.topic === '' ? undefined : place.topic;
  const partition = isNumber(place.partition, 2_147_483_647n) ? place.partition : undefined;
  const offset = isNumber(place.offset, 9_223_372_036_854_775_807n) ? place.offset : undefined;
  const destination: Destination | undefined =
    topic === undefined || letter.queue.kind !== 'kafka'
      ? undefined
      : { kind: 'kafka', topic, partition: partition === undefined ? null : Number(partition) };
  return {
    destination,
    failedIn: place.failedIn ?? topic,
    position: offset === undefined ? undefined : partition === undefined ? offset : `${partition}:${offset}`,
  };
}

/** A queue by its name. On RabbitMQ the default exchange takes the name for the routing key: no other queue gets a copy. */
export function queueDestination(queue: string | undefined, kind: BrokerKind): Destination | undefined {
  if (queue === undefined || queue === '') return undefined;
  switch (kind) {
    case 'rabbitmq':
      return { kind, exchange: '', routingKey: queue };
    case 'sqs':
      return { kind, queue };
    case 'kafka':
      return undefined;
  }
}

/** RabbitMQ's exchange and routing key; both must be said, and the exchange may be the empty one. */
export function exchangeDestination(
  exchange: string | undefined,
  routingKey: string | undefined,
  kind: BrokerKind,
): Destination | undefined {
  return exchange === undefined || routingKey === undefined || kind !== 'rabbitmq'
    ? undefined
    : { kind, exchange, routingKey };
}

/** Names longer than the broker itself allows are no destination: Kafka 249 characters, AMQP 255 bytes, SQS 80. */
export function isPossible(destination: Destination): boolean {
  switch (destination.kind) {
    case 'kafka':
      return destination.topic !== '' && destination.topic.length <= 249;
    case 'rabbitmq':
      return destination.exchange.length <= 255 && destination.routingKey.length <= 255;
    case 'sqs':
      return destination.queue !== '' && destination.queue.length <= 80;
  }
}

function isNumber(text: string | undefined, max: bigint): text is string {
  return text !== undefined && /^\d{1,19}$/.test(text) && (text.length < 10 || BigInt(text) <= max);
}
