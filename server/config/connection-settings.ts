import { z } from 'zod';
import { oneOf, section, text, textList, urlOf } from '#server/config/fields.ts';
import { byKind, sectionOr } from '#server/config/handed-on.ts';

/**
 * How one broker is reached and which of its queues hold dead letters: plain data, so that it passes to the engine's thread as it is.
 * It holds secrets: print it only through `describeConfig`.
 */
export type ConnectionSettings = KafkaConnectionSettings | RabbitMqConnectionSettings | SqsConnectionSettings;
export type KafkaConnectionSettings = z.infer<typeof kafkaConnection>;
export type RabbitMqConnectionSettings = z.infer<typeof rabbitMqConnection>;
export type SqsConnectionSettings = z.infer<typeof sqsConnection>;

const groupedByMax = 5;

const common = {
  /** First part of every queue's id, so it holds no slash. */
  name: text('a name such as orders-kafka').regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, {
    error: 'must consist of letters, digits, dots, hyphens and underscores, such as orders-kafka',
  }),
  deadLetter: section({
    /** Names that mean "dead letters", `*` stands for anything; they replace the usual ones. */
    patterns: textList('name patterns such as ["*.dlq", "*-dead"]').exactOptional(),
    /** Queues or topics that no pattern and no topology would find. */
    queues: z
      .array(
        section({
          name: text('the name of a queue or topic'),
          origin: text('the queue or topic whose failures land in it').exactOptional(),
        }),
        {
          error: 'must be a list of queues, such as [{ name: failed-orders, origin: orders }]',
        },
      )
      .exactOptional(),
  }).exactOptional(),
  grouping: section({
    /** Message attributes or headers that tell dead letters without any error text apart. */
    attributes: textList('message attributes such as [errorCode]')
      .max(groupedByMax, { error: `must name at most ${groupedByMax} attributes` })
      .exactOptional(),
  }).exactOptional(),
  /** Confluent-compatible, for Avro, Protobuf and JSON Schema payloads. */
  schemaRegistryUrl: urlOf(['http', 'https'], 'http://registry:8081').exactOptional(),
  /** Where its certificate is signed by an authority of your own. */
  schemaRegistryCa: text('a certificate in PEM').exactOptional(),
};

export const saslMechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;

const mechanism = z.preprocess(
  (value) => (typeof value === 'string' ? value.toUpperCase() : value),
  oneOf(saslMechanisms),
);

const address = text('an address such as kafka-1:9092').regex(/^(\[[0-9a-fA-F:.]+\]|[^\s:/@[\]]+)(:\d{1,5})?$/, {
  error: 'must be an address of the form host:port, without a protocol, such as kafka-1:9092',
});

export const kafkaConnection = section({
  ...common,
  kind: z.literal('kafka'),
  brokers: z
    .array(address, { error: 'must be a list of addresses, such as [kafka-1:9092, kafka-2:9092]' })
    .min(1, { error: 'must name at least one broker, such as [kafka-1:9092]' }),
  clientId: text('a client id').exactOptional(),
  sasl: section({
    mechanism,
    username: text('a user name'),
    password: text('a password, best as ${ENVIRONMENT_NAME}'),
  }).exactOptional(),
  tls: sectionOr(
    section({
      ca: text('a certificate in PEM').exactOptional(),
      cert: text('a certificate in PEM').exactOptional(),
      key: text('a key in PEM').exactOptional(),
      serverName: text('a host name').exactOptional(),
      rejectUnauthorized: z.boolean({ error: 'must be true or false' }).exactOptional(),
    }),
    z.boolean({ error: 'must be true, false, or { ca, cert, key, serverName, rejectUnauthorized }' }),
  ).exactOptional(),
});

export const rabbitMqConnection = section({
  ...common,
  kind: z.literal('rabbitmq'),
  url: urlOf(['amqp', 'amqps'], 'amqp://user:password@host:5672/vhost'),
  managementUrl: urlOf(['http', 'https'], 'http://user:password@host:15672').exactOptional(),
});

export const sqsConnection = section({
  ...common,
  kind: z.literal('sqs'),
  region: text('a region such as eu-central-1'),
  endpoint: urlOf(['http', 'https'], 'http://localhost:9324').exactOptional(),
  /** Without it the AWS SDK looks in its usual places. */
  credentials: section({
    accessKeyId: text('an access key id'),
    secretAccessKey: text('a secret access key, best as ${ENVIRONMENT_NAME}'),
    sessionToken: text('a session token').exactOptional(),
  }).exactOptional(),
});

export const connection = byKind(
  { kafka: kafkaConnection, rabbitmq: rabbitMqConnection, sqs: sqsConnection },
  'a connection, such as { name: orders, kind: kafka, brokers: [kafka-1:9092] }',
);
