import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GET as getFacets } from '#app/api/v1/facets/route.ts';
import { GET as getGroup, PATCH as patchGroup } from '#app/api/v1/groups/[fingerprint]/route.ts';
import { GET as getGroups } from '#app/api/v1/groups/route.ts';
import { GET as getMessages } from '#app/api/v1/messages/route.ts';
import { GET as getTimeline } from '#app/api/v1/timeline/route.ts';
import { DELETE as deleteView, PATCH as patchView } from '#app/api/v1/views/[viewId]/route.ts';
import { GET as getViews, POST as postView } from '#app/api/v1/views/route.ts';
import { type GroupChange, groupDetail, groupsResponse } from '#lib/api/groups.ts';
import { messagesResponse } from '#lib/api/messages.ts';
import { facetsResponse, timelineResponse } from '#lib/api/timeline.ts';
import { savedView, viewsResponse } from '#lib/api/views.ts';
import { params, requestOf as request, serveRoutes, type ServedRoutes } from '#server/http/testing/serve-routes.ts';
import type { Store } from '#server/store/store.ts';
import { lettersOf } from '#server/store/testing/group-clauses.ts';
import { addQueue } from '#server/store/testing/reading.ts';

/** The routes of triage on a real store. */

const hour = 3_600_000;
const start = Date.UTC(2026, 10, 22, 3, 41);
let now = start;
let store: Store;
let served: ServedRoutes;
let queueId: string;

beforeAll(async () => {
  served = await serveRoutes({ clock: { now: () => now } });
  store = served.store;
  queueId = await addQueue(store, 'orders.dlq');
  const old = (n: number) => ({ at: now - 3 * 24 * hour + n, firstSeenAt: now - hour });
  await store.index.ingest({
    queueId,
    letters: [
      ...lettersOf('TimeoutError', 5, old),
      ...lettersOf('SyntaxError', 3, old),
      ...lettersOf('RangeError', 2, (n) => ({ at: now - hour + n, firstSeenAt: now - hour })),
    ],
    scan: 's',
  });
});

afterAll(() => served.close());

async function list(query = '') {
  return groupsResponse.parse(await (await getGroups(request(`/api/v1/groups?${query}`))).json());
}

async function fingerprintOf(errorClass: string): Promise<string> {
  const every = await list('states=new,escalating,regressed,ongoing,ignored,resolved');
  return every.groups.find((group) => group.errorClass === errorClass)?.fingerprint ?? '';
}

const patch = async (fingerprint: string, change: GroupChange) =>
  patchGroup(request('/', 'PATCH', change), params({ fingerprint }));

async function detail(fingerprint: string) {
  return groupDetail.parse(await (await getGroup(request('/'), params({ fingerprint }))).json());
}

