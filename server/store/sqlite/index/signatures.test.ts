import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Filter } from '#lib/filter/filter.ts';
import { oldSize, youngSize } from '#server/store/sqlite/index/signatures.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import { manyLetters } from '#server/store/testing/letters.ts';
import { addQueue, ids, range, readAll } from '#server/store/testing/reading.ts';

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'redeliver-signatures-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

const key = (value: string): Filter => ({ kind: 'contains', field: 'key', value });

test('a text is found in whatever segment its message stands: old, young or not sealed yet, whoever wrote it', async () => {
  const folder = aFolder();
  const writers = [openSqliteStore({ folder, role: 'writer' }), openSqliteStore({ folder, role: 'writer' })] as const;
  const [store] = writers;
  const queueId = await addQueue(store, 'segments');
  const total = oldSize + 2 * youngSize + 77;
  const letters = manyLetters(total, (n) => ({ keyText: `customer-${n}-end`, correlationId: `c${n}` }), 'segments');
  // Two writers by turns, so that hardly a segment is filled by one alone.
  for (let start = 0, turn = 0; start < total; start += 700, turn += 1)
    await writers[turn % 2 === 0 ? 0 : 1].index.ingest({
      queueId,
      letters: letters.slice(start, start + 700),
      scan: 's',
    });

  for (const n of [
    0,
    1,
    511,
    512,
    699,
    700,
    oldSize - 1,
    oldSize,
    oldSize + youngSize,
    total - 78,
    total - 77,
    total - 1,
  ]) {
    expect(await readAll(store, { filter: key(`-${n}-end`) })).toEqual(ids(letters.slice(n, n + 1)));
    expect(await readAll(store, { filter: { kind: 'equals', field: 'correlation', value: `c${n}` } })).toEqual(
      ids(letters.slice(n, n + 1)),
    );
  }
  expect(await store.index.countMessages({ filter: key('omer-12'), range }, 100_000)).toEqual({
    count: letters.filter(({ letter }) => letter.keyText?.startsWith('customer-12')).length,
    capped: false,
  });
  for (const writer of writers) await writer.close();
});

test('among more candidates than are listed each match is found, in both orders, and what the signatures rule out is not looked at', async () => {
  const store = openSqliteStore({ folder: aFolder(), role: 'writer' });
  const queueId = await addQueue(store, 'many');
  const total = oldSize + 13 * youngSize + 99;
  const isOther = (n: number) => n >= 2_000 && n % 11 === 0;
  const letters = manyLetters(
    total,
    (n) => ({ keyText: isOther(n) ? `other-${n}` : 'customer', at: 1_000 + ((n * 7_919) % total) }),
    'many',
  );
  for (let start = 0; start < total; start += 4_000)
    await store.index.ingest({ queueId, letters: letters.slice(start, start + 4_000), scan: 's' });

  const common = letters.filter((_, n) => !isOther(n)).toSorted((a, b) => b.letter.at - a.letter.at);
  expect(common.length).toBeGreaterThan(20_000);
  const effort = { examinedMax: 1_000_000, timeMsMax: 60_000 };
  const pages = { filter: key('customer'), limit: 1_000, effort };
  expect(await readAll(store, pages)).toEqual(ids(common));
  expect(await readAll(store, { ...pages, order: 'oldest' })).toEqual(ids(common).toReversed());
  // Of those that are left, the one that matches besides is found like the last needle in the stack.
  const last = common.at(-1);
  const filter: Filter = {
    kind: 'and',
    terms: [key('customer'), { kind: 'time', field: 'at', from: null, to: (last?.letter.at ?? 0) + 1 }],
  };
  expect(await readAll(store, { ...pages, filter })).toEqual(last ? ids([last]) : []);
  // With the others among them a page would take a tenth more.
  const page = await store.index.listMessages({
    ...pages,
    effort: { ...effort, examinedMax: 1_040 },
    range,
    cursor: null,
  });
  expect(page.messages).toHaveLength(1_000);
  await store.close();
});

test('a batch that is rolled back in the middle of a segment leaves nothing of its texts', async () => {
  const store = openSqliteStore({ folder: aFolder(), role: 'writer' });
  const queueId = await addQueue(store, 'broken');
  const lost = manyLetters(youngSize + 1, (n) => ({ keyText: 'lost', ...(n === youngSize && { at: 0.5 }) }), 'lost');
  await expect(store.index.ingest({ queueId, letters: lost, scan: 's' })).rejects.toMatchObject({ name: 'AppError' });
  const kept = manyLetters(youngSize * 2, (n) => ({ keyText: `kept-${n}-end` }), 'kept');
  await store.index.ingest({ queueId, letters: kept, scan: 's' });
  expect(await readAll(store, { filter: key('lost') })).toEqual([]);
  expect(await readAll(store, { filter: key('kept-37-end') })).toEqual(ids(kept.slice(37, 38)));
  await store.close();
});

test('hostile texts and values are found as the database keeps them, also where their segment is sealed', async () => {
  const store = openSqliteStore({ folder: aFolder(), role: 'writer' });
  const queueId = await addQueue(store, 'hostile');
  const texts = ['\ud800', 'x\ud800y', 'a\0bc', 'ΟΔΟΣ και', 'İstanbul', '😀😀😀', '\u202eevil\u202c'];
  const letters = manyLetters(
    youngSize,
    (n) => ({ keyText: texts[n] ?? null, keyDigest: texts[n] ?? null }),
    'hostile',
  );
  await store.index.ingest({ queueId, letters, scan: 's' });
  for (const [n, value] of texts.entries()) {
    expect(await readAll(store, { filter: key(value) })).toContain(ids(letters)[n]);
    expect(await readAll(store, { filter: { kind: 'equals', field: 'key', value } })).toEqual([ids(letters)[n]]);
  }
  await store.close();
});
