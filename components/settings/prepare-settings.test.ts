import { expect, it } from 'vitest';
import {
  accessWords,
  connectionRow,
  consoleLines,
  keepingLines,
  lagAndTraceLines,
  maskingLines,
  readingLines,
  ruleRows,
} from '#components/settings/prepare-settings.ts';
import type { ConsoleSettings } from '#lib/api/settings.ts';

const settings: ConsoleSettings = {
  connections: [],
  sandbox: false,
  server: { host: '127.0.0.1', port: 3000, allowedHosts: [], allowedOrigins: [] },
  configFile: null,
  dataFolder: '/var/redeliver',
  reading: {
    discoverMs: 30_000,
    pollMs: 5_000,
    scanMs: 60_000,
    browseMessagesMax: 10_000,
    browseBytesMax: 268_435_456,
  },
  returns: { watchMs: 900_000, quarantineAfter: 3 },
  archive: { keptMs: 30 * 86_400_000 },
  masking: { fields: ['card'], headers: [], patterns: ['email', 'badge'], keys: true },
  conventions: [],
  log: { level: 'info', format: 'json', to: 'stdout' },
  metrics: { queuesMax: 2_000, groupsPerQueue: 10, lagSeriesMax: 20_000 },
  lag: { everyMs: 30_000, connections: {} },
  links: { trace: null },
  tracing: null,
  alerts: { everyMs: 30_000, consoleUrl: null, rules: [], off: [], receivers: [] },
};

const connection = { name: 'orders', kind: 'kafka', address: 'k:9092', checkedAt: 1 } as const;

it('says why a connection fails, since when, and who has to act', () => {
  const row = (code: 'unreachable' | 'unauthenticated' | 'forbidden') =>
    connectionRow({ ...connection, health: { kind: 'failing', since: 7, error: { code, message: 'No.' } } });
  expect(row('unreachable')).toMatchObject({ tone: 'failing', since: 7, reasons: ['No.'] });
  expect(row('unreachable').todo).toContain('tried again');
  expect(row('unauthenticated').todo).toContain('Correct the configuration');
  expect(row('forbidden').todo).toContain('rights');
});

it('says what a broker is and what it lets nobody see', () => {
  const health = {
    kind: 'live',
    product: 'RabbitMQ',
    version: '4.2',
    notes: ['No management API.'],
    since: 5,
  } as const;
  expect(connectionRow({ ...connection, health })).toEqual({
    tone: 'settled',
    state: 'live',
    since: 5,
    broker: 'RabbitMQ 4.2',
    reasons: ['No management API.'],
    todo: null,
    command: null,
  });
  expect(connectionRow({ ...connection, health: { ...health, version: null } }).broker).toBe('RabbitMQ');
});

it('offers the command that brings what is not started', () => {
  const health = { kind: 'not-started', reason: 'No Java.', remedy: 'npm run brokers:install' } as const;
  expect(connectionRow({ ...connection, health })).toMatchObject({
    reasons: ['No Java.'],
    command: 'npm run brokers:install',
  });
});

it('says numbers with their units and where they are set', () => {
  expect(readingLines(settings).map(({ value }) => value)).toEqual([
    '30 s',
    '5 s',
    '1 min',
    '10,000 messages',
    '256 MB',
  ]);
  expect(keepingLines(settings)).toContainEqual({
    label: 'Discarded messages are kept for',
    value: '30 d',
    key: 'archive.days',
  });
});

it('does not round the times that were set', () => {
  const set = {
    ...settings,
    reading: { ...settings.reading, scanMs: 90_000 },
    returns: { ...settings.returns, watchMs: 100_000 },
    lag: { everyMs: 75_000, connections: { slow: 150_000 } },
  };
  const lines = [...readingLines(set), ...keepingLines(set), ...lagAndTraceLines(set)];
  const value = (key: string) => lines.find((line) => line.key === key)?.value;
  expect(
    ['sync.scanSeconds', 'returns.watchSeconds', 'lag.every', 'lag.connections.slow'].map((key) => value(key)),
  ).toEqual(['1 min 30 s', '1 min 40 s', '1 min 15 s', '2 min 30 s']);
});

