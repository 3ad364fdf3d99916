import { createServer, type Server } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MaskingSettings } from '#lib/masking/masking.ts';
import { createMasking } from '#lib/masking/masking.ts';
import { systemClock } from '#server/clock.ts';
import { metricsResponse } from '#server/http/metrics-response.ts';
import type { MeteredRequest } from '#server/http/request-meter.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';
import { aLetter, type TestLetter } from '#server/store/testing/letters.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';
import { type MetricsLimits, usualMetricsLimits } from '#server/watch/metrics/limits.ts';
import { usualLooks } from '#server/watch/metrics/testing/metrics-of.ts';
import { createMetrics, type Metrics } from '#server/watch/metrics/metrics.ts';

/** A store, the metrics of it, and a way to scrape them: what a console has, without its pages. */
export interface MeasuredConsole {
  readonly store: Store;
  readonly metrics: Metrics;
  /** `127.0.0.1:1234` */
  readonly address: string;
  request(request: MeteredRequest): void;
  /** The samples of a scrape by their name and labels. */
  scrape(): Promise<ReadonlyMap<string, number>>;
  close(): Promise<void>;
}

export interface MeasuredConsoleOptions {
  readonly limits?: Partial<MetricsLimits>;
  readonly masking?: MaskingSettings;
  readonly keptMs?: number;
  engineSeenAt?(): number | null;
  /** What is there when the process begins. */
  before?(store: Store): Promise<void>;
  /** Stands in front of the store that is measured. */
  around?(store: Store): Store;
}

