import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GroupLag } from '#lib/domain/lag.ts';
import type { BenchRow } from '#bench/bench-row.ts';
import { createLetterStream } from '#bench/letters.ts';
import { percentile } from '#bench/store.ts';
import { systemClock } from '#server/clock.ts';
import { metricsResponse } from '#server/http/metrics-response.ts';
import { connectStoreThreads } from '#server/store/sqlite/remote-store.ts';
import type { Store } from '#server/store/store.ts';
import { usualMetricsLimits } from '#server/watch/metrics/limits.ts';
import { usualLooks } from '#server/watch/metrics/testing/metrics-of.ts';
import { createMetrics, type Metrics } from '#server/watch/metrics/metrics.ts';

const lettersInQueue = 20;
const [lagGroups, lagTopics] = [200, 50];
const scrapes = 60;
/** Not counted: code that has just begun to run is not what a console runs, which is scraped for weeks. */
const warmUps = 15;
const barMs = 100;
const queueFamilies = [
  'depth_messages',
  'open_messages',
  'oldest_age_seconds',
  'soonest_expiry_seconds',
  'sync_delay_seconds',
  'reader_state',
  'arrivals_total',
];

/**
 * What a scrape costs with so many queues, of which each has dead letters of several groups, and with the lag of 200 groups on 50 topics each: from the
 * question to the text, by the store's own threads, while more arrives between two scrapes. No scrape is answered from the one before.
 */
export async function benchScrape(queues: number): Promise<readonly BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'redeliver-bench-'));
  const store = await connectStoreThreads({ folder, readers: 2 });
  try {
    // Read already when the process begins: what comes then arrives, and has its groups.
    await addQueues(store, queues);
    const metrics = await createMetrics({
      store,
      clock: systemClock,
      connections: ['bench'],
      masking: undefined,
      version: 'bench',
      limits: usualMetricsLimits,
      looks: usualLooks,
      engineSeenAt: () => Date.now(),
      requests: { count: () => undefined },
      keptMs: 0,
    });
    const stream = createLetterStream({ now: Date.now() });
    for (const id of queueIds(queues))
      await store.index.ingest({ queueId: id, letters: stream.nextBatch(lettersInQueue).letters, scan: 's' });
    const ofQueues = Object.fromEntries(queueFamilies.map((family) => [`redeliver_queue_${family}{`, queues]));
    const before = await timesOf(metrics, store, stream, ofQueues, async () => undefined);
    const ofLag = {
      'redeliver_consumer_lag_messages{': lagGroups * lagTopics,
      'redeliver_consumer_members{': lagGroups * lagTopics,
    };
    const readLag = () => store.watch.saveLag('bench', { rows: manyLags(), notes: [] }, { at: Date.now(), tookMs: 1 });
    const withNewLag = await timesOf(metrics, store, stream, { ...ofQueues, ...ofLag }, readLag);
    const withLag = await timesOf(metrics, store, stream, { ...ofQueues, ...ofLag }, async () => undefined);
    metrics.stop();
    const lags = lagGroups * lagTopics;
    return [
      ...rows('scrape', queues, before),
      ...rows(`scrape-with-lag-${lags}`, queues, withLag),
      ...rows(`scrape-with-new-lag-${lags}`, queues, withNewLag),
    ];
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Stream = ReturnType<typeof createLetterStream>;

const queueIds = (queues: number) => Array.from({ length: queues }, (_, n) => `bench/queue-${n}.dlq`);

async function addQueues(store: Store, queues: number): Promise<void> {
  const capabilities = { browse: 'log', remove: false, order: 'partition', costs: [], description: 'bench' } as const;
  await store.index.saveConnections([
    {
      name: 'bench',
      kind: 'kafka',
      address: 'bench',
      health: { kind: 'live', product: 'Kafka', version: null, notes: [] },
      checkedAt: Date.now(),
    },
  ]);
  await store.index.saveQueues(
    'bench',
    queueIds(queues).map((id) => ({
      name: id.slice('bench/'.length),
      kind: 'kafka',
      foundBy: 'pattern',
      origins: ['orders'],
      capabilities,
    })),
  );
  for (const id of queueIds(queues)) {
    await store.index.saveQueueStatus(id, {
      depth: { count: lettersInQueue, exact: true },
      retention: { kind: 'for', ms: 14 * 86_400_000, bound: 'at-least' },
      reader: { kind: 'live' },
      syncedAt: Date.now(),
    });
  }
}

function manyLags(): GroupLag[] {
  return Array.from({ length: lagGroups * lagTopics }, (_, n) => ({
    kind: 'group',
    group: `service-${Math.floor(n / lagTopics)}`,
    groupKind: 'classic',
    topic: `topic-${n % lagTopics}`,
    state: 'stable',
    members: 3,
    lag: n,
    gap: null,
    partitions: 6,
    uncommitted: 0,
  }));
}

/** `expected`: how many series of which family each scrape must have; `meanwhile`: what else comes between two. */
async function timesOf(
  metrics: Metrics,
  store: Store,
  stream: Stream,
  expected: Readonly<Record<string, number>>,
  meanwhile: () => Promise<void>,
): Promise<Sample> {
  const times: number[] = [];
  const cpuTimes: number[] = [];
  let text = '';
  for (let n = -warmUps; n < scrapes; n += 1) {
    await store.index.ingest({
      queueId: `bench/queue-${n + warmUps}.dlq`,
      letters: stream.nextBatch(100).letters,
      scan: 's',
    });
    await meanwhile();
    const begun = performance.now();
    const cpuBegun = process.cpuUsage();
    const response = await metricsResponse({ metrics });
    text = await response.text();
    const tookMs = performance.now() - begun;
    const { user, system } = process.cpuUsage(cpuBegun);
    if (!response.ok) throw new Error(`The scrape answered ${response.status}: ${text}`);
    for (const [family, series] of Object.entries(expected))
      if (seriesOf(text, family) !== series)
        throw new Error(
          `The scrape has ${seriesOf(text, family)} series of ${family}, not ${series}: it measures something else.`,
        );
    if (n < 0) continue;
    times.push(tookMs);
    cpuTimes.push((user + system) / 1_000);
  }
  return { times, cpuTimes, series: seriesOf(text, '') };
}

/** Of one family, or of all that begin with this. */
function seriesOf(text: string, name: string): number {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#') && line.startsWith(name)).length;
}

interface Sample {
  readonly times: readonly number[];
  /** Of all threads; nearly true on a machine that others use. */
  readonly cpuTimes: readonly number[];
  readonly series: number;
}

function rows(name: string, queues: number, { times, cpuTimes, series }: Sample): BenchRow[] {
  const row = (kind: string, values: readonly number[], unit: string, baseline: string | null): BenchRow => ({
    name: `${name}${kind} (${series} series)`,
    n: queues,
    p50: percentile(values, 0.5),
    p95: percentile(values, 0.95),
    unit,
    baseline,
    ratio: baseline === null ? null : percentile(values, 0.95) / barMs,
  });
  return [row('', times, 'ms', `bar ${barMs} ms`), row('-cpu', cpuTimes, 'CPU ms', null)];
}
