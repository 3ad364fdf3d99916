import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { connectStoreThreads } from '#server/store/sqlite/remote-store.ts';
import { setAsideOldIndex } from '#server/store/sqlite/set-aside-index.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import { startStoreWorker } from '#server/store/sqlite/store-worker.ts';
import { aLetter } from '#server/store/testing/letters.ts';
import { addQueue } from '#server/store/testing/reading.ts';

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'redeliver-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function aUsedFolder(): Promise<string> {
  const folder = aFolder();
  await openSqliteStore({ folder, role: 'writer' }).close();
  return folder;
}

test.each(['index.db', 'ledger.db', 'watch.db'])(
  'a damaged %s is refused with what to do, and left as it is',
  async (file) => {
    const folder = await aUsedFolder();
    const damaged = Buffer.alloc(20_000, 'not a database');
    writeFileSync(join(folder, file), damaged);
    expect(() => openSqliteStore({ folder, role: 'writer' })).toThrow(
      expect.objectContaining({
        code: 'invalid_configuration',
        message: expect.stringMatching(/damaged.*Nothing was changed.*stop Redeliver/i) as string,
      }),
    );
    expect(readFileSync(join(folder, file)).equals(damaged)).toBe(true);
  },
);

test('a file of a newer version is refused and keeps its layout', async () => {
  const folder = await aUsedFolder();
  const raw = new DatabaseSync(join(folder, 'ledger.db'));
  raw.exec('PRAGMA user_version=99');
  expect(() => openSqliteStore({ folder, role: 'writer' })).toThrow(/newer Redeliver \(layout 99/);
  expect(() => openSqliteStore({ folder, role: 'reader' })).toThrow(/newer Redeliver/);
  expect(raw.prepare('PRAGMA user_version').get()).toEqual({ user_version: 99 });
  raw.close();
});

test('an index of an older layout is set aside at a start and read anew; the ledger and what is not ours stay', async () => {
  const folder = await aUsedFolder();
  expect(setAsideOldIndex(folder)).toBeNull();
  const ledger = statSync(join(folder, 'ledger.db')).ino;
  for (const number of [1, 2]) {
    const raw = new DatabaseSync(join(folder, 'index.db'));
    raw.exec('DROP INDEX groups_class');
    raw.close();
    expect(setAsideOldIndex(folder)).toBe(join(folder, `index.db.old-${number}`));
    const store = openSqliteStore({ folder, role: 'writer' });
    expect(await store.index.listQueues()).toEqual([]);
    await store.close();
    expect(setAsideOldIndex(folder)).toBeNull();
  }
  expect(statSync(join(folder, 'ledger.db')).ino).toBe(ledger);

  writeFileSync(join(folder, 'index.db'), Buffer.alloc(20_000, 'not a database'));
  expect(setAsideOldIndex(folder)).toBeNull();
  rmSync(join(folder, 'index.db'));
  const theirs = new DatabaseSync(join(folder, 'index.db'));
  theirs.exec('CREATE TABLE theirs (a)');
  theirs.close();
  expect(setAsideOldIndex(folder)).toBeNull();
});

test('an index with groups of another version of the rules is set aside; what people decided stays', async () => {
  const folder = aFolder();
  const store = openSqliteStore({ folder, role: 'writer' });
  const queueId = await addQueue(store, 'grouped');
  const letter = aLetter('grouped:1');
  await store.index.ingest({ queueId, letters: [letter], scan: 's' });
  const { fingerprint } = letter.letter;
  await store.ledger.changeGroup(fingerprint, { owner: 'anna', note: 'asked the bank' }, 'anna', 1);
  await store.close();
  expect(setAsideOldIndex(folder)).toBeNull();

  const raw = new DatabaseSync(join(folder, 'index.db'));
  raw.exec('UPDATE groups SET version = 1');
  raw.close();
  expect(setAsideOldIndex(folder)).toBe(join(folder, 'index.db.old-1'));
  const anew = openSqliteStore({ folder, role: 'writer' });
  expect(await anew.index.listQueues()).toEqual([]);
  expect(await anew.ledger.listTriage()).toMatchObject([{ fingerprint, owner: 'anna' }]);
  expect(await anew.ledger.listNotes([fingerprint])).toMatchObject([{ text: 'asked the bank' }]);
  await anew.close();
  expect(setAsideOldIndex(folder)).toBeNull();
});

test("another program's database is refused and nothing is added to it", () => {
  const folder = aFolder();
  const raw = new DatabaseSync(join(folder, 'index.db'));
  raw.exec('CREATE TABLE theirs (a)');
  expect(() => openSqliteStore({ folder, role: 'writer' })).toThrow(/another program/);
  expect(raw.prepare('SELECT count(*) AS n FROM sqlite_schema').get()).toEqual({ n: 1 });
  raw.close();
});

test('a reader without a writer before it says so, and makes no file', () => {
  expect(() => openSqliteStore({ folder: aFolder(), role: 'reader' })).toThrow(
    expect.objectContaining({ code: 'conflict' }),
  );
});

test('a reader cannot write', async () => {
  const folder = await aUsedFolder();
  const reader = openSqliteStore({ folder, role: 'reader' });
  await expect(
    reader.ledger.submitRequest({ kind: 'sync', queueId: 'q', insist: false }, 'ada', 1),
  ).rejects.toMatchObject({ name: 'AppError' });
  await reader.close();
});

test('threads that cannot open the store say why', async () => {
  const folder = await aUsedFolder();
  writeFileSync(join(folder, 'index.db'), Buffer.alloc(20_000, 'not a database'));
  await expect(connectStoreThreads({ folder, readers: 1 })).rejects.toMatchObject({
    name: 'AppError',
    code: 'invalid_configuration',
  });
});

test('a thread that crashes rejects what it had to do, says what stands, and is started again by the next call', async () => {
  const told: string[] = [];
  const worker = await startStoreWorker({ folder: await aUsedFolder(), role: 'writer' }, undefined, () =>
    told.push('ended'),
  );
  const lost = worker.call('waitForChange', [1_000_000, 60_000]);
  const outcome = lost.catch((error: unknown) => (told.push('rejected'), error));
  await worker.crash();
  expect(await outcome).toMatchObject({
    name: 'AppError',
    code: 'interrupted',
    message: expect.stringContaining('What it has written stands'),
  });
  // Whoever cannot go on without the answer ends before anybody acts on the rejection.
  expect(told).toEqual(['ended', 'rejected']);
  expect(await worker.call('index.listQueues', [])).toEqual([]);
  expect(worker.starts).toBe(2);
  await worker.close();
  expect(told).toHaveLength(2);
});
