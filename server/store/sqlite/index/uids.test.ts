import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '#server/store/sqlite/database.ts';
import { hashText } from '#server/store/sqlite/index/hash.ts';
import { addUid, numbersOf, placesOf } from '#server/store/sqlite/index/uids.ts';
import { migrate } from '#server/store/sqlite/migrate.ts';
import { index001 } from '#server/store/sqlite/migrations/index-001.ts';

test('a message is found by its id before and after the ids are merged, and nothing else is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'redeliver-uids-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const db = openDatabase({ file: join(folder, 'index.db'), readOnly: false, synchronous: 'NORMAL' });
  migrate(db, [index001]);
  const insert = db.prepare(
    "INSERT INTO messages (id, uid, queue, grp, at, state, state_at, scan, lane, preview, alike, rest) VALUES (?, ?, 1, 1, 1, 0, 1, 1, '', '', 1, '[]')",
  );
  const numbers = [65_534, 65_535, 65_536, 65_537, 131_071, 131_072, 131_073];
  const seen: string[] = [];
  for (const number of numbers) {
    insert.run(number, `uid ${number}`);
    addUid(db, hashText(`uid ${number}`), number);
    seen.push(`uid ${number}`);
    expect(numbersOf(db, [...seen, 'uid 1'])).toEqual(new Map(seen.map((uid) => [uid, Number(uid.slice(4))])));
    const places = placesOf(db, [...seen, 'uid 1']).toSorted((one, other) => one[1] - other[1]);
    expect(places).toEqual(seen.map((uid) => [uid, Number(uid.slice(4)), 1, 1, 0]));
  }
  expect(db.prepare('SELECT count(*) AS n FROM young_uids').get()).toEqual({ n: 1 });
  // As another id with the same hash would stand there.
  db.prepare('INSERT INTO young_uids (hash, id) VALUES (?, ?)').run(hashText('uid 65534'), 131_073);
  expect(placesOf(db, ['uid 65534'])).toEqual([['uid 65534', 65_534, 1, 1, 0]]);
  db.close();
});
