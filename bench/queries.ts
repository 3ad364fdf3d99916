import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { BenchRow } from '#bench/bench-row.ts';
import { type BenchConsole, startConsole } from '#bench/console.ts';
import { deleteTopic, produceTopic } from '#bench/kafka-topic.ts';
import { fillStore } from '#bench/store.ts';
import { withKafka } from '#bench/with-kafka.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';

const week = 7 * 86_400_000;
const rounds = 60;
const roundsMs = 6_000;
/** Enough to be read for longer than all questions take. */
const leastBeside = 500_000;

interface Question {
  readonly name: string;
  readonly path: string;
  readonly barMs: number;
}

/**
 * Issue 4's questions over HTTP, through the production build's routes: on `count` dead letters in 30 queues, first while nothing else happens, then while
 * as many as a fifth of them, at least 500,000, are read from a real Kafka.
 */
export async function benchQueries(count: number): Promise<readonly BenchRow[]> {
  return await withKafka(async ({ folder, brokers }) => {
    const now = Date.now();
    const dataFolder = join(folder, 'data');
    const store = openSqliteStore({ folder: dataFolder, role: 'writer' });
    await fillStore(store, count, now);
    await store.close();
    const name = `bench-queries-${randomUUID().slice(0, 8)}`;
    const rows: BenchRow[] = [];

    const quiet = await startConsole({ folder, dataFolder, brokers, topics: [name] });
    try {
      for (const question of await questions(quiet, now)) rows.push(await measure(quiet, question, count, 'quiet'));
    } finally {
      await quiet.stop();
    }

    await produceTopic(brokers, {
      topic: name,
      count: Math.max(leastBeside, Math.ceil(count / 5)),
      partitions: 4,
      now,
    });
    try {
      const busy = await startConsole({ folder, dataFolder, brokers, topics: [name] });
      try {
        await untilReading(busy, name);
        for (const question of await questions(busy, now)) {
          const row = await measure(busy, question, count, 'ingest');
          // What was measured after the topic's end was not measured beside it.
          rows.push((await isReading(busy, name)) ? row : notMeasured(row));
        }
      } finally {
        await busy.stop();
      }
    } finally {
      await deleteTopic(brokers, name);
    }
    return rows;
  });
}

async function questions(console: BenchConsole, now: number): Promise<readonly Question[]> {
  const messages = (filter: string, more: Readonly<Record<string, string | number>> = {}) =>
    pathOf('messages', { filter, limit: 50, ...more });
  const { fingerprint, errorClass } = await commonGroup(console);
  return [
    { name: 'newest page', path: messages(''), barMs: 25 },
    { name: 'page 1,000 deep', path: messages('', { cursor: await cursorAt(console, 1_000) }), barMs: 25 },
    {
      name: 'text, group and time',
      path: messages(`group:${fingerprint} timeout`, { from: now - week }),
      barMs: 50,
    },
    { name: 'groups over 7 days', path: pathOf('groups', { from: now - week }), barMs: 60 },
    { name: 'timeline 60 × 50', path: pathOf('timeline', { from: now - week, buckets: 60, groups: 50 }), barMs: 50 },
    { name: 'header equals', path: messages(`header.dlq-error-class:=${errorClass}`), barMs: 25 },
    { name: 'rare substring', path: messages('coupon-99123'), barMs: 60 },
    { name: 'count of a common text', path: messages('error:timeout', { limit: 1 }), barMs: 60 },
  ];
}

function pathOf(route: string, query: Readonly<Record<string, string | number>>): string {
  const text = Object.entries(query).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  return `/api/v1/${route}?${text.join('&')}`;
}

const page = z.object({ nextCursor: z.string().nullable() });
const group = z.object({ fingerprint: z.string(), errorClass: z.string() });
const groups = z.object({ groups: z.array(group) });
const queues = z.object({ queues: z.array(z.object({ name: z.string(), reader: z.object({ kind: z.string() }) })) });

/** Where the list stands after so many pages of 50. */
async function cursorAt(console: BenchConsole, pages: number): Promise<string> {
  let cursor = '';
  for (let read = 0; read < pages * 50; read += 1_000) {
    const { nextCursor } = page.parse(
      await console.get(pathOf('messages', { limit: 1_000, ...(cursor !== '' && { cursor }) })),
    );
    if (nextCursor === null) break;
    cursor = nextCursor;
  }
  return cursor;
}

/** The one with the most dead letters: what is asked of it has answers to be found. */
async function commonGroup(console: BenchConsole): Promise<z.infer<typeof group>> {
  const [found] = groups.parse(await console.get(pathOf('groups', { limit: 1 }))).groups;
  if (!found) throw new Error('The console has no groups: nothing was written to its store.');
  return found;
}

async function readerOf(console: BenchConsole, name: string): Promise<string | undefined> {
  const found = queues.parse(await console.get('/api/v1/queues'));
  return found.queues.find((queue) => queue.name === name)?.reader.kind;
}

async function untilReading(console: BenchConsole, name: string): Promise<void> {
  while (!(await isReading(console, name))) await delay(50);
}

async function isReading(console: BenchConsole, name: string): Promise<boolean> {
  return (await readerOf(console, name)) === 'syncing';
}

function notMeasured(row: BenchRow): BenchRow {
  return { ...row, name: `${row.name}, not measured: all was read`, p50: null, p95: null, ratio: null };
}

async function measure(
  console: BenchConsole,
  { name, path, barMs }: Question,
  n: number,
  while_: 'quiet' | 'ingest',
): Promise<BenchRow> {
  await console.get(path);
  const samples: number[] = [];
  const until = performance.now() + roundsMs;
  while (samples.length < rounds && (samples.length < 3 || performance.now() < until)) {
    const before = performance.now();
    await console.get(path);
    samples.push(performance.now() - before);
  }
  samples.sort((a, b) => a - b);
  const at = (part: number) => samples[Math.min(samples.length - 1, Math.floor(samples.length * part))] ?? 0;
  return {
    name: `http-${while_} ${name}`,
    n,
    p50: at(0.5),
    p95: at(0.95),
    unit: 'ms',
    baseline: `at most ${barMs} ms`,
    ratio: at(0.95) / barMs,
  };
}
