import { describe, expect, test } from 'vitest';
import { configPath, load, refusal } from '#server/config/testing/load.ts';

/** The keys of all mistakes that one start tells, in the order of the alphabet. */
function keysOf(yaml: string, env: Record<string, string> = {}): readonly string[] {
  const { message, details } = refusal(env, yaml);
  const lines = message.includes('\n  - ') ? message.split('\n  - ').slice(1) : [message];
  const keys = lines.map((line) => new RegExp(`(\\S+) in ${configPath}`).exec(line)?.[1] ?? line);
  expect(keys.length > 1 || keys[0] === details?.['key']).toBe(true);
  return keys.toSorted();
}

const slack = "{ name: chat, kind: slack, url: 'https://hooks.slack.com/x' }";

describe('one start tells every mistake of the file', () => {
  test('also of names, where something else is wrong, and nothing of a name that is written in an entry with a mistake', () => {
    const keys = keysOf(`
connections:
  - { name: east, kind: kafka }
  - { name: west, kind: sqs, region: r }
  - { name: west, kind: sqs, region: r, endpoint: nowhere }
lag: { every: 1s, connections: { east: 1m, west: often, north: 2m } }
alerts:
  every: 1
  rules:
    - { name: deep, when: depth-above, above: many, receivers: [chat, pager, nobody] }
    - { name: deep, when: oldest-above, above: 2d, severity: bad, receivers: [someone] }
  receivers:
    - ${slack}
    - { name: pager, kind: pagerduty }
    - { name: chat, kind: webhook, url: 'https://x/y', hmacKey: short }
`);
    expect(keys).toEqual([
      'alerts.every',
      'alerts.receivers[1].routingKey',
      'alerts.receivers[2].hmacKey',
      'alerts.receivers[2].name',
      'alerts.rules[0].above',
      'alerts.rules[0].receivers[2]',
      'alerts.rules[1].name',
      'alerts.rules[1].receivers[0]',
      'alerts.rules[1].severity',
      'connections[0].brokers',
      'connections[2].endpoint',
      'connections[2].name',
      'lag.connections.north',
      'lag.connections.west',
      'lag.every',
    ]);
  });

  test('nothing is said of a name while those that there are cannot be read', () => {
    const rule = 'rules: [{ name: a, when: regressed-group, receivers: [chat] }]';
    expect(keysOf(`alerts: { ${rule}, receivers: [{ nmae: chat, kind: slack, url: 'https://x/y' }] }`)).toEqual([
      'alerts.receivers[0].name',
      'alerts.receivers[0].nmae',
    ]);
    expect(keysOf(`alerts: { ${rule}, receivers: chat }`)).toEqual(['alerts.receivers']);
    expect(keysOf(`alerts: { ${rule}, receivers: [{ name: '\${WHO}', kind: slack, url: 'https://x/y' }] }`)).toEqual([
      'alerts.receivers[0].name',
    ]);
    expect(
      keysOf(`alerts: { rules: [{ name: a, when: regressed-group, receivers: ['\${WHO}'] }], receivers: [${slack}] }`),
    ).toEqual(['alerts.rules[0].receivers[0]']);
    expect(keysOf('connections: east\nlag: { connections: { east: 1m } }')).toEqual(['connections']);
  });

  test('a connection of the environment is known by its name, also where its variables are mistaken', () => {
    const { message } = refusal({ KAFKA_BROKERS: 'kafka://one' }, 'lag: { connections: { kafka: 1m, rabbitmq: 1m } }');
    expect(message).toContain('KAFKA_BROKERS must');
    expect(message).toContain('lag.connections.rabbitmq in');
    expect(message).not.toContain('lag.connections.kafka');
    expect(load({ KAFKA_BROKERS: 'one:9092' }, 'lag: { connections: { kafka: 1m } }').lag.connections).toEqual({
      kafka: 60_000,
    });
  });

  test('of a rule all that does not go together', () => {
    const rules = (rule: string) => keysOf(`alerts: { rules: [{ name: deep, ${rule} }] }`).map((key) => key.slice(16));
    expect(rules('when: arrivals-above, within: 3d, times: 0.5, clearFor: x')).toEqual([
      'above',
      'clearFor',
      'times',
      'times',
      'within',
    ]);
    expect(rules('when: depth-above, above: 10, clearAt: 11, for: never')).toEqual(['clearAt', 'for']);
    // What its kind needs is not known before the kind is.
    expect(rules('when: deep-above, within: 3m')).toEqual(['when']);
    expect(rules('when: depth-above, abvoe: 1')).toEqual(['above', 'abvoe']);
  });

  test('of a connection or receiver whose kind is misspelt what it needs as the one that was meant', () => {
    expect(keysOf('connections: [{ name: a/b, kind: kafak, broker: [a:1] }]')).toEqual([
      'connections[0].broker',
      'connections[0].brokers',
      'connections[0].kind',
      'connections[0].name',
    ]);
    expect(keysOf('alerts: { receivers: [{ name: x, kind: pagreduty, url: nowhere }] }')).toEqual([
      'alerts.receivers[0].kind',
      'alerts.receivers[0].routingKey',
      'alerts.receivers[0].url',
    ]);
    expect(keysOf('connections: [{ name: a, kind: redis, servers: 3 }]')).toEqual(['connections[0].kind']);
  });

  test('of Alertmanager, masking and conventions, beside what else is wrong there', () => {
    expect(
      keysOf('alerts: { receivers: [{ name: am, kind: alertmanager, url: nowhere, username: u, token: t }] }'),
    ).toEqual(['alerts.receivers[0].password', 'alerts.receivers[0].token', 'alerts.receivers[0].url']);
    expect(keysOf("masking: { fields: [a..b, 3], keys: maybe, patterns: [{ name: x, expression: 'a*' }] }")).toEqual([
      'masking.fields[0]',
      'masking.fields[1]',
      'masking.keys',
      'masking.patterns[0].expression',
    ]);
    expect(keysOf('conventions: [{ name: acme }, { name: other, error: 7 }]')).toEqual([
      'conventions[0]',
      'conventions[1].error',
    ]);
  });

  test('of the environment beside the file', () => {
    const env = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
    const { message } = refusal(env, "server: { port: 70000 }\ntracing: { endpoint: 'http://collector:4318' }");
    expect(message).toContain('server.port');
    expect(message).toContain('OTEL_EXPORTER_OTLP_PROTOCOL');
  });
});

