import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { aRule } from '#lib/alerts/testing/a-rule.ts';
import type { Receiver } from '#server/config/alert-settings.ts';
import { systemClock } from '#server/clock.ts';
import { endProcess, type ProcessRef, startChild } from '#server/local-brokers/child.ts';
import { debianCommand } from '#server/local-brokers/debian-program.ts';
import { freePorts } from '#server/local-brokers/free-port.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';
import { watchAlerts } from '#server/watch/alerts/watch-alerts.ts';

/** A real Alertmanager, from Debian's package. */

const folder = mkdtempSync(join(tmpdir(), 'redeliver-alertmanager-'));
let url: string;
let manager: ProcessRef;

beforeAll(async () => {
  const [port] = await freePorts(1);
  url = `http://127.0.0.1:${port}`;
  const config = join(folder, 'alertmanager.yml');
  writeFileSync(config, 'route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n');
  manager = await startChild({
    name: 'Alertmanager',
    ...(await debianCommand('alertmanager', [
      `--config.file=${config}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ])),
    env: { PATH: process.env['PATH'] ?? '', HOME: folder },
    cwd: folder,
    logFile: join(folder, 'alertmanager.log'),
    isReady: async () => (await fetch(`${url}/-/ready`)).ok,
    readyWithinMs: 30_000,
    outlivesParent: false,
  });
});
afterAll(async () => {
  if (manager) await endProcess(manager, { gracefulMs: 5_000 });
  rmSync(folder, { recursive: true, force: true });
});

interface Known {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly endsAt: string;
  readonly generatorURL: string;
  readonly status: { readonly state: string };
}

/** What it holds for firing at the moment. */
async function firing(alertname: string): Promise<readonly Known[]> {
  const response = await fetch(`${url}/api/v2/alerts?filter=${encodeURIComponent(`alertname="${alertname}"`)}`);
  return (await response.json()) as readonly Known[];
}

const failing = (since: number) =>
  ({ kind: 'failing', since, error: { code: 'unreachable', message: 'Nothing answers.' } }) as const;
const live = { kind: 'live', product: 'Kafka', version: null, notes: [] } as const;

async function aWatch(rule: string, renewMs: number) {
  const store: Store = openSqliteStore({ folder: mkdtempSync(join(folder, 's-')), role: 'writer' });
  const save = (health: typeof live | ReturnType<typeof failing>) =>
    store.index.saveConnections([{ name: 'kafka', kind: 'kafka', address: 'kafka-1:9092', health, checkedAt: 1 }]);
  await save(live);
  const receiver: Receiver = { name: 'am', kind: 'alertmanager', url, username: null, password: null, token: null };
  const stopping = new AbortController();
  const watch = watchAlerts(
    {
      store,
      clock: systemClock,
      settings: {
        everyMs: 200,
        consoleUrl: 'https://redeliver.internal',
        rules: [
          aRule('connection-failing', { name: rule, severity: 'critical', clearForMs: 0, labels: { team: 'shop' } }),
        ],
        off: [],
        receivers: [receiver],
      },
      connections: ['kafka'],
      text: (said) => said,
      say: () => undefined,
      renewMs,
    },
    stopping.signal,
  );
  const stop = async () => {
    stopping.abort();
    await watch.stopped;
  };
  onTestFinished(async () => {
    await stop();
    await store.close();
  });
  return { store, save, watch, stop };
}

const patience = { timeout: 30_000, interval: 100 };

test('an Alertmanager shows what fires, with a link, and that it is over', async () => {
  const { save } = await aWatch('broker-gone', 60_000);
  await save(failing(Date.now()));
  await vi.waitUntil(async () => (await firing('broker-gone')).length === 1, patience);
  const [alert] = await firing('broker-gone');
  expect(alert).toMatchObject({
    status: { state: 'active' },
    labels: {
      alertname: 'broker-gone',
      severity: 'critical',
      kind: 'connection-failing',
      subject: 'kafka',
      team: 'shop',
    },
    annotations: { summary: 'Connection kafka fails: Nothing answers.' },
    generatorURL: 'https://redeliver.internal/?q=kafka',
  });
  await save(live);
  await vi.waitUntil(async () => (await firing('broker-gone')).length === 0, patience);
});

test('what goes on firing is told again before it ends there, and ends there when nobody tells it any more', async () => {
  const { save, stop } = await aWatch('goes-on', 500);
  await save(failing(Date.now()));
  await vi.waitUntil(async () => (await firing('goes-on')).length === 1, patience);
  const first = Date.parse((await firing('goes-on'))[0]?.endsAt ?? '');
  // Told twice more: well beyond the end that it was given first.
  await vi.waitUntil(async () => Date.parse((await firing('goes-on'))[0]?.endsAt ?? '') > first + 2_500, patience);
  await stop();
  await vi.waitUntil(async () => (await firing('goes-on')).length === 0, patience);
});

test('a test is marked, arrives, and is over by itself', async () => {
  const { watch, store } = await aWatch('unused', 500);
  const result = await watch.test('am', new AbortController().signal);
  expect(result).toMatchObject({ delivered: true, said: '200 OK' });
  expect(await firing('test')).toMatchObject([{ labels: { test: 'true', severity: 'info' } }]);
  expect(await store.ledger.listReceiverReports()).toMatchObject([
    { receiver: 'am', what: 'test', outcome: 'delivered' },
  ]);
  await expect(watch.test('nobody', new AbortController().signal)).rejects.toMatchObject({ code: 'not_found' });
  await vi.waitUntil(async () => (await firing('test')).length === 0, patience);
});
