import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { groupStates } from '#lib/domain/error-group.ts';
import { facetFields } from '#lib/api/timeline.ts';
import type { BenchRow } from '#bench/bench-row.ts';
import { benchQueues, createLetterStream, type LetterStream } from '#bench/letters.ts';
import { parse } from '#lib/filter/parse.ts';
import { encodeContent } from '#server/store/content.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { MessageQuery, Store } from '#server/store/store.ts';

const batchSize = 1_000;
const bareRowsMax = 50_000;
const now = Date.UTC(2026, 0, 31);

/**
 * The index alone, in this thread: how fast it takes dead letters in, what they take on disk, and what its queries cost. All times are CPU times,
 * which stay nearly true on a machine that is shared; the baseline of ingest is SQLite writing the same bytes into a bare table in the same run.
 */
export async function benchStore(rows: number): Promise<readonly BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'redeliver-bench-'));
  const store = openSqliteStore({ folder, role: 'writer' });
  try {
    const bare = fillBare(join(folder, 'bare.db'), Math.min(rows, bareRowsMax));
    const filled = await fillStore(store, rows, now);
    const queries: BenchRow[] = [];
    for (const query of questions(store)) queries.push(await measure(query, rows));
    await store.close();
    const diskBytes = statSync(join(folder, 'index.db')).size;
    return [
      {
        name: 'store-ingest',
        n: rows,
        p50: percentile(filled.rates, 0.5),
        // Of a rate the slow end is the low one.
        p95: percentile(filled.rates, 0.05),
        unit: 'rows/CPU s',
        baseline: `a bare table's ${Math.round(percentile(bare, 0.5))}`,
        ratio: percentile(filled.rates, 0.5) / percentile(bare, 0.5),
      },
      {
        name: 'store-disk',
        n: rows,
        p50: diskBytes / rows,
        p95: null,
        unit: 'bytes/row',
        baseline: `${Math.round(filled.rawBytes / rows)} raw`,
        ratio: diskBytes / filled.rawBytes,
      },
      ...queries,
    ];
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Answers how many rows a CPU second each batch was taken in with. */
export async function fillStore(
  store: Store,
  rows: number,
  until: number,
): Promise<{ rates: number[]; rawBytes: number }> {
  const capabilities = { browse: 'log', remove: false, order: 'partition', costs: [], description: 'bench' } as const;
  const queues = Array.from({ length: benchQueues }, (_, queue) => `queue-${queue}`).map(
    (name) => ({ name, kind: 'kafka', foundBy: 'pattern', origins: [], capabilities }) as const,
  );
  await store.index.saveQueues('bench', queues);
  const stream = createLetterStream({ now: until });
  const rates: number[] = [];
  let rawBytes = 0;
  for (const size of batchSizes(rows)) {
    const { queue, letters } = stream.nextBatch(size);
    for (const { letter } of letters) rawBytes += letter.sizeBytes;
    const ms = await cpuMs(() =>
      store.index.ingest({ queueId: `bench/queue-${queue}`, letters, cursor: 'c', scan: 's' }),
    );
    rates.push((size * 1_000) / ms);
  }
  return { rates, rawBytes };
}

/** Rows a CPU second of each batch. */
function fillBare(file: string, rows: number): number[] {
  const stream: LetterStream = createLetterStream({ now });
  const db = new DatabaseSync(file);
  db.exec(
    'PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; CREATE TABLE bare (id INTEGER PRIMARY KEY, at INTEGER, content BLOB)',
  );
  const insert = db.prepare('INSERT INTO bare (at, content) VALUES (?, ?)');
  const rates = batchSizes(rows).map((size) => {
    const contents = stream
      .nextBatch(size)
      .letters.map(({ letter, raw }) => [letter.at, encodeContent(raw).slice()] as const);
    const before = process.cpuUsage();
    db.exec('BEGIN');
    for (const content of contents) insert.run(...content);
    db.exec('COMMIT');
    return (size * 1_000) / cpuMsSince(before);
  });
  db.close();
  return rates;
}

function batchSizes(rows: number): number[] {
  return Array.from({ length: Math.ceil(rows / batchSize) }, (_, batch) =>
    Math.min(batchSize, rows - batch * batchSize),
  );
}

interface Question {
  readonly name: string;
  readonly barMs: number | null;
  ask(): Promise<unknown>;
}

/** The bars are issue 4's, which hold for the whole way over HTTP. */
function questions(store: Store): Question[] {
  const open = { from: null, to: null };
  const week = { from: now - 7 * 86_400_000, to: null };
  const filterOf = (text: string): MessageQuery['filter'] => {
    const result = parse(text, { now });
    if ('error' in result) throw new Error(result.error.message);
    return result.filter;
  };
  const list = (text: string, barMs: number | null, range: MessageQuery['range'] = open): Question => {
    const query: MessageQuery = { filter: filterOf(text), range, cursor: null, limit: 50 };
    return { name: `list ${text || 'newest'}`, barMs, ask: () => store.index.listMessages(query) };
  };
  const count = (text: string, cap: number): Question => ({
    name: `count to ${cap} ${text}`,
    barMs: 60,
    ask: () => store.index.countMessages({ filter: filterOf(text), range: open }, cap),
  });
  const groups = (text: string, range: MessageQuery['range'], name: string): Question => ({
    name: `groups ${name} ${text}`,
    barMs: 60,
    ask: () =>
      store.index.listGroups({
        filter: filterOf(text),
        range,
        now,
        triage: [],
        states: groupStates,
        sort: 'count',
        limit: 100,
      }),
  });
  const timeline = (text: string, range: MessageQuery['range']): Question => ({
    name: `timeline 60 × 50 ${range === week ? 'week' : 'ever'} ${text}`,
    barMs: 50,
    ask: () => store.index.readTimeline({ filter: filterOf(text), range, now, triage: [], buckets: 60, groups: 50 }),
  });
  return [
    list('', 25),
    list('queue:queue-0', 25),
    list('queue:queue-29', 25),
    list('error:timeout', 50),
    list('queue:queue-29 error:timeout', 50, week),
    list('error:"order 1234567"', 60),
    list('coupon-99123', 60),
    list('zzzzqqq', 60),
    // Shorter than a run of three: every message is looked at.
    list('zq', null),
    list('type:=order.coupon', 25),
    list('key:=customer-40000', 25),
    list('correlation:none', 25),
    list('-error:timeout queue:queue-3', 50),
    list('error:coupon OR key:customer-4999', 60),
    count('', 10_000_000),
    count('error:timeout', 10_000),
    count('coupon-99123', 10_000),
    groups('', week, 'week'),
    groups('queue:queue-0', week, 'week'),
    groups('', open, 'ever'),
    groups('error:timeout', week, 'week'),
    {
      name: 'what changed',
      barMs: 60,
      ask: () =>
        store.index.listGroups({
          filter: filterOf(''),
          range: open,
          now,
          triage: [],
          states: ['new', 'escalating', 'regressed'],
          sort: 'last',
          limit: 20,
        }),
    },
    timeline('', week),
    timeline('queue:queue-0', week),
    timeline('', open),
    timeline('error:timeout', week),
    {
      name: 'facets week',
      barMs: null,
      ask: () => store.index.readFacets({ filter: filterOf(''), range: week, fields: facetFields, limit: 10 }),
    },
    { name: 'summarise queues', barMs: null, ask: () => store.index.summariseQueues(now) },
  ];
}

async function measure({ name, barMs, ask }: Question, rows: number): Promise<BenchRow> {
  const samples: number[] = [];
  const until = performance.now() + 1_500;
  await ask();
  while (samples.length < 20 && (samples.length < 2 || performance.now() < until)) samples.push(await cpuMs(ask));
  const p95 = percentile(samples, 0.95);
  return {
    name: `store-${name.trim()}`,
    n: rows,
    p50: percentile(samples, 0.5),
    p95,
    unit: 'CPU ms',
    baseline: barMs === null ? null : `at most ${barMs} ms`,
    ratio: barMs === null ? null : p95 / barMs,
  };
}

async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  return cpuMsSince(before);
}

function cpuMsSince(before: NodeJS.CpuUsage): number {
  const used = process.cpuUsage(before);
  return Math.max(0.001, (used.user + used.system) / 1_000);
}

export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