describe('groups', () => {
  it('are listed with what they hold, and by state', async () => {
    const answer = await list();
    expect(answer).toMatchObject({ count: 10, byState: { ongoing: 2, new: 1 }, searchedTo: null, reading: [] });
    expect(answer.groups.map(({ errorClass, state, count, open }) => [errorClass, state, count, open])).toEqual([
      ['TimeoutError', 'ongoing', 5, 5],
      ['SyntaxError', 'ongoing', 3, 3],
      ['RangeError', 'new', 2, 2],
    ]);
    expect((await list('states=new')).groups.map((group) => group.errorClass)).toEqual(['RangeError']);
    expect((await list('filter=error:syntax')).groups.map((group) => group.errorClass)).toEqual(['SyntaxError']);
    expect((await getGroups(request('/api/v1/groups?states=angry'))).status).toBe(400);
  });

  it('that are resolved regress by what comes afterwards, and each decision is in the audit and the activity', async () => {
    const fingerprint = await fingerprintOf('TimeoutError');
    expect((await patch(fingerprint, { state: 'resolved' })).status).toBe(200);
    expect(await detail(fingerprint)).toMatchObject({ state: 'resolved', resolvedAt: now, regressedAt: null });
    expect((await list()).groups.map((group) => group.errorClass)).toEqual(['SyntaxError', 'RangeError']);
    expect((await list()).byState).toMatchObject({ resolved: 1 });
    now += hour;
    const back = lettersOf('TimeoutError', 1, () => ({ at: now - 5, firstSeenAt: now }), 'back');
    await store.index.ingest({ queueId, letters: back, scan: 's' });
    expect(await detail(fingerprint)).toMatchObject({
      state: 'regressed',
      regressedAt: now - 5,
      newestMessageId: back[0]?.letter.id,
      activity: [{ action: 'group.resolve', actor: 'script', result: 'done' }],
    });
    await patch(fingerprint, { state: 'resolved' });
    expect(await detail(fingerprint)).toMatchObject({ state: 'resolved', resolvedAt: now });
    await patch(fingerprint, { state: 'resolved', resolvedAt: now - hour });
    expect(await detail(fingerprint)).toMatchObject({ state: 'regressed', resolvedAt: now - hour });
    expect((await patch(fingerprint, { state: 'resolved', resolvedAt: now + 1 })).status).toBe(400);
    expect((await patch(fingerprint, { state: 'open', resolvedAt: now })).status).toBe(400);
    await patch(fingerprint, { state: 'open' });
    expect(await detail(fingerprint)).toMatchObject({ state: 'ongoing', resolvedAt: null });
  });

  it('are ignored until an instant, owned, and have notes that stay', async () => {
    const fingerprint = await fingerprintOf('SyntaxError');
    await patch(fingerprint, { state: 'ignored', ignoredUntil: now + hour, owner: ' ada ', note: '<b>known</b>' });
    expect(await detail(fingerprint)).toMatchObject({
      state: 'ignored',
      ignoredUntil: now + hour,
      owner: 'ada',
      notes: 1,
      noteList: [{ text: '<b>known</b>', by: 'script', at: now }],
    });
    now += hour;
    expect(await detail(fingerprint)).toMatchObject({ state: 'ongoing', owner: 'ada', notes: 1 });
    const wrong = await patch(fingerprint, { ignoredUntil: now });
    expect(wrong.status).toBe(400);
  });

  it('are merged by a person and taken out again', async () => {
    const [head, member] = [await fingerprintOf('TimeoutError'), await fingerprintOf('SyntaxError')];
    await patch(member, { mergeInto: head });
    const merged = await list();
    expect(
      merged.groups.map(({ errorClass, count, merged: others, notes }) => [errorClass, count, others, notes]),
    ).toEqual([
      ['TimeoutError', 9, 1, 1],
      ['RangeError', 2, 0, 0],
    ]);
    expect(await detail(head)).toMatchObject({ count: 9, members: [{ fingerprint: member, count: 3 }], notes: 1 });
    expect(await detail(member)).toMatchObject({ count: 3, members: [], mergedInto: { fingerprint: head } });
    expect((await patch(head, { mergeInto: member })).status).toBe(409);
    expect((await patch(member, { state: 'resolved' })).status).toBe(409);
    await patch(member, { mergeInto: null });
    expect((await list()).groups).toHaveLength(3);
  });

  it('say what was merged into them, also what a rebuilt index has not met again', async () => {
    const head = await fingerprintOf('TimeoutError');
    await store.ledger.changeGroup('not met again', { mergeInto: head }, 'ada', now);
    expect(await detail(head)).toMatchObject({ merged: 1, members: [] });
    await store.ledger.changeGroup('not met again', { mergeInto: null }, 'ada', now);
    expect(await detail(head)).toMatchObject({ merged: 0 });
  });

  it('are meant by a filter with all that was merged into them or split off them', async () => {
    const [head, member] = [await fingerprintOf('TimeoutError'), await fingerprintOf('SyntaxError')];
    const met = async (fingerprint: string) =>
      messagesResponse.parse(await (await getMessages(request(`/api/v1/messages?filter=group:${fingerprint}`))).json())
        .total?.count;
    await patch(member, { mergeInto: head });
    expect([await met(head), await met(member)]).toEqual([9, 3]);
    await patch(member, { mergeInto: null });
    await patch(head, { splitBy: 'queue' });
    await store.index.regroup(await store.ledger.listSplits(), 100);
    const split = await detail(head);
    expect(split).toMatchObject({ splitBy: 'queue', count: 0, splitInto: [{ count: 6 }] });
    expect(await met(head)).toBe(6);
    const part = split.splitInto[0]?.fingerprint ?? '';
    expect(await detail(part)).toMatchObject({ splitFrom: { fingerprint: head, by: 'queue', value: queueId } });
    expect((await patch(part, { splitBy: 'type' })).status).toBe(409);
    await patch(head, { splitBy: null });
    await store.index.regroup(await store.ledger.listSplits(), 100);
    expect(await detail(head)).toMatchObject({ splitBy: null, count: 6, splitInto: [] });
  });

  it('that nobody met are a 404, for whatever is wanted of them', async () => {
    expect((await getGroup(request('/'), params({ fingerprint: 'none' }))).status).toBe(404);
    expect((await patch('none', { state: 'resolved' })).status).toBe(404);
    expect((await patch(await fingerprintOf('TimeoutError'), { mergeInto: 'none' })).status).toBe(404);
    expect((await patch(await fingerprintOf('TimeoutError'), {})).status).toBe(400);
  });
});

