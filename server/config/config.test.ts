import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { AppError } from '#lib/domain/errors.ts';
import { loadConfig } from '#server/config/config.ts';
import { describeConfig, secretsOf } from '#server/config/describe-config.ts';
import { lagEveryMs } from '#server/config/lag-settings.ts';

const path = '/etc/redeliver/redeliver.yaml';

function load(env: Record<string, string>, yaml?: string) {
  return loadConfig({ ...env, ...(yaml === undefined ? {} : { REDELIVER_CONFIG: path }) }, (asked) => {
    if (yaml === undefined || asked !== path) throw new Error(`ENOENT: ${asked}`);
    return yaml;
  });
}

function refusal(env: Record<string, string>, yaml?: string): AppError {
  try {
    load(env, yaml);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('The configuration should have been refused.');
}

describe('configuration from the environment', () => {
  test('nothing configured means the sandbox, on loopback', () => {
    expect(describeConfig(load({}))).toEqual({
      http: { host: '127.0.0.1', port: 3000, allowedHosts: [], allowedOrigins: [] },
      dataFolder: './data',
      connections: [],
      sandbox: true,
      sync: {
        discoverMs: 30_000,
        pollMs: 5_000,
        scanMs: 60_000,
        browseMessagesMax: 10_000,
        browseBytesMax: 268_435_456,
      },
      returns: { watchMs: 900_000, quarantineAfter: 3 },
      archive: { keptMs: 30 * 86_400_000 },
      links: { trace: null },
      log: { level: 'info', format: null, to: 'stdout' },
      metrics: { queuesMax: 2_000, groupsPerQueue: 10, lagSeriesMax: 20_000 },
      lag: { everyMs: 30_000, connections: {} },
    });
  });

  test('the connections are called kafka, rabbitmq and sqs', () => {
    const config = load({
      KAFKA_BROKERS: 'one:9092, two:9092',
      KAFKA_USERNAME: 'reader',
      KAFKA_PASSWORD: 'kafka-secret',
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_SSL: 'TRUE',
      SCHEMA_REGISTRY_URL: 'http://registry:8081',
      RABBITMQ_URL: 'amqp://shop:rabbit-secret@rabbit:5672/orders',
      RABBITMQ_MANAGEMENT_URL: 'http://rabbit:15672',
      AWS_REGION: 'eu-central-1',
      HOST: '::1',
      PORT: '8080',
      REDELIVER_DATA: '/var/lib/redeliver',
    });
    expect(config.sandbox).toBe(false);
    expect(structuredClone(config.connections)).toEqual([
      {
        name: 'kafka',
        kind: 'kafka',
        brokers: ['one:9092', 'two:9092'],
        sasl: { mechanism: 'SCRAM-SHA-512', username: 'reader', password: 'kafka-secret' },
        tls: true,
        schemaRegistryUrl: 'http://registry:8081',
      },
      {
        name: 'rabbitmq',
        kind: 'rabbitmq',
        url: 'amqp://shop:rabbit-secret@rabbit:5672/orders',
        managementUrl: 'http://rabbit:15672',
      },
      { name: 'sqs', kind: 'sqs', region: 'eu-central-1' },
    ]);
    expect(config.http).toMatchObject({ host: '::1', port: 8080 });
    expect(config.dataFolder).toBe('/var/lib/redeliver');
  });

  test('an endpoint is enough for SQS, an empty variable counts as unset', () => {
    const { connections } = load({ SQS_ENDPOINT: 'http://127.0.0.1:9324', AWS_REGION: '', KAFKA_BROKERS: ' ' });
    expect(structuredClone(connections)).toEqual([
      { name: 'sqs', kind: 'sqs', region: 'us-east-1', endpoint: 'http://127.0.0.1:9324' },
    ]);
  });

  test.each([
    ['PORT', { PORT: 'web' }, 'a whole number from 0 to 65535'],
    ['KAFKA_BROKERS', { KAFKA_BROKERS: 'kafka://one:9092' }, 'kafka-1:9092'],
    ['KAFKA_PASSWORD', { KAFKA_BROKERS: 'one:9092', KAFKA_USERNAME: 'me' }, 'Set both'],
    ['KAFKA_SSL', { KAFKA_BROKERS: 'one:9092', KAFKA_SSL: 'maybe' }, 'true or false'],
    [
      'KAFKA_SASL_MECHANISM',
      { KAFKA_BROKERS: 'a:1', KAFKA_USERNAME: 'me', KAFKA_PASSWORD: 'x', KAFKA_SASL_MECHANISM: 'GSSAPI' },
      'PLAIN',
    ],
    ['RABBITMQ_URL', { RABBITMQ_URL: 'rabbit:5672' }, 'amqp://user:password@host:5672/vhost'],
    ['RABBITMQ_URL', { RABBITMQ_MANAGEMENT_URL: 'http://rabbit:15672' }, 'amqp://'],
    ['SQS_ENDPOINT', { SQS_ENDPOINT: 'localhost:9324' }, 'http://localhost:9324'],
    ['REDELIVER_DATABASE_URL', { REDELIVER_DATABASE_URL: 'postgres://db' }, 'REDELIVER_DATA'],
    ['REDELIVER_CONFIG', { REDELIVER_CONFIG: '/missing.yaml' }, '/missing.yaml'],
  ])('a wrong %s is refused by its name, with what to write', (key, env, hint) => {
    const error = refusal(env);
    expect(error).toMatchObject({ code: 'invalid_configuration', details: { key } });
    expect(error.message).toContain(key);
    expect(error.message).toContain(hint);
  });

  test('no refusal repeats a password', () => {
    const error = refusal({ RABBITMQ_URL: 'ampq://shop:rabbit-secret@rabbit:5672' });
    expect(inspect(error, { depth: 10 })).not.toContain('rabbit-secret');
  });
});

describe('configuration from a file', () => {
  const yaml = `
server: { port: "\${CONSOLE_PORT}", allowedHosts: [redeliver.internal], allowedOrigins: ["https://redeliver.internal"] }
data: ../state
connections:
  - name: orders-kafka
    kind: kafka
    brokers: [kafka-1:9092]
    sasl: { mechanism: plain, username: reader, password: "\${KAFKA_SECRET}" }
    tls: { ca: pem, rejectUnauthorized: false }
    deadLetter:
      patterns: ["*.dlq"]
      queues: [{ name: failed-orders, origin: orders }]
  - { name: billing, kind: sqs, region: eu-west-1, credentials: { accessKeyId: id, secretAccessKey: "$\${NOT_EXPANDED}" } }
sync: { pollSeconds: 2, browseMessagesMax: 500 }
returns: { watchSeconds: 60, quarantineAfter: 5 }
archive: { days: 7 }
log: { level: warn, format: json, to: stderr }
metrics: { groupsPerQueue: 3 }
`;

  test('everything is read, and ${NAME} stands for the environment', () => {
    const config = load({ KAFKA_SECRET: 'from-outside', CONSOLE_PORT: '4000' }, yaml);
    expect(structuredClone(config)).toEqual({
      http: {
        host: '127.0.0.1',
        port: 4000,
        allowedHosts: ['redeliver.internal'],
        allowedOrigins: ['https://redeliver.internal'],
      },
      dataFolder: '/etc/state',
      connections: [
        {
          name: 'orders-kafka',
          kind: 'kafka',
          brokers: ['kafka-1:9092'],
          sasl: { mechanism: 'PLAIN', username: 'reader', password: 'from-outside' },
          tls: { ca: 'pem', rejectUnauthorized: false },
          deadLetter: { patterns: ['*.dlq'], queues: [{ name: 'failed-orders', origin: 'orders' }] },
        },
        {
          name: 'billing',
          kind: 'sqs',
          region: 'eu-west-1',
          credentials: { accessKeyId: 'id', secretAccessKey: '${NOT_EXPANDED}' },
        },
      ],
      sandbox: false,
      sync: { discoverMs: 30_000, pollMs: 2_000, scanMs: 60_000, browseMessagesMax: 500, browseBytesMax: 268_435_456 },
      returns: { watchMs: 60_000, quarantineAfter: 5 },
      archive: { keptMs: 7 * 86_400_000 },
      links: { trace: null },
      log: { level: 'warn', format: 'json', to: 'stderr' },
      metrics: { queuesMax: 2_000, groupsPerQueue: 3, lagSeriesMax: 20_000 },
      lag: { everyMs: 30_000, connections: {} },
    });
  });

  test('LOG_LEVEL and LOG_FORMAT win over the file, and what they may be is said', () => {
    const env = { KAFKA_SECRET: 's', CONSOLE_PORT: '4000' };
    expect(load({ ...env, LOG_LEVEL: 'DEBUG', LOG_FORMAT: 'pretty' }, yaml).log).toEqual({
      level: 'debug',
      format: 'pretty',
      to: 'stderr',
    });
    expect(refusal({ LOG_LEVEL: 'loud' })).toMatchObject({ details: { key: 'LOG_LEVEL' } });
    expect(refusal({}, 'metrics: { groupsPerQueue: -1 }').message).toContain('whole number from 0 to 1000');
  });

  test('the environment wins over the file, and adds the connections that the file does not name', () => {
    const env = {
      KAFKA_SECRET: 's',
      CONSOLE_PORT: '4000',
      PORT: '5000',
      HOST: '0.0.0.0',
      RABBITMQ_URL: 'amqp://rabbit',
    };
    const config = load(env, yaml);
    expect(config.http).toMatchObject({ host: '0.0.0.0', port: 5000 });
    expect(config.connections.map(({ name }) => name)).toEqual(['orders-kafka', 'billing', 'rabbitmq']);
  });

  test('an AWS_REGION beside a list of connections is not taken for a wish, an SQS_ENDPOINT is', () => {
    const list = 'connections: [{ name: kafka, kind: kafka, brokers: [a:9092] }]';
    const names = (env: Record<string, string>) => load(env, list).connections.map(({ name }) => name);
    expect(names({ AWS_REGION: 'eu-west-1' })).toEqual(['kafka']);
    expect(names({ AWS_REGION: 'eu-west-1', SQS_ENDPOINT: 'http://127.0.0.1:1' })).toEqual(['kafka', 'sqs']);
    expect(names({ KAFKA_BROKERS: 'other:9092' })).toEqual(['kafka']);
  });

  test('the example in docs/configuration.md is valid', () => {
    const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
    const example = /```yaml\n(.*?)```/s.exec(page)?.[1];
    const config = load(
      {
        ...{ KAFKA_PASSWORD: 'one', RABBITMQ_PASSWORD: 'two', REGISTRY_PASSWORD: 'three', COLLECTOR_TOKEN: 'four' },
        ...{ PAGERDUTY_KEY: 'five', SLACK_WEBHOOK: 'https://chat.internal/hook', HOOK_KEY: 'a-key-of-sixteen-letters' },
      },
      example,
    );
    expect(config.connections.map(({ kind }) => kind)).toEqual(['kafka', 'rabbitmq', 'sqs']);
  });

  test('a connection says by which attributes its dead letters are grouped', () => {
    const grouped = (attributes: string) =>
      `connections: [{ name: a, kind: sqs, region: r, grouping: { attributes: ${attributes} } }]`;
    const [connection] = load({}, grouped('[errorCode, tenant]')).connections;
    expect(connection).toMatchObject({ grouping: { attributes: ['errorCode', 'tenant'] } });
    expect(refusal({}, grouped('errorCode')).message).toContain('message attributes such as [errorCode]');
    expect(refusal({}, grouped('[""]')).message).toContain('must not hold an empty text');
    expect(refusal({}, grouped('[a, b, c, d, e, f]')).message).toContain('must name at most 5 attributes');
  });

  test('an empty file is no configuration', () => {
    expect(load({}, '# nothing yet\n').sandbox).toBe(true);
  });

  test.each([
    ['conections', 'conections: []', 'connections'],
    ['connections[0].kind', 'connections: [{ name: a, kind: redis }]', 'kafka, rabbitmq or sqs'],
    ['connections[0].brokers', 'connections: [{ name: a, kind: kafka }]', '[kafka-1:9092'],
    ['connections[0].name', 'connections: [{ name: a/b, kind: sqs, region: x }]', 'orders-kafka'],
    [
      'connections[1].name',
      'connections: [{ name: a, kind: sqs, region: x }, { name: a, kind: sqs, region: y }]',
      'each its own',
    ],
    [
      'connections[0].deadLetter.patern',
      'connections: [{ name: a, kind: sqs, region: x, deadLetter: { patern: [] } }]',
      'patterns',
    ],
    ['connections[0].url', 'connections: [{ name: a, kind: rabbitmq, url: "http://x" }]', 'amqp://'],
    ['server.port', 'server: { port: 70000 }', '65535'],
    ['connections[0].url', 'connections: [{ name: a, kind: rabbitmq, url: "${MISSING_URL}" }]', 'MISSING_URL'],
    ['REDELIVER_CONFIG', 'server: { port: 1\nsecret-in-line: x', 'line'],
  ])('a wrong %s is refused by its name, with what to write (%s)', (key, content, hint) => {
    const error = refusal({}, content);
    expect(error).toMatchObject({ code: 'invalid_configuration', details: { key } });
    expect(error.message).toContain(hint);
    expect(error.message).toContain(path);
    expect(inspect(error, { depth: 10 })).not.toContain('secret-in-line');
  });
});

describe('printing a configuration', () => {
  const secrets = ['kafka-secret', 'rabbit-secret', 'management-secret', 'aws-secret', 'pem-secret'];
  const config = load(
    {
      RABBITMQ_URL: 'amqp://shop:rabbit-secret@rabbit:5672',
      RABBITMQ_MANAGEMENT_URL: 'http://shop:management-secret@rabbit:15672',
    },
    `connections:
  - { name: k, kind: kafka, brokers: [a:9092], sasl: { mechanism: PLAIN, username: u, password: kafka-secret }, tls: { key: pem-secret } }
  - { name: s, kind: sqs, region: r, credentials: { accessKeyId: id, secretAccessKey: aws-secret, sessionToken: aws-secret } }`,
  );

  test.each([
    ['describeConfig', () => JSON.stringify(describeConfig(config))],
    ['inspect', () => inspect(config, { depth: 10 })],
    ['JSON', () => JSON.stringify(config)],
    ['inspect of its connections', () => inspect({ connections: config.connections }, { depth: 10 })],
    ['JSON of one connection', () => config.connections.map((connection) => JSON.stringify(connection)).join()],
  ])('%s shows no secret, and who is meant', (_way, print) => {
    const printed = print();
    for (const secret of secrets) expect(printed).not.toContain(secret);
    expect(printed).toContain('[secret]');
    expect(printed).toContain('shop');
  });
});

describe('conventions', () => {
  test('say by which header each field is carried', () => {
    const yaml = `conventions:
  - name: acme
    error: x-acme-error
    originOffset: { header: x-acme-offset, decoder: int64 }
`;
    expect(load({}, yaml).conventions).toEqual([
      {
        name: 'acme',
        fields: {
          error: { header: 'x-acme-error', decoder: 'text' },
          originOffset: { header: 'x-acme-offset', decoder: 'int64' },
        },
      },
    ]);
    expect(load({}).conventions).toBeUndefined();
  });

  test('say the entry of a header, the place in the body, and where the message itself is', () => {
    const yaml = `conventions:
  - name: acme
    error: { header: x-acme, entry: error.message, take: first }
    eventType: { body: event.type }
    original: { body: event }
`;
    expect(load({}, yaml).conventions).toEqual([
      {
        name: 'acme',
        fields: {
          error: { header: 'x-acme', decoder: 'text', take: 'first', entry: ['error', 'message'] },
          eventType: { body: ['event', 'type'] },
        },
        original: { body: ['event'] },
      },
    ]);
  });

  test.each([
    ['conventions: [{ name: acme }]', 'conventions[0]', 'says no field'],
    ['conventions: [{ name: acme, errorr: x }]', 'conventions[0].errorr', 'is not a known key'],
    ['conventions: [{ name: acme, error: 7 }]', 'conventions[0].error', 'a header name such as'],
    ['conventions: [{ name: acme, error: { body: a..b } }]', 'conventions[0].error', 'or { body: error.message }'],
    ['conventions: [{ name: acme, original: x-acme }]', 'conventions[0].original', 'must'],
    ['conventions: [{ error: x }]', 'conventions[0].name', 'must be a name for people'],
  ])('%s is refused', (yaml, key, message) => {
    const error = refusal({}, yaml);
    expect(error.details).toEqual({ key });
    expect(error.message).toContain(message);
  });
});

describe('masking', () => {
  test('says what nobody reads', () => {
    const yaml = `masking:
  fields: [customer.email, '*.card.number']
  headers: [authorization]
  patterns: [email, { name: badge, expression: 'B-\\d{6}' }]
`;
    expect(load({}, yaml).masking).toEqual({
      fields: ['customer.email', '*.card.number'],
      headers: ['authorization'],
      patterns: ['email', { name: 'badge', expression: 'B-\\d{6}' }],
      keys: false,
    });
    expect(load({}).masking).toBeUndefined();
  });

  test.each([
    ['masking: { fields: [a..b] }', 'masking.fields[0]', 'no path of a field'],
    ['masking: { field: [a] }', 'masking.field', 'is not a known key'],
    ['masking: { patterns: [emails] }', 'masking.patterns[0]', 'must be one of email'],
    ["masking: { patterns: [{ name: x, expression: '(?<=a)b' }] }", 'masking.patterns[0].expression', 'no look-around'],
    ["masking: { patterns: [{ name: x, expression: 'a*' }] }", 'masking.patterns[0].expression', 'empty text'],
    ['masking: { keys: maybe }', 'masking.keys', 'true or false'],
  ])('%s is refused', (yaml, key, message) => {
    const error = refusal({}, yaml);
    expect(error.details).toEqual({ key });
    expect(error.message).toContain(message);
  });
});

describe('lag', () => {
  const broker = 'connections: [{ name: a, kind: kafka, brokers: [k:1] }, { name: b, kind: kafka, brokers: [k:2] }]\n';

  test('is read as often as is said, of each connection', () => {
    const { lag } = load({}, `${broker}lag: { every: 1m, connections: { a: off } }`);
    expect(['a', 'b'].map((name) => lagEveryMs(lag, name))).toEqual([null, 60_000]);
    expect(lagEveryMs(load({}, broker).lag, 'a')).toBe(30_000);
  });

  test.each([
    ['lag: { every: 1s }', 'lag.every', 'a time such as 30s'],
    ['lag: { connections: { a: often } }', 'lag.connections.a', 'must be a time such as 5m, or off'],
    ['lag: { connections: { c: 1m } }', 'lag.connections.c', 'which is no connection'],
  ])('%s is refused', (yaml, key, message) => {
    const error = refusal({}, `${broker}${yaml}`);
    expect(error.details).toEqual({ key });
    expect(error.message).toContain(message);
  });
});

describe('links', () => {
  test('say where the tracing system is', () => {
    const yaml = "links: { trace: 'https://tracing.internal/trace/{traceId}?org=1' }";
    expect(load({}, yaml).links).toEqual({ trace: 'https://tracing.internal/trace/{traceId}?org=1' });
  });

  test.each([
    ["links: { trace: 'tracing.internal/{traceId}' }", 'links.trace', 'http or https address'],
    ["links: { trace: 'javascript:alert({traceId})' }", 'links.trace', 'http or https address'],
    ["links: { trace: 'https://{traceId}.internal/' }", 'links.trace', 'must hold {traceId} behind the host'],
    ["links: { trace: 'https://tracing.internal/' }", 'links.trace', 'must hold {traceId}'],
    ["links: { trace: 'https://{traceId}@tracing.internal/' }", 'links.trace', 'must hold {traceId} behind the host'],
    ["links: { traces: 'https://tracing.internal/{traceId}' }", 'links.traces', 'is not a known key'],
    ['links: { trace: 7 }', 'links.trace', 'must be an address'],
  ])('%s is refused', (yaml, key, message) => {
    const error = refusal({}, yaml);
    expect(error.details).toEqual({ key });
    expect(error.message).toContain(message);
  });
});

describe('the secrets of a configuration', () => {
  test('are all found, as they are and as an address has them', () => {
    const config = load(
      {},
      `
connections:
  - { name: a, kind: kafka, brokers: [k:1], sasl: { mechanism: PLAIN, username: reader, password: sasl-pass }, tls: { key: tls-key, ca: not-a-secret } }
  - { name: b, kind: rabbitmq, url: 'amqp://user:p%40ss-word@rabbit/vhost', managementUrl: 'http://user:other-pass@rabbit:15672' }
  - { name: c, kind: sqs, region: eu, credentials: { accessKeyId: AKIA1, secretAccessKey: aws-secret, sessionToken: aws-token } }
  - { name: d, kind: kafka, brokers: [k:1], schemaRegistryUrl: 'https://user:registry-pass@registry' }
`,
    );
    expect(secretsOf(config).toSorted()).toEqual(
      [
        'sasl-pass',
        'tls-key',
        'p%40ss-word',
        'p@ss-word',
        'other-pass',
        'aws-secret',
        'aws-token',
        'registry-pass',
      ].toSorted(),
    );
  });
});