export async function startMeasuredConsole(options: MeasuredConsoleOptions = {}): Promise<MeasuredConsole> {
  const folder = await mkdtemp(join(tmpdir(), 'redeliver-metrics-'));
  const store = openSqliteStore({ folder, role: 'writer' });
  await options.before?.(store);
  let request: (request: MeteredRequest) => void = () => undefined;
  const metrics = await createMetrics({
    store: options.around?.(store) ?? store,
    clock: systemClock,
    connections: ['orders', 'jobs'],
    masking: options.masking && createMasking(options.masking),
    version: '1.2.3',
    limits: { ...usualMetricsLimits, ...options.limits },
    engineSeenAt: options.engineSeenAt ?? (() => Date.now()),
    looks: usualLooks,
    requests: { count: (listener) => (request = listener) },
    keptMs: options.keptMs ?? 0,
  });
  const server = createServer((_, response) => {
    void metricsResponse({ metrics }).then(async (answer) => {
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      response.end(await answer.text());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    store,
    metrics,
    address: addressOf(server),
    request: (one) => request(one),
    scrape: async () => samplesIn((await metrics.scrape()).body),
    async close() {
      metrics.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function addressOf(server: Server): string {
  const address = server.address();
  return typeof address === 'object' && address !== null ? `127.0.0.1:${address.port}` : '';
}

export function samplesIn(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

const capabilities = { browse: 'log', remove: false, order: 'partition', costs: [], description: 'test' } as const;

/** A queue that nobody has read yet. */
export async function addUnreadQueue(
  { store }: Pick<MeasuredConsole, 'store'>,
  ...names: readonly string[]
): Promise<void> {
  const known = (await store.index.listQueues()).filter(({ connection }) => connection === 'orders');
  await store.index.saveQueues(
    'orders',
    [...known.map(({ name }) => name), ...names].map((name) => ({
      name,
      kind: 'kafka',
      foundBy: 'pattern',
      origins: ['orders'],
      capabilities,
    })),
  );
}

/** A queue that is followed, with what the engine would have written of it. */
export async function addMeasuredQueue(
  { store }: Pick<MeasuredConsole, 'store'>,
  ...names: readonly string[]
): Promise<void> {
  await addUnreadQueue({ store }, ...names);
  for (const name of names) {
    await store.index.saveQueueStatus(`orders/${name}`, {
      depth: { count: 7, exact: true },
      retention: { kind: 'for', ms: 86_400_000, bound: 'at-least' },
      reader: { kind: 'live' },
      syncedAt: Date.now(),
    });
  }
}

/** Dead letters of one group each, named by what went wrong. */
export async function arrive(
  { store }: MeasuredConsole,
  queue: string,
  ...errors: readonly string[]
): Promise<readonly string[]> {
  const letters = errors.map((errorClass, n) => letterOf(`${queue}:${errorClass}:${n}:${Math.random()}`, errorClass));
  await store.index.ingest({ queueId: `orders/${queue}`, letters, scan: 's' });
  return letters.map(({ letter }) => letter.fingerprint);
}

function letterOf(identity: string, errorClass: string): TestLetter {
  const failure = { errorClass, errorMessage: 'went wrong', stackTrace: null, reason: null, attempts: 1 };
  return aLetter(identity, { at: Date.now() - 60_000, failure });
}

/** Something for every panel of the dashboard to show. */
export async function fillMeasuredConsole(console: MeasuredConsole): Promise<void> {
  const { store } = console;
  await store.index.saveConnections([
    {
      name: 'orders',
      kind: 'kafka',
      address: 'k:9092',
      health: { kind: 'live', product: 'Kafka', version: '4.3', notes: [] },
      checkedAt: Date.now(),
    },
    {
      name: 'jobs',
      kind: 'rabbitmq',
      address: 'r:5672',
      health: { kind: 'failing', error: { code: 'unreachable', message: 'Nothing answers.' }, since: Date.now() },
      checkedAt: Date.now(),
    },
  ]);
  await addMeasuredQueue(console, 'payments.dlq', ...hostileNames);
  await arrive(console, 'payments.dlq', 'TimeoutError', 'TypeError');
  const at = Date.now();
  await store.watch.saveLag(
    'orders',
    {
      rows: [
        {
          kind: 'group',
          group: 'billing "eu"\n',
          groupKind: 'consumer',
          topic: 'payments',
          state: 'stable',
          members: 2,
          lag: 12_345,
          gap: null,
          partitions: 3,
          uncommitted: 0,
        },
        { kind: 'queue', queue: 'mails', waiting: 4, held: 1, consumers: 1, approximate: false },
      ],
      notes: [],
    },
    { at, tookMs: 5 },
  );
  await replaySome(console, 'one');
  await brokerWork(console);
  console.metrics.engineLoop([0.001, 0.02]);
  console.request({ method: 'GET', route: '/queues/{queueId}', status: '2xx', seconds: 0.02 });
}

/** More of everything that is counted, so that rates have something to tell. */
export async function goOn(console: MeasuredConsole, round: number): Promise<void> {
  await arrive(console, 'payments.dlq', 'TimeoutError');
  await replaySome(console, `round-${round}`);
  await brokerWork(console);
  console.metrics.engineLoop([0.003]);
  console.request({ method: 'GET', route: '/', status: '2xx', seconds: 0.01 });
}

async function brokerWork({ store }: MeasuredConsole): Promise<void> {
  const connection = 'orders';
  await store.watch.addCounts([
    { name: 'broker_calls_total', labels: { connection }, n: 4 },
    { name: 'broker_read_messages_total', labels: { connection }, n: 10 },
    { name: 'broker_errors_total', labels: { connection, code: 'unreachable' }, n: 1 },
  ]);
}

async function replaySome({ store: { ledger } }: MeasuredConsole, id: string): Promise<void> {
  const { plan } = await writePlan(ledger, aReplay(id, 4));
  await ledger.confirmReplay(id, plan.hash, 'ada', Date.now());
  await ledger.setReplayState(id, { state: 'sending', at: Date.now() });
  const items = Array.from({ length: 3 }, (_, n) => `${id}-${n}`);
  await ledger.intend(
    items.map((itemId) => ({ itemId, watermark: null })),
    Date.now(),
  );
  const states = ['settled', 'failed', 'unknown'] as const;
  await ledger.recordItems(
    states.map((state, n) => ({ itemId: items[n] ?? '', state })),
    Date.now(),
  );
}

/** What a broker lets people call a queue. */
export const hostileNames = [
  'a"b',
  'back\\slash',
  'new\nline',
  '} 1\nforged_metric 1',
  'é漢😀',
  '#',
  '\u202eevil',
] as const;
