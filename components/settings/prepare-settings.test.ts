import { expect, it } from 'vitest';
import { connectionRow, keepingLines, maskingLines, readingLines } from '#components/settings/prepare-settings.ts';
import type { ConsoleSettings } from '#lib/api/settings.ts';

const settings: ConsoleSettings = {
  connections: [],
  sandbox: false,
  dataFolder: './data',
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

it('lists what is masked by names, and nothing where nothing is', () => {
  expect(maskingLines(settings)).toEqual([
    { what: 'Fields', names: ['card'] },
    { what: 'Patterns', names: ['email', 'badge'] },
    { what: 'Keys', names: ['every key'] },
  ]);
  expect(maskingLines({ ...settings, masking: null })).toEqual([]);
});
