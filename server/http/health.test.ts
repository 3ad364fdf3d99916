import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { healthResponse, readinessResponse } from '#lib/api/health.ts';
import { settingsResponse } from '#lib/api/settings.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { Connection, ConnectionHealth } from '#lib/domain/queue.ts';
import { loadConfig } from '#server/config/config.ts';
import { consoleSettings } from '#server/config/console-settings.ts';
import { readHealth, readLiveness, readReadiness } from '#server/http/health.ts';
import { runtime, type Runtime } from '#server/http/runtime.ts';
import { serveRoutes, type ServedRoutes } from '#server/http/testing/serve-routes.ts';
import { readSettings } from '#server/queries/settings.ts';

const startedAt = Date.UTC(2026, 10, 23);
const now = startedAt + 60_000;

const yaml = `
connections:
  - name: orders
    kind: kafka
    brokers: [k:9092]
    sasl: { mechanism: PLAIN, username: reader, password: sasl-secret }
    schemaRegistryUrl: https://reader:registry-secret@registry
  - { name: jobs, kind: rabbitmq, url: 'amqp://user:rabbit-secret@rabbit/v', deadLetter: { patterns: ['*.dead'] } }
masking:
  fields: [customer.email]
  patterns: [card, { name: badge, expression: 'B-\\d{6}' }]
conventions:
  - { name: acme, error: x-acme-error }
lag: { every: 1m, connections: { jobs: off } }
links: { trace: 'https://tracing.internal/trace/{traceId}' }
tracing: { endpoint: 'https://c/x?key=query-secret', headers: { authorization: Bearer tracing-secret } }
alerts:
  rules:
    - { name: deep, when: depth-above, above: 1000, for: 2m, queues: ['jobs/*'], receivers: [own], labels: { team: shop } }
    - { name: new-group, off: true }
  receivers:
    - { name: own, kind: webhook, url: 'https://hooks/url-secret', hmacKey: hmac-secret-of-16 }
    - { name: chat, kind: slack, url: 'https://slack/slack-secret' }
    - { name: pd, kind: pagerduty, routingKey: routing-secret }
    - { name: am, kind: alertmanager, url: 'http://am:9093', token: token-secret }
`;

let served: ServedRoutes;
let engineSeenAt: number | null;

beforeEach(async () => {
  engineSeenAt = now;
  served = await serveRoutes({ clock: { now: () => now }, engineSeenAt: () => engineSeenAt });
});
afterEach(() => served.close());

function console_(changes: Partial<Runtime> = {}): Runtime {
  const config = loadConfig({ REDELIVER_CONFIG: 'c' }, () => yaml);
  return { ...runtime(), startedAt, settings: consoleSettings(config, 'json'), ...changes };
}

const live: ConnectionHealth = { kind: 'live', product: 'Kafka', version: '4.3', notes: [], since: startedAt + 2_000 };
const failing: ConnectionHealth = {
  kind: 'failing',
  error: { code: 'unreachable', message: 'Nothing answers at rabbit:5672.' },
  since: startedAt + 5_000,
};

async function save(name: string, health: ConnectionHealth, checkedAt: number | null = now): Promise<void> {
  const connection: Connection = {
    name,
    kind: name === 'jobs' ? 'rabbitmq' : 'kafka',
    address: 'a',
    health,
    checkedAt,
  };
  await served.store.index.saveConnections([connection]);
}

const brokenStore = (store: Runtime['store']): Runtime['store'] => ({
  ...store,
  index: {
    ...store.index,
    listConnections: () => Promise.reject(new AppError('timed_out', 'The database index.db was busy for too long.')),
  },
});

async function read<Body>(response: Response, schema: { parse(value: unknown): Body }) {
  return { status: response.status, body: schema.parse(await response.json()) };
}

describe('health', () => {
  it('says of each connection its state, why, and since when', async () => {
    await save('orders', live);
    await save('jobs', failing);
    const { status, body } = await read(await readHealth(console_()), healthResponse);
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'ok', connections: { orders: 'live', jobs: 'failing' } });
    expect(body.details).toEqual([
      {
        name: 'jobs',
        kind: 'rabbitmq',
        state: 'failing',
        reason: 'Nothing answers at rabbit:5672.',
        code: 'unreachable',
        since: startedAt + 5_000,
        checkedAt: now,
      },
      {
        name: 'orders',
        kind: 'kafka',
        state: 'live',
        reason: null,
        code: null,
        since: startedAt + 2_000,
        checkedAt: now,
      },
    ]);
  });

  it('says nothing of a connection that is no longer configured', async () => {
    await save('removed', failing);
    expect((await read(await readHealth(console_()), healthResponse)).body.details).toEqual([]);
  });

  it('is 503 while the engine is silent or the store does not answer, and says which', async () => {
    await save('orders', live);
    await save('jobs', failing);
    engineSeenAt = now - 31_000;
    const silent = await read(await readHealth(console_()), healthResponse);
    expect(silent).toMatchObject({ status: 503, body: { status: 'failing', engine: 'silent', store: 'live' } });
    expect(silent.body.connections).toEqual({ orders: 'unknown', jobs: 'unknown' });
    expect(silent.body.details.map(({ state, reason, code, since }) => ({ state, reason, code, since }))).toEqual([
      {
        state: 'unknown',
        reason:
          'The engine is silent, so nobody looks. At its last look the connection was failing: Nothing answers at rabbit:5672.',
        code: 'unreachable',
        since: null,
      },
      {
        state: 'unknown',
        reason: 'The engine is silent, so nobody looks. At its last look the connection was live.',
        code: null,
        since: null,
      },
    ]);
    engineSeenAt = now;
    const broken = console_({ store: brokenStore(served.store) });
    expect(await read(await readHealth(broken), healthResponse)).toMatchObject({
      status: 503,
      body: { engine: 'live', store: 'The database index.db was busy for too long.' },
    });
  });
});

