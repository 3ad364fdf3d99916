import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { configPath, load, refusal } from '#server/config/testing/load.ts';

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
      configFile: configPath,
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
    expect(error.message).toContain(configPath);
    expect(inspect(error, { depth: 10 })).not.toContain('secret-in-line');
  });

  test('all mistakes are told at once, of the file and of the environment, each by its key and what to write', () => {
    const error = refusal(
      { PORT: 'web', KAFKA_BROKERS: 'kafka://one', KAFKA_SSL: 'maybe', OTEL_SERVICE_NAME: 'x'.repeat(201) },
      `server: { port: 70000, hosts: 1, port2: 2 }
connections:
  - { name: a, kind: kafka, brokers: [], sasl: { mechanism: PLAIN, username: me, password: "\${MISSING}" } }
  - { name: b, kind: redis, password: secret-in-file }
alerts: { rules: [{ name: x, when: lag-above }, { name: y, when: new-group, above: 3, times: 2 }] }
lag: { every: 1s }
`,
    );
    expect(error).toMatchObject({ code: 'invalid_configuration', details: { key: 'PORT' } });
    for (const told of [
      'PORT must be a whole number',
      'KAFKA_BROKERS must',
      'KAFKA_SSL must be true or false',
      'connections[0].sasl.password in /etc/redeliver/redeliver.yaml refers to the environment variable MISSING',
      'server.port in',
      'server.hosts in',
      'server.port2 in',
      'connections[0].brokers in',
      'connections[1].kind in',
      'alerts.rules[0].above in',
      'alerts.rules[1].above in',
      'alerts.rules[1].times in',
      'lag.every in',
    ])
      expect(error.message).toContain(told);
    expect(error.message).toContain('The configuration has 13 mistakes:\n  - ');
    expect(inspect(error, { depth: 10 })).not.toContain('secret-in-file');
  });

  test('a place whose variable is not set is told as that alone', () => {
    const error = refusal({}, 'connections: [{ name: a, kind: rabbitmq, url: "${NO_URL}" }]');
    expect(error.message).not.toContain('mistakes');
    expect(error.message).toContain('NO_URL');
  });
});
