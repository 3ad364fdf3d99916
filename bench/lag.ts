import { subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import type { BenchRow } from '#bench/bench-row.ts';
import { percentile } from '#bench/store.ts';
import { withKafka } from '#bench/with-kafka.ts';
import { createKafkaCluster } from '#server/brokers/kafka/kafka-cluster.ts';
import { createKafkaDriver } from '#server/brokers/kafka/kafka-driver.ts';
import { commitOffsets } from '#server/brokers/kafka/testing/commit-offsets.ts';
import { connectStoreThreads } from '#server/store/sqlite/remote-store.ts';

const partitions = 4;
const messagesEach = 100;
const readings = 20;
const barMs = 2_000;
const minuteMs = 60_000;

/**
 * A real Kafka with so many groups that have each committed on each of 50 topics: what one reading takes until all of it is known, and how many requests and
 * connections; then what the store does with it, over a day's worth of readings.
 */
export async function benchLag(groupCount: number): Promise<readonly BenchRow[]> {
  return await withKafka(async ({ folder, brokers }) => {
    const names = (what: string, count: number) =>
      Array.from({ length: count }, (_, index) => `lag-bench-${what}-${index}-${randomUUID().slice(0, 8)}`);
    const [groups, topics] = [names('group', groupCount), names('topic', 50)];
    const admin = new Kafka({ clientId: 'bench', brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    try {
      await fill(brokers, groups, topics);
      const { rows, reading } = await measureReading(brokers, groupCount * topics.length);
      return [...rows, ...(await measureStore(folder, reading))];
    } finally {
      await admin.deleteGroups(groups).catch(() => undefined);
      await admin.deleteTopics({ topics });
      await admin.disconnect();
    }

    async function fill(to: string[], ofGroups: readonly string[], ofTopics: readonly string[]): Promise<void> {
      await admin.createTopics({
        topics: ofTopics.map((topic) => ({ topic, numPartitions: partitions, replicationFactor: 1 })),
      });
      const producer = new Kafka({ clientId: 'bench', brokers: to, logLevel: logLevel.NOTHING }).producer();
      await producer.connect();
      const messages = Array.from({ length: messagesEach }, (_, index) => ({
        value: 'x',
        partition: index % partitions,
      }));
      for (const topic of ofTopics) await producer.send({ topic, messages });
      await producer.disconnect();
      const cluster = createKafkaCluster({ connection: 'bench', brokers: to, clock: Date.now });
      const at = Object.fromEntries(ofTopics.map((topic, index) => [topic, Array(partitions).fill(index % 25)]));
      for (const group of ofGroups) await commitOffsets(cluster, group, at);
      await cluster.close();
    }
  });
}

async function measureReading(brokers: readonly string[], expected: number) {
  const driver = createKafkaDriver({ connection: 'bench', brokers, clock: Date.now });
  const { signal } = new AbortController();
  let sockets = 0;
  let requests = 0;
  const onSocket = () => {
    sockets += 1;
  };
  const requestsStarted = tracingChannel('plt:kafka:connections:api');
  const idle = () => undefined;
  const onRequest = { start: () => (requests += 1), end: idle, asyncStart: idle, asyncEnd: idle, error: idle };
  subscribe('net.client.socket', onSocket);
  requestsStarted.subscribe(onRequest);
  try {
    const firstMs = await timed(() => driver.readLag([], signal));
    const requestsFirst = requests;
    const times: number[] = [];
    requests = 0;
    let reading = await driver.readLag([], signal);
    const requestsWarm = requests;
    for (let n = 0; n < readings; n += 1)
      times.push(await timed(async () => (reading = await driver.readLag([], signal))));
    if (reading.rows.length < expected)
      throw new Error(`${reading.rows.length} rows were read of at least ${expected}.`);
    return {
      reading,
      rows: [
        row(`lag: first reading, ${requestsFirst} requests, ${sockets} connection(s)`, reading.rows.length, [firstMs]),
        row(`lag: a reading, ${requestsWarm} requests`, reading.rows.length, times),
      ],
    };
  } finally {
    unsubscribe('net.client.socket', onSocket);
    requestsStarted.unsubscribe(onRequest);
    await driver.close();
  }
}

/** Each row as it was read, with another number each time: what lags changes. */
async function measureStore(
  folder: string,
  reading: Parameters<Awaited<ReturnType<typeof connectStoreThreads>>['watch']['saveLag']>[1],
): Promise<BenchRow[]> {
  const { watch, close } = await connectStoreThreads({ folder: join(folder, 'store'), readers: 1 });
  try {
    const start = Math.floor(Date.now() / minuteMs) * minuteMs;
    const saves: number[] = [];
    // Three hours of a reading every half minute: some stretches are summed up, and some samples forgotten.
    const count = 360;
    for (let n = 0; n < count; n += 1) {
      const rows = reading.rows.map((each, index) =>
        each.kind === 'group' && index % 5 === n % 5 ? { ...each, lag: (n * 7_919 + index * 104_729) % 50_000 } : each,
      );
      const taken = { at: start + (n * minuteMs) / 2, tookMs: 1 };
      saves.push(await timed(() => watch.saveLag('bench', { rows, notes: [] }, taken)));
    }
    const now = start + (count * minuteMs) / 2;
    const [latest] = await watch.latestLag({ connection: 'bench' });
    const series = latest?.rows.slice(0, 100).map((each) => each.series) ?? [];
    const repeatTimes = async (work: () => Promise<unknown>) => {
      const times: number[] = [];
      for (let n = 0; n < readings; n += 1) times.push(await timed(work));
      return times;
    };
    return [
      row('lag: save a reading (in the writer’s thread)', reading.rows.length, saves, null),
      row(
        'lag: all rows with what they were an hour ago',
        reading.rows.length,
        await repeatTimes(() => watch.latestLag({ compareTo: now - 60 * minuteMs })),
        null,
      ),
      row(
        'lag: the course of 100 rows over an hour',
        100,
        await repeatTimes(() => watch.lagTrend({ series, from: now - 60 * minuteMs, to: now })),
        null,
      ),
    ];
  } finally {
    await close();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function row(name: string, n: number, times: readonly number[], bar: number | null = barMs): BenchRow {
  const p95 = percentile(times, 0.95);
  return {
    name,
    n,
    p50: percentile(times, 0.5),
    p95: times.length === 1 ? null : p95,
    unit: 'ms',
    baseline: bar === null ? null : `bar ${bar} ms`,
    ratio: bar === null ? null : p95 / bar,
  };
}
