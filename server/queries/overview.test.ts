import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Runtime } from '#server/http/runtime.ts';
import { createPayloadReader } from '#server/payload/payload-reader.ts';
import { readOverview } from '#server/queries/overview.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';
import { aLetter } from '#server/store/testing/letters.ts';
import { addQueue } from '#server/store/testing/reading.ts';

let store: Store;
let runtime: Runtime;
let close: () => Promise<void>;
let queueId: string;

let now = 10_000;
const failing = (errorClass: string) => ({
  failure: { errorClass, errorMessage: null, stackTrace: null, reason: null, attempts: null },
});

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'redeliver-overview-'));
  store = openSqliteStore({ folder, role: 'writer' });
  const payloads = createPayloadReader({ registries: new Map() });
  runtime = { store, payloads, clock: { now: () => now }, sandbox: null, version: 'test', engineSeenAt: () => null };
  close = async () => {
    await payloads.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  };
  queueId = await addQueue(store, 'orders.dlq');
  const letters = ['KeyError', 'KeyError', 'KeyError', 'TypeError', 'TypeError'].map((errorClass, n) =>
    aLetter(`0:${n}`, { ...failing(errorClass), at: n }),
  );
  await store.index.ingest({ queueId, letters, scan: 's' });
});
afterAll(() => close());

async function counts() {
  const [queue] = (await readOverview(runtime)).queues;
  return { open: queue?.open, stillOpen: queue?.stillOpen };
}

test('what is of a resolved or ignored problem is not still open, until it regresses', async () => {
  expect(await counts()).toEqual({ open: 5, stillOpen: { count: 5, exact: true } });

  const { groups } = await store.index.listGroups({
    filter: { kind: 'and', terms: [] },
    range: { from: null, to: null },
    now,
    triage: [],
    states: ['new', 'ongoing', 'escalating'],
    sort: 'count',
    limit: 10,
  });
  const [most, least] = groups.map((group) => group.fingerprint);
  if (most === undefined || least === undefined) throw new Error('the letters should be two groups');
  await store.ledger.changeGroup(most, { decision: { kind: 'ignored', until: null } }, 'ada', now);
  expect(await counts()).toEqual({ open: 5, stillOpen: { count: 2, exact: true } });
  await store.ledger.changeGroup(least, { decision: { kind: 'resolved', at: now } }, 'ada', now);
  expect(await counts()).toEqual({ open: 5, stillOpen: { count: 0, exact: true } });

  const again = aLetter('0:9', { ...failing('TypeError'), at: now + 5, firstSeenAt: now + 6 });
  await store.index.ingest({ queueId, letters: [again], scan: 's' });
  now += 10;
  expect(await counts()).toEqual({ open: 6, stillOpen: { count: 3, exact: true } });
});
