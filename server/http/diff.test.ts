import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GET as getDiff } from '#app/api/v1/messages/[messageId]/diff/route.ts';
import { problem } from '#lib/api/common.ts';
import { diffResponse } from '#lib/api/diff.ts';
import { createMasking } from '#lib/masking/masking.ts';
import { aDeadLetter } from '#lib/testing/a-dead-letter.ts';
import { provideRuntime, type Runtime } from '#server/http/runtime.ts';
import { createPayloadReader } from '#server/payload/payload-reader.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';
import { messageId, readLetter } from '#server/sync/read-letter.ts';

const now = Date.UTC(2026, 10, 22, 3, 41);
const settings = { fields: ['secret'], headers: [], patterns: [], keys: false };
const payloads = createPayloadReader({ registries: new Map() });
const masked = createPayloadReader({ registries: new Map(), masking: settings });
let store: Store;
let folder: string;
let runtime: Runtime;

const bodies = [
  '{"id":9007199254740993,"total":-1,"secret":"a"}',
  '{"id":9007199254740993,"total":12,"secret":"b"}',
  '{"id":9007199254740992,"total":-1,"secret":"a"}',
  '{"id":9007199254740993,"total":-1,"secret":"b"}',
];
const id = (n: number) => messageId('kafka/x.dlq', `0:${n}`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redeliver-diff-'));
  store = openSqliteStore({ folder, role: 'writer' });
  runtime = { store, clock: { now: () => now }, payloads, sandbox: null, version: 'test', engineSeenAt: () => now };
  provideRuntime(runtime);
  const capabilities = { browse: 'log', remove: false, order: 'partition', costs: [], description: '' } as const;
  const queue = { name: 'x.dlq', kind: 'kafka', foundBy: 'pattern', origins: [], capabilities } as const;
  await store.index.saveQueues('kafka', [queue]);
  const plan = aReplay('again', 1);
  await writePlan(store.ledger, { ...plan, items: plan.items.map((item) => ({ ...item, messageId: id(0) })) });
  const returned = {
    replayId: 'again',
    itemId: 'again-0',
    messageId: id(1),
    at: now + 1,
    sameError: true,
    by: 'headers' as const,
    countSaid: 1,
  };
  await store.ledger.recordReturns([returned]);
  const letters = bodies.map((body, n) => {
    const builder = aDeadLetter()
      .fromOwnConvention()
      .withKey(n === 1 ? 'other' : 'k-1')
      .withBody(body)
      .at(now + n);
    const marked =
      n === 1
        ? builder.withHeader('replay-id', 'again').withHeader('replay-item', 'again-0').withHeader('replayed', 'true')
        : builder;
    const raw = { ...marked.raw(), identity: `0:${n}`, position: `0:${n}`, lane: '0', sequence: String(n) };
    return { ...readLetter({ id: 'kafka/x.dlq', ...queue }, raw, now), raw };
  });
  await store.index.ingest({ queueId: 'kafka/x.dlq', letters, scan: 's' });
});

afterAll(async () => {
  await Promise.all([payloads.close(), masked.close()]);
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

async function diff(n: number, query = '') {
  const response = await getDiff(new Request(`http://127.0.0.1:3000/?${query}`), {
    params: Promise.resolve({ messageId: id(n) }),
  });
  return diffResponse.parse(await response.json());
}
const changed = (answer: Awaited<ReturnType<typeof diff>>) =>
  answer.diff?.lines
    .filter(({ kind }) => kind === 'added' || kind === 'removed')
    .map(({ kind, text }) => `${kind} ${text.trim()}`);

describe('a payload beside another', () => {
  it('is compared with what it was before it came back, and what it came back as', async () => {
    const back = await diff(1);
    expect(back).toMatchObject({ with: { id: id(0), relation: 'original' }, isNewer: true, sameBytes: false });
    expect(changed(back)).toEqual([
      'removed "total": -1,',
      'removed "secret": "a"',
      'added "total": 12,',
      'added "secret": "b"',
    ]);
    const first = await diff(0);
    expect(first).toMatchObject({ with: { id: id(1), relation: 'return' }, isNewer: false });
    expect(changed(first)).toEqual(changed(back));
  });

  it('is compared with its neighbours of the same key, to the last digit', async () => {
    const neighbour = await diff(2, `with=${id(0)}`);
    expect(neighbour.choices.map(({ relation }) => relation)).toEqual(['same-key', 'same-key']);
    expect(changed(neighbour)).toEqual(['removed "id": 9007199254740993,', 'added "id": 9007199254740992,']);
  });

  it('does not tell whether masked values are the same', async () => {
    provideRuntime({ ...runtime, payloads: masked, masking: createMasking(settings) });
    expect(await diff(3, `with=${id(0)}`)).toMatchObject({ diff: { added: 0, removed: 0 }, sameBytes: null });
    provideRuntime(runtime);
  });

  it('of a message that nobody knows is a 404', async () => {
    const response = await getDiff(new Request('http://127.0.0.1:3000/?with=none'), {
      params: Promise.resolve({ messageId: id(0) }),
    });
    expect(problem.parse(await response.json())).toMatchObject({ status: 404 });
  });
});
