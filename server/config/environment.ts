import { z } from 'zod';
import { AppError } from '#lib/domain/errors.ts';
import {
  type ConnectionSettings,
  kafkaConnection,
  rabbitMqConnection,
  sqsConnection,
} from '#server/config/connection-settings.ts';
import { wholeNumber } from '#server/config/fields.ts';
import { logFormat, logLevel } from '#server/config/watch-settings.ts';
import type { LogLevel } from '#server/log/log.ts';

/** What the environment says; `null` where it says nothing. */
export interface Environment {
  readonly configFile: string | null;
  readonly host: string | null;
  readonly port: number | null;
  readonly dataFolder: string | null;
  readonly logLevel: LogLevel | null;
  readonly logFormat: 'json' | 'pretty' | null;
  /** Called `kafka`, `rabbitmq` and `sqs`. */
  readonly connections: readonly ConnectionSettings[];
  /** Whether SQS was named by `SQS_ENDPOINT`, and not only by an `AWS_REGION` that may stand there for other reasons. */
  readonly sqsIsExplicit: boolean;
}

/** An empty variable counts as unset, as in most shells' `${NAME:-}`. Throws `invalid_configuration`. */
export function parseEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  const get = (name: string) => (env[name] === undefined || env[name].trim() === '' ? null : env[name].trim());
  if (get('REDELIVER_DATABASE_URL') !== null) {
    throw invalid(
      'REDELIVER_DATABASE_URL',
      'is set, and this version keeps its data in SQLite only. Unset it and choose a folder with REDELIVER_DATA',
    );
  }
  return {
    configFile: get('REDELIVER_CONFIG'),
    host: get('HOST'),
    port: get('PORT') === null ? null : checked('PORT', wholeNumber(0, 65_535), get('PORT')),
    dataFolder: get('REDELIVER_DATA'),
    logLevel: get('LOG_LEVEL') === null ? null : checked('LOG_LEVEL', logLevel, get('LOG_LEVEL')?.toLowerCase()),
    logFormat: get('LOG_FORMAT') === null ? null : checked('LOG_FORMAT', logFormat, get('LOG_FORMAT')?.toLowerCase()),
    connections: [kafkaFrom(get), rabbitMqFrom(get), sqsFrom(get)].filter((settings) => settings !== null),
    sqsIsExplicit: get('SQS_ENDPOINT') !== null,
  };
}

type Get = (name: string) => string | null;

function kafkaFrom(get: Get): ConnectionSettings | null {
  const brokers = get('KAFKA_BROKERS');
  if (brokers === null) return null;
  const [username, password] = [get('KAFKA_USERNAME'), get('KAFKA_PASSWORD')];
  if (username !== null && password === null)
    throw invalid('KAFKA_PASSWORD', 'is missing: KAFKA_USERNAME is set. Set both, or neither');
  if (username === null && password !== null)
    throw invalid('KAFKA_USERNAME', 'is missing: KAFKA_PASSWORD is set. Set both, or neither');
  const tls = get('KAFKA_SSL');
  const shape = kafkaConnection.shape;
  return {
    name: 'kafka',
    kind: 'kafka',
    brokers: checked(
      'KAFKA_BROKERS',
      shape.brokers,
      brokers
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    ),
    ...(username !== null && password !== null
      ? {
          sasl: {
            mechanism: checked('KAFKA_SASL_MECHANISM', mechanism, get('KAFKA_SASL_MECHANISM') ?? 'PLAIN'),
            username,
            password,
          },
        }
      : {}),
    ...(tls === null ? {} : { tls: checked('KAFKA_SSL', yesOrNo, tls) }),
    ...(get('SCHEMA_REGISTRY_URL') === null
      ? {}
      : {
          schemaRegistryUrl: checked(
            'SCHEMA_REGISTRY_URL',
            shape.schemaRegistryUrl.unwrap(),
            get('SCHEMA_REGISTRY_URL'),
          ),
        }),
  };
}

function rabbitMqFrom(get: Get): ConnectionSettings | null {
  const [url, managementUrl] = [get('RABBITMQ_URL'), get('RABBITMQ_MANAGEMENT_URL')];
  if (url === null) {
    if (managementUrl === null) return null;
    throw invalid(
      'RABBITMQ_URL',
      'is missing: RABBITMQ_MANAGEMENT_URL is set. Set it to an address such as amqp://user:password@host:5672/vhost',
    );
  }
  const shape = rabbitMqConnection.shape;
  return {
    name: 'rabbitmq',
    kind: 'rabbitmq',
    url: checked('RABBITMQ_URL', shape.url, url),
    ...(managementUrl === null
      ? {}
      : { managementUrl: checked('RABBITMQ_MANAGEMENT_URL', shape.managementUrl.unwrap(), managementUrl) }),
  };
}

/** Local servers do not care about the region, but requests are signed for one. */
const regionOfLocalServers = 'us-east-1';

function sqsFrom(get: Get): ConnectionSettings | null {
  const [region, endpoint] = [get('AWS_REGION'), get('SQS_ENDPOINT')];
  if (region === null && endpoint === null) return null;
  return {
    name: 'sqs',
    kind: 'sqs',
    region: region ?? regionOfLocalServers,
    ...(endpoint === null
      ? {}
      : { endpoint: checked('SQS_ENDPOINT', sqsConnection.shape.endpoint.unwrap(), endpoint) }),
  };
}

const { mechanism } = kafkaConnection.shape.sasl.unwrap().shape;

const yesOrNo = z
  .string()
  .toLowerCase()
  .pipe(z.enum(['true', '1', 'yes', 'false', '0', 'no'], { error: 'must be true or false' }))
  .transform((value) => ['true', '1', 'yes'].includes(value));

function checked<Schema extends z.ZodType>(name: string, schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalid(name, `${result.error.issues[0]?.message ?? 'is not valid'}. Correct it in the environment`);
}

function invalid(name: string, what: string): AppError {
  return new AppError('invalid_configuration', `The environment variable ${name} ${what}.`, { details: { key: name } });
}
