import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { CompressionTypes, Kafka, logLevel } from 'kafkajs';
import type { BenchRow } from '#bench/bench-row.ts';
import { systemClock } from '#server/clock.ts';
import { startEngineThread } from '#server/engine.ts';
import { createPayloadReader } from '#server/payload/payload-reader.ts';
import { startLocalKafka } from '#server/local-brokers/kafka.ts';
import { readMessages } from '#server/queries/messages.ts';
import { readOverview } from '#server/queries/overview.ts';
import { connectStoreThreads } from '#server/store/sqlite/remote-store.ts';
import type { Runtime } from '#server/http/runtime.ts';

const topic = 'bench.orders.dlq';
const batch = 1_000;
const barMsP99 = 20;

/**
 * The delay of the main thread's event loop while the engine ingests `count` dead letters from a real Kafka and the main thread answers the console's
 * two most frequent reads ten times a second: once idle as the baseline, once while ingesting.
 */
export async function benchEventLoop(count: number): Promise<readonly BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'redeliver-bench-'));
  const kafka = await startLocalKafka({ folder: join(folder, 'kafka') });
  try {
    const brokers = (kafka.env['KAFKA_BROKERS'] ?? '').split(',');
    await produce(brokers, count);
    return await ingest(join(folder, 'data'), brokers, count);
  } finally {
    await kafka.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function produce(brokers: string[], count: number): Promise<void> {
  const client = new Kafka({ clientId: 'bench', brokers, logLevel: logLevel.NOTHING });
  const admin = client.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 4, replicationFactor: 1 }] });
  await admin.disconnect();
  const producer = client.producer();
  await producer.connect();
  for (let start = 0; start < count; start += batch) {
    const messages = Array.from({ length: Math.min(batch, count - start) }, (_, index) => deadLetter(start + index));
    await producer.send({ topic, messages, compression: CompressionTypes.GZIP });
  }
  await producer.disconnect();
}

function deadLetter(number: number) {
  return {
    key: `o-${number}`,
    value: JSON.stringify({
      id: `e-${number}`,
      type: 'order.completed',
      data: { orderId: `o-${number}`, note: 'x'.repeat(900) },
    }),
    headers: {
      'dlq-original-topic': 'bench.orders',
      'dlq-original-partition': String(number % 4),
      'dlq-original-offset': String(number),
      'dlq-error': `ConnectionRefusedError: connect ECONNREFUSED 10.3.0.${number % 250}:5432 while charging order o-${number}`,
      'dlq-timestamp': String(Date.now() - number),
      'correlation-id': `c-${number}`,
    },
  };
}

async function ingest(dataFolder: string, brokers: string[], count: number): Promise<readonly BenchRow[]> {
  const store = await connectStoreThreads({ folder: dataFolder, readers: 2 });
  const payloads = createPayloadReader({ registries: new Map() });
  const runtime: Runtime = {
    store,
    clock: systemClock,
    payloads,
    sandbox: null,
    version: 'bench',
    engineSeenAt: () => null,
  };
  const indexed = async () => (await readOverview(runtime)).queues.find((queue) => queue.name === topic)?.indexed ?? 0;
  try {
    const idle = await delayWhile(runtime, async (ticks) => ticks >= 50);
    const started = performance.now();
    const engine = startEngineThread(
      {
        dataFolder,
        connections: [{ kind: 'kafka', name: 'kafka', brokers }],
        sync: {
          discoverMs: 30_000,
          pollMs: 1_000,
          scanMs: 60_000,
          browseMessagesMax: 10_000,
          browseBytesMax: 256 * 2 ** 20,
        },
        watchMs: 60_000,
        quarantineAfter: 3,
        lag: { everyMs: 30_000, connections: {} },
      },
      { say: (line) => console.error(line), loopDelays: () => undefined },
    );
    const busy = await delayWhile(runtime, async () => (await indexed()) >= count);
    const seconds = (performance.now() - started) / 1_000;
    await engine.stop();
    return [
      { name: 'event-loop-idle', n: 50, ...idle, unit: 'ms p50/p99', baseline: null, ratio: null },
      {
        name: 'event-loop-ingest',
        n: count,
        ...busy,
        unit: 'ms p50/p99',
        baseline: `at most ${barMsP99} ms p99`,
        ratio: busy.p95 / barMsP99,
      },
      {
        name: 'ingest-kafka',
        n: count,
        p50: count / seconds,
        p95: null,
        unit: 'messages/s',
        baseline: null,
        ratio: null,
      },
    ];
  } finally {
    await payloads.close();
    await store.close();
  }
}

/** Asks what the console asks, ten times a second, until the condition holds; answers the delay's median, and as `p95` its 99th percentile. */
async function delayWhile(
  runtime: Runtime,
  isOver: (ticks: number) => Promise<boolean>,
): Promise<{ p50: number; p95: number }> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  for (let ticks = 0; !(await isOver(ticks)); ticks += 1) {
    await readMessages(runtime, { filter: '', limit: 100, order: 'newest' });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  delay.disable();
  // The histogram holds the timer's own 5 ms.
  const ms = (percentile: number) => Math.max(0, delay.percentile(percentile) / 1e6 - 5);
  return { p50: ms(50), p95: ms(99) };
}