describe('liveness', () => {
  it('holds while the process answers, whatever else fails', () => {
    engineSeenAt = null;
    expect(readLiveness(console_({ store: brokenStore(served.store) })).status).toBe(200);
  });
});

describe('readiness', () => {
  const ready = async (changes?: Partial<Runtime>) => read(await readReadiness(console_(changes)), readinessResponse);

  it('comes when the engine runs and every connection was looked at since the start, also one that fails', async () => {
    engineSeenAt = null;
    await save('orders', live, startedAt - 1);
    await save('jobs', { kind: 'starting', step: 'Connecting' }, null);
    const first = await ready();
    expect(first.status).toBe(503);
    expect(first.body.waitingFor).toEqual([
      'The engine has not told that it runs.',
      'The connection orders has not been looked at since the start.',
      'The connection jobs has not been looked at since the start.',
    ]);
    engineSeenAt = now;
    await save('orders', live);
    expect((await ready()).status).toBe(503);
    await save('jobs', failing);
    expect(await ready()).toEqual({ status: 200, body: { status: 'ready', waitingFor: [] } });
  });

  it('goes when the store does not answer', async () => {
    await save('orders', live);
    await save('jobs', live);
    const { status, body } = await ready({ store: brokenStore(served.store) });
    expect(status).toBe(503);
    expect(body.waitingFor).toEqual(['The store does not answer: The database index.db was busy for too long.']);
  });
});

describe('the settings', () => {
  it('say what is in force by names and numbers, and no secret', async () => {
    await save('orders', live);
    await save('jobs', failing);
    const settings = settingsResponse.parse(await readSettings(console_()));
    expect(settings.settings).toMatchObject({
      connections: [
        {
          name: 'orders',
          patterns: null,
          hasSchemaRegistry: true,
          access: { tls: 'none', signIn: { user: 'reader' } },
        },
        { name: 'jobs', patterns: ['*.dead'], hasSchemaRegistry: false, access: { signIn: { user: 'user' } } },
      ],
      server: { host: '127.0.0.1', port: 3000, allowedHosts: [], allowedOrigins: [] },
      configFile: resolve('c'),
      masking: { fields: ['customer.email'], patterns: ['card', 'badge'], keys: false },
      conventions: ['acme'],
      reading: { pollMs: 5_000 },
      lag: { everyMs: 60_000, connections: { jobs: null } },
      links: { trace: 'https://tracing.internal/trace/{traceId}' },
      tracing: { url: 'https://c/x/v1/traces', serviceName: 'redeliver', headers: ['authorization'] },
      alerts: {
        everyMs: 30_000,
        consoleUrl: null,
        off: [{ name: 'new-group', kind: 'new-group' }],
        receivers: [
          { name: 'own', kind: 'webhook', isSigned: true },
          { name: 'chat', kind: 'slack', isSigned: false },
          { name: 'pd', kind: 'pagerduty', isSigned: false },
          { name: 'am', kind: 'alertmanager', isSigned: false },
        ],
      },
    });
    const { rules = [] } = settings.settings?.alerts ?? {};
    expect(rules.map(({ name }) => name)).not.toContain('new-group');
    expect(rules.at(-1)).toEqual({
      name: 'deep',
      kind: 'depth-above',
      severity: 'warning',
      builtIn: false,
      watches: 'A queue has more than 1,000 messages, for 2 minutes or longer, in jobs/*',
      forMs: 120_000,
      clearForMs: 120_000,
      queues: ['jobs/*'],
      receivers: ['own'],
      labels: { team: 'shop' },
    });
    expect(settings.connections.map(({ name, health }) => [name, health.kind])).toEqual([
      ['jobs', 'failing'],
      ['orders', 'live'],
    ]);
    const text = JSON.stringify(settings);
    for (const secret of ['-secret', 'B-\\\\d']) expect(text).not.toContain(secret);
  });
});
