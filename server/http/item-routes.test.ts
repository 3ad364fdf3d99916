import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { POST as decide } from '#app/api/v1/replays/[replayId]/decisions/route.ts';
import { GET as exportItems } from '#app/api/v1/replays/[replayId]/items/export/route.ts';
import { GET as readItems } from '#app/api/v1/replays/[replayId]/items/route.ts';
import { problem } from '#lib/api/common.ts';
import { decisionsResponse, itemOutcomes, itemsResponse, replayItem } from '#lib/api/replays.ts';
import { createMasking } from '#lib/masking/masking.ts';
import { provideRuntime } from '#server/http/runtime.ts';
import { createPayloadReader, type PayloadReader } from '#server/payload/payload-reader.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import { aLetter } from '#server/store/testing/letters.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';
import { addQueue } from '#server/store/testing/reading.ts';
import type { Store } from '#server/store/store.ts';

/** What is asked of a replay's messages over HTTP, on a real store. */

const now = Date.UTC(2026, 10, 22, 3, 41);
const many = 2_500;
const formula = '=HYPERLINK("http://evil.example")';

let store: Store;
let payloads: PayloadReader;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redeliver-items-'));
  store = openSqliteStore({ folder, role: 'writer' });
  payloads = createPayloadReader({ registries: new Map() });
  provideRuntime({
    store,
    clock: { now: () => now },
    payloads,
    masking: createMasking({
      fields: [],
      headers: [],
      patterns: [{ name: 'secret', expression: 'secret-\\d+' }],
      keys: false,
    }),
    sandbox: null,
    version: 'test',
    engineSeenAt: () => now,
  });
  const queueId = await addQueue(store, 'orders.dlq');
  const failure = { errorClass: 'StockError', errorMessage: 'secret-12 is empty', stackTrace: null, reason: null };
  const known = aLetter('0:2000', { id: 'message-2000', keyText: '=o-7', failure: { ...failure, attempts: null } });
  await store.index.ingest({ queueId, letters: [known], scan: 's' });
  await writePlan(store.ledger, aReplay('big', many));
  await store.ledger.confirmReplay('big', 'hash of big', 'ada', now);
  await store.ledger.setReplayState('big', { state: 'sending', at: now });
  const ids = Array.from({ length: many }, (_, n) => `big-${n}`);
  await store.ledger.intend(
    ids.map((itemId) => ({ itemId, watermark: null })),
    now,
  );
  const reason = { code: 'rejected', message: formula } as const;
  await store.ledger.recordItems(
    ids.map((itemId, n) => {
      if (n < 2_000) return { itemId, state: 'settled' as const };
      return n < 2_010 ? { itemId, state: 'failed' as const, reason } : { itemId, state: 'unknown' as const };
    }),
    now,
  );
  await store.ledger.recordReturns([
    { replayId: 'big', itemId: 'big-0', messageId: 'm', at: now, sameError: null, by: 'event-id', countSaid: 0 },
  ]);
});

afterAll(async () => {
  await payloads.close();
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

const params = { params: Promise.resolve({ replayId: 'big' }) };
const url = (path: string) => new Request(`http://127.0.0.1:3000/api/v1/replays/big/${path}`);

function decided(body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return decide(new Request(url('decisions'), { method: 'POST', body: JSON.stringify(body), headers }), params);
}

async function countOf(outcome: string): Promise<number> {
  let count = 0;
  for (let cursor: string | null = ''; cursor !== null;) {
    const answer = await readItems(url(`items?outcome=${outcome}&limit=1000${cursor && `&cursor=${cursor}`}`), params);
    const page = itemsResponse.parse(await answer.json());
    count += page.items.length;
    cursor = page.nextCursor;
  }
  return count;
}

describe('the items of a replay', () => {
  it('are listed by what became of them, in pages, each in one list', async () => {
    const counts = await Promise.all(itemOutcomes.map(async (outcome) => [outcome, await countOf(outcome)] as const));
    expect(Object.fromEntries(counts)).toEqual({
      'not-seen': 1_999,
      returned: 1,
      unknown: 490,
      failed: 10,
      'not-sent': 0,
      'to-go': 0,
    });
  });

  it('are exported whole or by outcome, and what they say is no formula', async () => {
    const lines = (await (await exportItems(url('items/export'), params)).text()).trimEnd().split('\n');
    expect(lines).toHaveLength(many);
    expect(replayItem.parse(JSON.parse(lines[0] ?? ''))).toMatchObject({
      ordinal: 0,
      returned: { by: 'event-id', sameError: null },
    });
    const answer = await exportItems(url('items/export?format=csv&outcome=failed'), params);
    expect(answer.headers.get('content-disposition')).toMatch(/filename="replay-\d+-.*\.csv"/);
    const rows = parse<Record<string, string>>(await answer.text(), { columns: true });
    expect(rows).toHaveLength(10);
    expect(rows[0]?.['reason']).toBe(`'${formula}`);
    expect(rows[0]).toMatchObject({ key: `'=o-7`, error_class: 'StockError', error_message: '••• is empty' });
    expect(rows[1]).toMatchObject({ queue: 'kafka/orders.dlq', key: '', error_class: '', error_message: '' });
    const [done] = await store.ledger.listAudit({ limit: 1, before: null, target: 'big' });
    expect(done).toMatchObject({ action: 'replay.export', result: 'done, 10 messages' });
  });

  it('that are unknown are decided by a person, by name or all that are left, with a reason', async () => {
    const named = { items: ['big-2010', 'big-0', 'nothing'], outcome: 'sent', reason: 'order secret-12 was booked' };
    expect(decisionsResponse.parse(await (await decided(named)).json())).toMatchObject({ decided: 1, notUnknown: 2 });
    const all = { all: true, outcome: 'not-sent', reason: 'The topic was closed.' };
    expect(decisionsResponse.parse(await (await decided({ ...all, queueId: 'kafka/other' })).json()).decided).toBe(0);
    const answer = decisionsResponse.parse(await (await decided(all)).json());
    expect(answer).toMatchObject({ decided: 489, replay: { account: { unknown: 0, failed: 499, sent: 1 } } });
    const [item] = await store.ledger.findItems('big', ['big-2010']);
    expect(item).toMatchObject({ state: 'sent', decision: { outcome: 'sent', at: now } });
    const shown = itemsResponse.parse(await (await readItems(url('items?cursor=2009&limit=1'), params)).json());
    expect(shown.items[0]?.decision?.reason).toBe('order ••• was booked');
  });

  it.each([
    [{ outcome: 'sent', reason: 'x' }, /items or all/],
    [{ items: ['a'], all: true, outcome: 'sent', reason: 'x' }, /items or all/],
    [{ all: true, outcome: 'sent', reason: ' ' }, /reason/],
    [{ all: true, outcome: 'maybe', reason: 'x' }, /outcome/],
    [{ items: ['a'], queueId: 'q', outcome: 'sent', reason: 'x' }, /queueId/],
  ])('are not decided by %j', async (body, says) => {
    const answer = await decided(body);
    expect(answer.status).toBe(400);
    expect(problem.parse(await answer.json()).detail).toMatch(says);
  });
});
