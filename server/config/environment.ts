import { z } from 'zod';
import {
  type ConnectionSettings,
  kafkaConnection,
  rabbitMqConnection,
  sqsConnection,
} from '#server/config/connection-settings.ts';
import { wholeNumber } from '#server/config/fields.ts';
import { ended, type Mistakes } from '#server/config/mistakes.ts';
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
  /** Their names, and those of connections whose variables are mistaken. */
  readonly named: readonly string[];
  /** Whether SQS was named by `SQS_ENDPOINT`, and not only by an `AWS_REGION` that may stand there for other reasons. */
  readonly sqsIsExplicit: boolean;
}

/** An empty variable counts as unset, as in most shells' `${NAME:-}`. What is mistaken counts so too, and is among the mistakes. */
export function parseEnvironment(env: Readonly<Record<string, string | undefined>>, mistakes: Mistakes): Environment {
  const reader = createReader(mistakes);
  const { checked } = reader;
  const get = (name: string) => (env[name] === undefined || env[name].trim() === '' ? null : env[name].trim());
  if (get('REDELIVER_DATABASE_URL') !== null) {
    reader.mistake(
      'REDELIVER_DATABASE_URL',
      'is set, and this version keeps its data in SQLite only. Unset it and choose a folder with REDELIVER_DATA',
    );
  }
  return {
    configFile: get('REDELIVER_CONFIG'),
    host: get('HOST'),
    port: checked('PORT', wholeNumber(0, 65_535), get('PORT')),
    dataFolder: get('REDELIVER_DATA'),
    logLevel: checked('LOG_LEVEL', logLevel, get('LOG_LEVEL')?.toLowerCase() ?? null),
    logFormat: checked('LOG_FORMAT', logFormat, get('LOG_FORMAT')?.toLowerCase() ?? null),
    connections: [kafkaFrom(get, reader), rabbitMqFrom(get, reader), sqsFrom(get, reader)].filter(
      (settings) => settings !== null,
    ),
    named: [
      ...(get('KAFKA_BROKERS') === null ? [] : ['kafka']),
      ...(get('RABBITMQ_URL') === null && get('RABBITMQ_MANAGEMENT_URL') === null ? [] : ['rabbitmq']),
      ...(get('SQS_ENDPOINT') === null && get('AWS_REGION') === null ? [] : ['sqs']),
    ],
    sqsIsExplicit: get('SQS_ENDPOINT') !== null,
  };
}

type Get = (name: string) => string | null;

function kafkaFrom(get: Get, { checked, mistake }: Reader): ConnectionSettings | null {
  const said = get('KAFKA_BROKERS');
  if (said === null) return null;
  const [username, password] = [get('KAFKA_USERNAME'), get('KAFKA_PASSWORD')];
  if (username !== null && password === null)
    mistake('KAFKA_PASSWORD', 'is missing: KAFKA_USERNAME is set. Set both, or neither');
  if (username === null && password !== null)
    mistake('KAFKA_USERNAME', 'is missing: KAFKA_PASSWORD is set. Set both, or neither');
  const shape = kafkaConnection.shape;
  const listed = said
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const brokers = checked('KAFKA_BROKERS', shape.brokers, listed);
  const mechanism = checked('KAFKA_SASL_MECHANISM', saslMechanism, get('KAFKA_SASL_MECHANISM') ?? 'PLAIN');
  const tls = checked('KAFKA_SSL', yesOrNo, get('KAFKA_SSL'));
  const registry = checked('SCHEMA_REGISTRY_URL', shape.schemaRegistryUrl.unwrap(), get('SCHEMA_REGISTRY_URL'));
  if (brokers === null) return null;
  return {
    name: 'kafka',
    kind: 'kafka',
    brokers,
    ...(username !== null && password !== null && mechanism !== null && { sasl: { mechanism, username, password } }),
    ...(tls !== null && { tls }),
    ...(registry !== null && { schemaRegistryUrl: registry }),
  };
}

function rabbitMqFrom(get: Get, { checked, mistake }: Reader): ConnectionSettings | null {
  const [said, managementSaid] = [get('RABBITMQ_URL'), get('RABBITMQ_MANAGEMENT_URL')];
  if (said === null && managementSaid !== null)
    mistake(
      'RABBITMQ_URL',
      'is missing: RABBITMQ_MANAGEMENT_URL is set. Set it to an address such as amqp://user:password@host:5672/vhost',
    );
  const shape = rabbitMqConnection.shape;
  const url = checked('RABBITMQ_URL', shape.url, said);
  const managementUrl = checked('RABBITMQ_MANAGEMENT_URL', shape.managementUrl.unwrap(), managementSaid);
  if (url === null) return null;
  return { name: 'rabbitmq', kind: 'rabbitmq', url, ...(managementUrl !== null && { managementUrl }) };
}

/** Local servers do not care about the region, but requests are signed for one. */
const regionOfLocalServers = 'us-east-1';

function sqsFrom(get: Get, { checked }: Reader): ConnectionSettings | null {
  const region = get('AWS_REGION');
  const endpoint = checked('SQS_ENDPOINT', sqsConnection.shape.endpoint.unwrap(), get('SQS_ENDPOINT'));
  if (region === null && endpoint === null) return null;
  return {
    name: 'sqs',
    kind: 'sqs',
    region: region ?? regionOfLocalServers,
    ...(endpoint !== null && { endpoint }),
  };
}

const saslMechanism = kafkaConnection.shape.sasl.unwrap().shape.mechanism;

const yesOrNo = z
  .string()
  .toLowerCase()
  .pipe(z.enum(['true', '1', 'yes', 'false', '0', 'no'], { error: 'must be true or false' }))
  .transform((value) => ['true', '1', 'yes'].includes(value));

interface Reader {
  /** `null` where it says nothing, or something mistaken. */
  checked<Schema extends z.ZodType>(
    name: string,
    schema: Schema,
    value: string | readonly string[] | null,
  ): z.output<Schema> | null;
  /** `what` ends the sentence that begins with the variable's name. */
  mistake(name: string, what: string): void;
}

/** Values of the environment, by the same shapes as those of the file. */
export function createReader(mistakes: Mistakes): Reader {
  const mistake = (name: string, what: string) => mistakes.add(name, ended(`The environment variable ${name} ${what}`));
  return {
    mistake,
    checked(name, schema, value) {
      if (value === null) return null;
      const result = schema.safeParse(value);
      if (result.success) return result.data;
      mistake(name, `${ended(result.error.issues[0]?.message ?? 'is not valid')} Correct it in the environment`);
      return null;
    },
  };
}