it('lists what is masked by names, and nothing where nothing is', () => {
  expect(maskingLines(settings)).toEqual([
    { what: 'Fields', names: ['card'] },
    { what: 'Patterns', names: ['email', 'badge'] },
    { what: 'Keys', names: ['every key'] },
  ]);
  expect(maskingLines({ ...settings, masking: null })).toEqual([]);
});

it('says how often lag is read, and that of a connection which has it otherwise', () => {
  expect(
    lagAndTraceLines({ ...settings, lag: { everyMs: 30_000, connections: { slow: 300_000, off: null } } }),
  ).toMatchObject([
    { value: '30 s', key: 'lag.every' },
    { label: 'of slow', value: '5 min' },
    { label: 'of off', value: 'never' },
    { value: 'nowhere: traces have no links' },
    { value: 'nowhere' },
  ]);
  const tracing = { url: 'http://collector/v1/traces', serviceName: 'redeliver', headers: ['authorization'] };
  expect(lagAndTraceLines({ ...settings, tracing }).at(-1)?.value).toBe(
    'http://collector/v1/traces, as redeliver, with the headers authorization',
  );
});

it('says of a rule what it watches, where, and whom it tells', () => {
  const rule = {
    name: 'lag-above',
    kind: 'lag-above',
    severity: 'warning',
    builtIn: true,
    watches: 'a group is more than 10,000 behind',
    forMs: 120_000,
    clearForMs: 0,
    queues: null,
    receivers: null,
    labels: { team: 'orders' },
  } as const;
  const alerts = {
    ...settings.alerts,
    rules: [rule, { ...rule, queues: ['orders.*'], receivers: ['chat'], forMs: 0 }],
  };
  expect(ruleRows({ ...settings, alerts })).toMatchObject([
    {
      watches: 'a group is more than 10,000 behind',
      where: 'everywhere',
      tells: 'nobody',
      labels: 'team=orders',
    },
    { watches: 'a group is more than 10,000 behind', where: 'orders.*', tells: 'chat' },
  ]);
  const receivers = [{ name: 'chat', kind: 'slack', isSigned: false } as const];
  expect(ruleRows({ ...settings, alerts: { ...alerts, receivers } })[0]?.tells).toBe('every receiver');
});

it('says where it listens, who may ask it, and which file it comes from', () => {
  const values = (changes: Partial<ConsoleSettings>) =>
    consoleLines({ ...settings, ...changes }).map(({ value }) => value);
  expect(values({})).toEqual([
    '127.0.0.1:3000, this machine alone',
    'localhost',
    'its own pages',
    'no file: the environment alone',
    '/var/redeliver',
  ]);
  const server = { host: '::', port: 80, allowedHosts: ['redeliver.internal'], allowedOrigins: ['https://r.internal'] };
  expect(values({ server, configFile: '/etc/redeliver.yaml' })).toEqual([
    '[::]:80',
    'localhost, redeliver.internal',
    'its own pages, https://r.internal',
    '/etc/redeliver.yaml',
    '/var/redeliver',
  ]);
  expect(values({ server: { ...server, host: 'r.internal' } })[1]).toBe('localhost, r.internal, redeliver.internal');
});

it('says of a connection whether it is encrypted and who signs in', () => {
  const access = { tls: 'none', hasClientCertificate: false, signIn: { kind: 'none' }, management: null } as const;
  const user = (mechanism: string | null) => ({ kind: 'password', mechanism, user: 'x' }) as const;
  expect(accessWords(access)).toBe('no TLS, no sign-in');
  expect(accessWords({ ...access, tls: 'checked', signIn: user('SCRAM-SHA-512') })).toBe(
    'TLS, SASL SCRAM-SHA-512 as user x',
  );
  expect(accessWords({ ...access, tls: 'unchecked', hasClientCertificate: true })).toBe(
    'TLS, its certificate not checked, client certificate',
  );
  expect(accessWords({ ...access, signIn: user(null), management: { tls: true, user: 'y' } })).toBe(
    'no TLS, as user x, management API with TLS as user y',
  );
  expect(accessWords({ ...access, tls: 'checked', signIn: { kind: 'found-by-sdk' } })).toBe(
    'TLS, credentials that the AWS SDK finds',
  );
});
