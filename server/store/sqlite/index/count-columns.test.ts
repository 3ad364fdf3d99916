import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, afterAll, describe, expect, test } from 'vitest';
import type { TimeRange } from '#lib/filter/filter.ts';
import { parse } from '#lib/filter/parse.ts';
import { type Database, openDatabase } from '#server/store/sqlite/database.ts';
import { extentOf, segmentRows } from '#server/store/sqlite/index/columns.ts';
import { countColumns } from '#server/store/sqlite/index/count-columns.ts';
import { countInSpans } from '#server/store/sqlite/index/count-in-spans.ts';
import { countParts } from '#server/store/sqlite/index/count-parts.ts';
import type { Buckets, Counting } from '#server/store/sqlite/index/counting.ts';
import { partsOf } from '#server/store/sqlite/index/counting-of.ts';
import { readColumns } from '#server/store/sqlite/index/read-columns.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';
import { manyLetters, type TestLetter } from '#server/store/testing/letters.ts';
import { addQueue } from '#server/store/testing/reading.ts';

const total = 2 * segmentRows + 777;
const instants = 10_000;
const folder = mkdtempSync(join(tmpdir(), 'redeliver-columns-'));
let store: Store;
let db: Database;
let letters: readonly TestLetter[];
let groups: readonly string[];

beforeAll(async () => {
  store = openSqliteStore({ folder, role: 'writer' });
  db = openDatabase({ file: join(folder, 'index.db'), readOnly: true, synchronous: 'NORMAL' });
  letters = manyLetters(total, (n) => ({
    // In no order, clocks far off among them.
    at: n % 1_000 === 7 ? -5 : n % 1_000 === 8 ? 8e15 : (n * 7_919) % instants,
    failure: {
      errorClass: `E${'abcdefgh'.charAt((n * 31) % 8)}`,
      errorMessage: null,
      stackTrace: null,
      reason: null,
      attempts: null,
    },
  }));
  groups = [...new Set(letters.map(({ group }) => group.id))];
  const queues = [await addQueue(store, 'one'), await addQueue(store, 'two'), await addQueue(store, 'three')];
  for (let start = 0; start < total; start += 500)
    await store.index.ingest({
      queueId: queues[(start / 500) % 3] ?? '',
      letters: letters.slice(start, start + 500),
      scan: 's',
    });
}, 60_000);

afterAll(async () => {
  db.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

const ranges: readonly TimeRange[] = [
  { from: null, to: null },
  { from: 0, to: instants },
  { from: 1_234, to: null },
  { from: null, to: 8_765 },
  { from: 3_000, to: 3_001 },
];
const buckets: readonly Buckets[] = [
  { from: 0, to: instants, widthMs: 400, count: 25 },
  { from: 1_000, to: 7_777, widthMs: 339, count: 20 },
  { from: -10, to: 5, widthMs: 15, count: 1 },
];

const spans = [
  { from: 9_000, to: 9_900 },
  { from: 100, to: 9_000 },
];

function filters(): readonly string[] {
  const [first = '', second = ''] = groups;
  return [
    '',
    'queue:one',
    '-queue:two',
    'state:new',
    '-state:gone',
    `group:${first}`,
    `-group:${first},${second} queue:three`,
    `group:${first} OR (group:${second} state:replayed) OR queue:two`,
    `state:replayed queue:one`,
  ];
}

/** Everything that can be asked, in an order of its own. */
function told(counting: Counting) {
  const numbers = [...counting.byGroup.keys()].toSorted((a, b) => a - b);
  const queues = counting.byQueue(numbers);
  return {
    byGroup: [...counting.byGroup].toSorted(([a], [b]) => a - b),
    byCell: cellsOf(counting),
    byQueue: numbers.map((group) => [...(queues?.get(group) ?? [])].toSorted(([a], [b]) => a - b)),
    inBuckets: buckets.map((some) => {
      const counts = counting.inBuckets(numbers, some);
      return numbers.map((group) => counts.get(group) ?? Array.from({ length: some.count }, () => 0));
    }),
    all: buckets.map((some) => counting.allInBuckets(some)),
    ends: [counting.instantAt(0, 'oldest'), counting.instantAt(3, 'newest')],
  };
}

/** A cell may be told in pieces. */
function cellsOf(counting: Counting): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { queue, state, n } of counting.byCell())
    if (n > 0) sums[`${queue} ${state}`] = (sums[`${queue} ${state}`] ?? 0) + n;
  return sums;
}

