import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLetterStream, benchQueues } from '#bench/letters.ts';
import type { Filter } from '#lib/filter/filter.ts';
import { parse } from '#lib/filter/parse.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { IngestBatch } from '#server/store/store.ts';

/** `node bench/store.ts [rows]`: fills an index and prints what its queries cost, in milliseconds of this thread. */
const rows = Number(process.argv[2] ?? 200_000);
const now = Date.now();
const folder = mkdtempSync(join(tmpdir(), 'redeliver-bench-'));
const store = openSqliteStore({ folder, role: 'writer' });

try {
  await fill();
  for (const file of ['index.db', 'index.db-wal'])
    console.log(`${file} ${(statSync(join(folder, file)).size / 2 ** 20).toFixed(0)} MB`);
  await measureQueries();
} finally {
  await store.close();
  rmSync(folder, { recursive: true });
}

async function fill(): Promise<void> {
  const capabilities = { browse: 'log', remove: false, order: 'partition', costs: [], description: 'bench' } as const;
  const names = Array.from({ length: benchQueues }, (_, queue) => `queue-${queue}`);
  await store.index.saveQueues(
    'bench',
    names.map((name) => ({ name, kind: 'kafka', foundBy: 'pattern', origins: [], capabilities })),
  );
  const stream = createLetterStream({ now });
  const batches = new Map<number, IngestBatch['letters'][number][]>();
  let cpuMs = 0;
  const write = async (queue: number, letters: IngestBatch['letters']) => {
    const before = process.cpuUsage();
    await store.index.ingest({ queueId: `bench/queue-${queue}`, letters, cursor: 'c', scan: 's' });
    const used = process.cpuUsage(before);
    cpuMs += (used.user + used.system) / 1_000;
  };
  const started = performance.now();
  for (let row = 0; row < rows; row++) {
    const { queue, letter, raw } = stream.next();
    const batch = batches.get(queue) ?? [];
    batch.push({ letter, raw });
    batches.set(queue, batch);
    if (batch.length < 1_000) continue;
    await write(queue, batch);
    batches.delete(queue);
  }
  for (const [queue, batch] of batches) await write(queue, batch);
  const wallMs = performance.now() - started;
  console.log(
    `ingest ${rows} rows: ${Math.round(rows / (cpuMs / 1_000))} rows a CPU second, ${(wallMs / 1_000).toFixed(1)} s in all`,
  );
}

async function measureQueries(): Promise<void> {
  const open = { from: null, to: null };
  const week = { from: now - 7 * 86_400_000, to: null };
  const filterOf = (text: string): Filter => {
    const result = parse(text, { now });
    if ('error' in result) throw new Error(result.error.message);
    return result.filter;
  };
  const texts = [
    '',
    'queue:queue-0',
    'queue:queue-29',
    'state:new',
    'state:failed',
    'error:timeout',
    'error:"order 1234"',
    'error:zzzzqqq',
    'queue:queue-29 error:timeout',
    'refused',
    'coupon-99',
    'zzzzqqq',
    'zq',
    'type:=order.coupon',
    'key:=customer-40000',
    '-error:timeout queue:queue-3',
    'error:coupon OR key:customer-4999',
  ];
  for (const text of texts) {
    const filter = filterOf(text);
    const page = { filter, cursor: null, limit: 50 };
    await measure(`list 50      ${text}`, () => store.index.listMessages({ ...page, range: open }));
    await measure(`count 10,000 ${text}`, () => store.index.countMessages({ filter, range: open }, 10_000));
    await measure(`errors, week ${text}`, () => store.index.listErrors({ filter, range: week }, 50));
  }
  await measure('errors, all time', () => store.index.listErrors({ filter: { kind: 'all' }, range: open }, 50));
  await measure('count all, no cap', () =>
    store.index.countMessages({ filter: { kind: 'all' }, range: open }, 10_000_000),
  );
  await measure('summarise queues', () => store.index.summariseQueues(now));
}

/** CPU time beside the time on the clock: what remains true on a busy machine. */
async function measure(name: string, run: () => Promise<unknown>): Promise<void> {
  const samples: { wallMs: number; cpuMs: number }[] = [];
  const until = performance.now() + 1_500;
  while (samples.length < 15 && (samples.length < 3 || performance.now() < until)) {
    const cpu = process.cpuUsage();
    const started = performance.now();
    await run();
    const used = process.cpuUsage(cpu);
    samples.push({ wallMs: performance.now() - started, cpuMs: (used.user + used.system) / 1_000 });
  }
  const median = (values: readonly number[]) =>
    (values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0).toFixed(1);
  const warm = samples.slice(1);
  console.log(
    `${name.padEnd(60)} first ${(samples[0]?.wallMs ?? 0).toFixed(1)}  p50 ${median(warm.map((sample) => sample.wallMs))} ms, CPU ${median(warm.map((sample) => sample.cpuMs))} ms`,
  );
}
