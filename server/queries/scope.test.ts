import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GET as getGroups } from '#app/api/v1/groups/route.ts';
import { GET as getTimeline } from '#app/api/v1/timeline/route.ts';
import { groupsResponse } from '#lib/api/groups.ts';
import { timelineResponse } from '#lib/api/timeline.ts';
import { requestOf, serveRoutes, type ServedRoutes } from '#server/http/testing/serve-routes.ts';
import type { Store } from '#server/store/store.ts';
import { addQueue } from '#server/store/testing/reading.ts';

/** What groups and timeline say of queues that are not known as far back as was asked. */

const hour = 3_600_000;
const now = Date.UTC(2026, 10, 22, 12);
const syncing = { kind: 'syncing', read: 1, of: 2, exact: false } as const;
let store: Store;
let served: ServedRoutes;

beforeAll(async () => {
  served = await serveRoutes({ clock: { now: () => now } });
  store = served.store;
  for (const name of ['backwards', 'further', 'broken', 'whole', 'first']) await addQueue(store, name);
  const broken = { code: 'unreachable', message: 'Nobody answers. Start it.', details: {} } as const;
  await store.index.saveQueueStatus('kafka/backwards', { reader: syncing, knownBackTo: now - 2 * hour });
  await store.index.saveQueueStatus('kafka/further', { reader: syncing, knownBackTo: now - 48 * hour });
  await store.index.saveQueueStatus('kafka/broken', {
    reader: { kind: 'failing', error: broken, since: now },
    knownBackTo: now - hour,
  });
  await store.index.saveQueueStatus('kafka/whole', { reader: { kind: 'live' } });
  await store.index.saveQueueStatus('kafka/first', { reader: syncing });
});

afterAll(() => served.close());

async function ask(filter: string, from?: number) {
  const query = new URLSearchParams({ filter, ...(from !== undefined && { from: String(from) }) });
  const request = (path: string) => requestOf(`/api/v1/${path}?${query.toString()}`);
  const groups = groupsResponse.parse(await (await getGroups(request('groups'))).json());
  const timeline = timelineResponse.parse(await (await getTimeline(request('timeline'))).json());
  const { reading, knownBackTo } = timeline;
  expect({ reading: groups.reading, knownBackTo: groups.knownBackTo }).toEqual({ reading, knownBackTo });
  return { reading, knownBackTo };
}

describe('a queue that is read from its newest end', () => {
  it('is known as far back as it says, where the range reaches further', async () => {
    const partly = { reading: ['kafka/backwards'], knownBackTo: now - 2 * hour };
    expect(await ask('queue:=kafka/backwards')).toEqual(partly);
    expect(await ask('queue:=kafka/backwards', now - 3 * hour)).toEqual(partly);
  });

  it('lacks nothing within a range that is known', async () => {
    const whole = { reading: [], knownBackTo: null };
    expect(await ask('queue:=kafka/backwards', now - 2 * hour)).toEqual(whole);
    expect(await ask('queue:=kafka/further', now - 24 * hour)).toEqual(whole);
    expect(await ask('queue:=kafka/whole')).toEqual(whole);
  });

  it('is not said to be read while its broker is away, and still not to be whole', async () => {
    expect(await ask('queue:=kafka/broken')).toEqual({ reading: [], knownBackTo: now - hour });
  });

  it('and others together are known as far back as the one that is known least', async () => {
    const every = { reading: ['kafka/backwards', 'kafka/first', 'kafka/further'], knownBackTo: now - hour };
    expect(await ask('')).toEqual(every);
  });

  it('of which nothing is known yet is being read, whatever the range', async () => {
    expect(await ask('queue:=kafka/first', now - hour)).toEqual({ reading: ['kafka/first'], knownBackTo: null });
  });
});
