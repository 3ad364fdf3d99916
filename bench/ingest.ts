import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { BenchRow } from '#bench/bench-row.ts';
import { type BenchConsole, startConsole } from '#bench/console.ts';
import { deleteTopic, produceTopic, readBare } from '#bench/kafka-topic.ts';
import { withKafka } from '#bench/with-kafka.ts';

const barPerSecond = 20_000;
const barOfBare = 0.25;
const barFirstPageMs = 500;
const barDisk = 1.6;
const barRssMb = 700;
const megabyte = 2 ** 20;

/** A topic never seen before through the whole console, next to a bare read of the same topic by kafkajs in the same run. */
export async function benchIngest(count: number): Promise<readonly BenchRow[]> {
  return await withKafka(async ({ folder, brokers }) => {
    // No name that others take for a dead-letter topic: the broker may be shared.
    const name = `bench-ingest-${randomUUID().slice(0, 8)}`;
    const topic = await produceTopic(brokers, { topic: name, count, partitions: 4, now: Date.now() });
    try {
      const bare = await readBare(brokers, topic);
      const dataFolder = join(folder, 'data');
      const console = await startConsole({ folder, dataFolder, brokers, topics: [name] });
      try {
        const { firstPageMs, seconds, cpuSeconds } = await untilIndexed(console, name, count);
        const { rssMaxBytes } = console.usage();
        await console.stop();
        const disk = statSync(join(dataFolder, 'index.db')).size;
        const row = (of: Pick<BenchRow, 'name' | 'p50' | 'unit' | 'baseline' | 'ratio'>): BenchRow => ({
          ...of,
          n: count,
          p95: null,
        });
        const rate = count / seconds;
        return [
          row({
            name: 'ingest-rate',
            p50: rate,
            unit: 'messages/s',
            baseline: `at least ${barPerSecond}`,
            ratio: rate / barPerSecond,
          }),
          row({
            name: 'ingest-beside-kafkajs',
            p50: rate,
            unit: 'messages/s',
            baseline: `kafkajs' ${Math.round(bare.perSecond)}, at least ${barOfBare} of it`,
            ratio: rate / bare.perSecond,
          }),
          row({
            name: 'ingest-cpu',
            p50: (cpuSeconds * 1e6) / count,
            unit: 'CPU µs/message',
            baseline: `kafkajs' ${(1e6 / bare.perCpuSecond).toFixed(1)}`,
            ratio: (cpuSeconds * bare.perCpuSecond) / count,
          }),
          row({
            name: 'ingest-first-page',
            p50: firstPageMs,
            unit: 'ms',
            baseline: `at most ${barFirstPageMs} ms`,
            ratio: firstPageMs / barFirstPageMs,
          }),
          row({
            name: 'ingest-disk',
            p50: disk / count,
            unit: 'bytes/message',
            baseline: `${Math.round(topic.rawBytes / count)} raw, at most ${barDisk} of it`,
            ratio: disk / topic.rawBytes,
          }),
          row({
            name: 'ingest-memory',
            p50: rssMaxBytes / megabyte,
            unit: 'MB, engine and web',
            baseline: `at most ${barRssMb}`,
            ratio: rssMaxBytes / megabyte / barRssMb,
          }),
        ];
      } finally {
        await console.stop();
      }
    } finally {
      await deleteTopic(brokers, name);
    }
  });
}

const queues = z.object({ queues: z.array(z.object({ name: z.string(), indexed: z.number() })) });
const page = z.object({ messages: z.array(z.unknown()) });

/** From the moment at which the queue is in the list, so that somebody can open it. */
async function untilIndexed(
  console: BenchConsole,
  name: string,
  count: number,
): Promise<{ firstPageMs: number; seconds: number; cpuSeconds: number }> {
  const indexed = async () =>
    queues.parse(await console.get('/api/v1/queues')).queues.find((queue) => queue.name === name)?.indexed;
  while ((await indexed()) === undefined) await delay(10);
  const listedAt = performance.now();
  const cpuBefore = console.usage().cpuSeconds;
  const first = `/api/v1/messages?limit=50&filter=${encodeURIComponent(`queue:=bench/${name}`)}`;
  while (page.parse(await console.get(first)).messages.length < Math.min(50, count)) await delay(10);
  const firstPageMs = performance.now() - listedAt;
  while (((await indexed()) ?? 0) < count) await delay(200);
  return {
    firstPageMs,
    seconds: (performance.now() - listedAt) / 1_000,
    cpuSeconds: console.usage().cpuSeconds - cpuBefore,
  };
}