describe('the timeline', () => {
  it('stacks what the filter meets by group', async () => {
    const response = await getTimeline(request(`/api/v1/timeline?groups=1&buckets=10&filter=queue:orders.dlq`));
    const timeline = timelineResponse.parse(await response.json());
    expect(timeline).toMatchObject({
      count: 11,
      outside: 0,
      other: { groups: 2 },
      series: [{ title: 'TimeoutError: Failed' }],
    });
    const sum = [...timeline.other.counts, ...timeline.series.flatMap(({ counts }) => counts)].reduce((a, b) => a + b);
    expect(sum).toBe(11);
    expect((await getTimeline(request('/api/v1/timeline?buckets=0'))).status).toBe(400);
  });
});

describe('facets', () => {
  it('say which values there are, and refuse a field that is none', async () => {
    const answer = facetsResponse.parse(await (await getFacets(request('/api/v1/facets?fields=class,queue'))).json());
    expect(answer.facets).toEqual([
      {
        field: 'class',
        values: [
          { value: 'TimeoutError', count: 6 },
          { value: 'SyntaxError', count: 3 },
          { value: 'RangeError', count: 2 },
        ],
        among: null,
      },
      { field: 'queue', values: [{ value: queueId, count: 11 }], among: null },
    ]);
    expect((await getFacets(request('/api/v1/facets?fields=colour'))).status).toBe(400);
  });
});

describe('saved views', () => {
  it('are saved, changed and deleted, and one that cannot be read is refused', async () => {
    const saved = savedView.parse(
      await (await postView(request('/', 'POST', { name: 'Mine', filter: 'state:new', range: '24h' }))).json(),
    );
    const usual = { kind: 'messages', order: 'newest' };
    expect(saved).toMatchObject({ name: 'Mine', queueId: null, owner: 'script', page: usual });
    expect((await postView(request('/', 'POST', { name: 'mine' }))).status).toBe(409);
    expect((await postView(request('/', 'POST', { name: 'Broken', filter: 'state:' }))).status).toBe(400);
    expect((await postView(request('/', 'POST', { name: 'Sometimes', range: 'banana' }))).status).toBe(400);
    expect((await postView(request('/', 'POST', { name: 'Nowhere', queueId: 'kafka/nowhere' }))).status).toBe(404);
    const changed = await patchView(request('/', 'PATCH', { name: 'Ours' }), params({ viewId: saved.id }));
    expect(savedView.parse(await changed.json())).toMatchObject({ name: 'Ours', filter: 'state:new', range: '24h' });
    const page = { kind: 'groups', sort: 'trend', states: ['new'] };
    const ofGroups = await patchView(request('/', 'PATCH', { page }), params({ viewId: saved.id }));
    expect(savedView.parse(await ofGroups.json())).toMatchObject({ name: 'Ours', filter: 'state:new', page });
    const odd = { page: { ...page, sort: 'colour' } };
    expect((await patchView(request('/', 'PATCH', odd), params({ viewId: saved.id }))).status).toBe(400);
    expect(viewsResponse.parse(await (await getViews()).json()).views).toHaveLength(1);
    const left = await deleteView(request('/', 'DELETE'), params({ viewId: saved.id }));
    expect(viewsResponse.parse(await left.json()).views).toEqual([]);
  });
});

describe('groups that are split and joined again', () => {
  it('hand their state and owner on to their parts, and take from them what was decided about all', async () => {
    const letters = lettersOf('SplitError', 4, (n) => ({
      at: now - 5 + n,
      firstSeenAt: now - 1,
      eventType: n < 2 ? 'order' : 'refund',
    }));
    await store.index.ingest({ queueId, letters, scan: 's' });
    const whole = letters[0]?.letter.fingerprint ?? '';
    const regroup = async () => {
      const splits = await store.ledger.listSplits();
      while ((await store.index.regroup(splits, 100)) > 0);
    };
    await patch(whole, { state: 'resolved', owner: 'ada' });
    const resolvedAt = now;
    await patch(whole, { splitBy: 'type' });
    await regroup();
    const parts = (await detail(whole)).splitInto.map((part) => part.fingerprint);
    expect(parts).toHaveLength(2);
    for (const part of parts)
      expect(await detail(part)).toMatchObject({ state: 'resolved', resolvedAt, owner: 'ada', regressedAt: null });
    expect((await list('states=resolved&filter=class:=SplitError')).groups.map((group) => group.owner)).toEqual([
      'ada',
      'ada',
    ]);
    const [first = '', second = ''] = parts;
    await patch(first, { owner: 'bob', note: 'mine' });
    expect(await detail(first)).toMatchObject({ state: 'resolved', resolvedAt, owner: 'bob' });
    expect(await detail(second)).toMatchObject({ state: 'resolved', owner: 'ada' });
    await patch(whole, { state: 'open' });
    await patch(second, { owner: 'bob', state: 'resolved' });
    await patch(whole, { splitBy: null });
    await regroup();
    expect(await detail(whole)).toMatchObject({
      count: 4,
      state: 'resolved',
      resolvedAt,
      owner: 'bob',
      notes: 1,
      noteList: [{ text: 'mine' }],
    });
  });
});