describe('what was probably meant', () => {
  test.each([
    [
      'alerts: { rules: [{ name: a, when: depth-abov, above: 1 }] }',
      'connection-failing. Did you mean depth-above? Correct it',
    ],
    ['alerts: { rules: [{ name: a, when: regressed-group, severity: critcal }] }', 'Did you mean critical?'],
    ['alerts: { receivers: [{ name: a, kind: slak, url: "https://x/y" }] }', 'Did you mean slack?'],
    [
      'connections: [{ name: a, kind: rabitmq, url: "amqp://x" }]',
      'must be kafka, rabbitmq or sqs. Did you mean rabbitmq?',
    ],
    ['server: { prot: 1 }', 'is not a known key. Did you mean port? Known here are host, port,'],
    ['serber: {}', 'Did you mean server?'],
    ['log: { level: wran }', 'Did you mean warn?'],
    [
      'connections: [{ name: a, kind: kafka, brokers: [b:1], tls: { rejectUnautorized: false } }]',
      'Did you mean rejectUnauthorized?',
    ],
    ['masking: { patterns: [emails] }', 'Did you mean email?'],
    [
      `alerts: { rules: [{ name: a, when: regressed-group, receivers: [chta] }], receivers: [${slack}] }`,
      'is no receiver: there are chat. Did you mean chat?',
    ],
    [
      'connections: [{ name: orders, kind: sqs, region: r }]\nlag: { connections: { order: 1m } }',
      'Did you mean orders?',
    ],
  ])('%s', (yaml, hint) => {
    expect(refusal({}, yaml).message).toContain(hint);
  });

  test('is told of each of several keys, and of none where nothing is near', () => {
    const { message } = refusal({}, 'server: { prot: 1, hots: 2, colour: 3 }');
    expect(message).toMatch(/server\.prot in .*Did you mean port\?/);
    expect(message).toMatch(/server\.hots in .*Did you mean host\?/);
    expect(message).toMatch(/server\.colour in \S+ is not a known key; known here are host/);
  });

  test('the environment says it, too', () => {
    expect(refusal({ LOG_LEVEL: 'debgu' }).message).toContain('Did you mean debug? Correct it in the environment.');
  });
});
