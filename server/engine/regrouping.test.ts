import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRegrouping } from '#server/engine/regrouping.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';
import { lettersOf } from '#server/store/testing/group-clauses.ts';
import { aLetter, type TestLetter } from '#server/store/testing/letters.ts';
import { addQueue, ids } from '#server/store/testing/reading.ts';

let folder: string;
let store: Store;
let now = 1_000;
const clock = { now: () => now };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'redeliver-regrouping-'));
  store = openSqliteStore({ folder, role: 'writer' });
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

it('a split and its undoing reach every letter, also one that was understood before and written after', async () => {
  const queueId = await addQueue(store, 'orders');
  const letters = lettersOf('Split', 3, (n) => ({ eventType: `type ${n}` }));
  const whole = letters[0]?.letter.fingerprint ?? '';
  const late = lettersOf('Split', 1, () => ({ eventType: 'late' }), 'late');
  await store.index.ingest({ queueId, letters, scan: 's' });
  const regrouping = createRegrouping(store, clock);
  const fingerprints = async () =>
    new Set((await store.index.getMessages(ids([...letters, ...late]))).map((letter) => letter.fingerprint));

  await regrouping.look();
  expect(await fingerprints()).toEqual(new Set([whole]));
  await store.ledger.changeGroup(whole, { splitBy: 'type' }, 'ada', now);
  await regrouping.look();
  expect((await fingerprints()).size).toBe(3);
  await regrouping.look();
  now += 5_000;
  await store.index.ingest({ queueId, letters: late, scan: 's' });
  await regrouping.look();
  expect((await fingerprints()).size).toBe(4);
  expect([...(await fingerprints())]).not.toContain(whole);
  await store.ledger.changeGroup(whole, { splitBy: null }, 'ada', now);
  for (let part = 0; part < 4; part += 1) await regrouping.look();
  expect(await fingerprints()).toEqual(new Set([whole]));
});

it('a letter that only the index counts in a split group is split, too, however late it comes', async () => {
  const queueId = await addQueue(store, 'orders');
  const word = (n: number) =>
    `${n}`
      .split('')
      .map((digit) => 'abcdefghij'.charAt(Number(digit)))
      .join('');
  const letterOf = (n: number) =>
    aLetter(`own:${n}`, {
      eventType: `type ${n % 2}`,
      failure: { errorClass: 'Many', errorMessage: `wrong ${word(n)}`, stackTrace: null, reason: null, attempts: null },
    });
  const ingest = async (letters: readonly TestLetter[]) => store.index.ingest({ queueId, letters, scan: 's' });
  const fingerprintsOf = async (letters: readonly TestLetter[]) =>
    (await store.index.getMessages(ids(letters))).map((letter) => letter.fingerprint);
  await ingest(Array.from({ length: 500 }, (_, n) => letterOf(n)));
  const beyond = [letterOf(500), letterOf(501)];
  await ingest(beyond);
  const [further = '', same] = await fingerprintsOf(beyond);
  expect(further).toBe(same);

  const regrouping = createRegrouping(store, clock);
  await store.ledger.changeGroup(further, { splitBy: 'type' }, 'ada', now);
  for (let look = 0; look < 3; look += 1) await regrouping.look();
  expect(new Set(await fingerprintsOf(beyond)).size).toBe(2);
  now += 3_600_000;
  await regrouping.look();
  const late = letterOf(502);
  await ingest([late]);
  now += 5_000;
  await regrouping.look();
  expect(await fingerprintsOf([late])).toEqual((await fingerprintsOf(beyond)).slice(0, 1));
});