function expectTheSame(): void {
  for (const text of filters()) {
    const parsed = parse(text, { now: 0 });
    if ('error' in parsed) throw new Error(parsed.error.message);
    for (const range of ranges) {
      db.snapshot(() => {
        const parts = partsOf(db, parsed.filter);
        if (!parts) throw new Error(`${text} looks at single messages`);
        expect(told(countColumns(db, parts, range, 1)), text).toEqual(told(countParts(db, parts, range)));
      });
    }
  }
  db.snapshot(() => {
    const [first = { from: 0, to: 0 }, second = { from: 0, to: 0 }] = spans;
    const counted = countInSpans(db, spans, 1);
    // Without columns the indexes are asked.
    if (!counted) return;
    const numbers = db.prepare('SELECT id FROM groups').all();
    for (const { id } of numbers)
      for (const [place, { from, to }] of [first, second].entries())
        expect({ n: counted?.[place]?.(Number(id)) ?? 0 }).toEqual(
          db
            .prepare('SELECT count(*) AS n FROM messages WHERE grp = ? AND at >= ? AND at < ?')
            .get(Number(id), from, to),
        );
  });
}

describe('what columns count', () => {
  test('is what the indexes count, of full segments and of the youngest messages', () => {
    expect(extentOf(db)).toEqual({ next: 2, full: 2, highest: total });
    expect(db.snapshot(() => readColumns(db, { from: null, to: null }))).not.toBeNull();
    expect(db.snapshot(() => countInSpans(db, spans, 1))).toHaveLength(2);
    expectTheSame();
  }, 60_000);

  test('is the same after states and groups have changed, before the segments are written again and afterwards', async () => {
    const idOf = (n: number) => letters[n]?.letter.id ?? '';
    const change = (n: number, state: 'replayed' | 'gone') => ({ messageId: idOf(n), state, at: 5, replayId: null });
    await store.index.setStates([3, 700, 4_200, 8_900].map((n) => change(n, 'replayed')));
    expectTheSame();
    await store.index.setStates([4, 4_201].map((n) => change(n, 'gone')));
    await store.index.regroup([{ fingerprint: groups[1] ?? '', by: 'queue' }], 1_000);
    expectTheSame();
    // What is noted as changed is not believed.
    const other = openDatabase({ file: join(folder, 'index.db'), readOnly: false, synchronous: 'NORMAL' });
    other.exec('UPDATE columns SET grp = zeroblob(length(grp)); INSERT INTO stale_columns VALUES (0), (1)');
    other.close();
    expect(db.prepare('SELECT count(*) AS n FROM stale_columns').get()).toEqual({ n: 2 });
    expectTheSame();
    await store.index.saveQueueStatus('kafka/one', {});
    expect(db.prepare('SELECT count(*) AS n FROM stale_columns').get()).toEqual({ n: 0 });
    expectTheSame();
  }, 60_000);

  test('is left to the indexes where the columns are not there', async () => {
    const other = openDatabase({ file: join(folder, 'index.db'), readOnly: false, synchronous: 'NORMAL' });
    other.exec("DELETE FROM columns; INSERT INTO stale_columns SELECT value FROM json_each('[1,2,3,4,5]')");
    expect(db.snapshot(() => readColumns(db, { from: null, to: null }))).toBeNull();
    expectTheSame();
    other.exec('DELETE FROM stale_columns');
    other.close();
    // What an older file lacks is written by what comes next.
    await store.index.saveQueueStatus('kafka/one', {});
    expect(extentOf(db).next).toBe(2);
    expectTheSame();
  }, 60_000);
});
