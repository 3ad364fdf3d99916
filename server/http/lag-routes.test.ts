import { afterAll, beforeAll, expect, test } from 'vitest';
import { GET as getLag } from '#app/api/v1/lag/route.ts';
import { GET as getTrend } from '#app/api/v1/lag/trend/route.ts';
import { problem } from '#lib/api/common.ts';
import { lagQuery, lagResponse, lagTrendResponse } from '#lib/api/lag.ts';
import type { LagRow } from '#lib/domain/lag.ts';
import { runtime } from '#server/http/runtime.ts';
import { requestOf, type ServedRoutes, serveRoutes } from '#server/http/testing/serve-routes.ts';
import { readLag } from '#server/queries/lag.ts';

const minuteMs = 60_000;
const now = 20_000 * 86_400_000;
let routes: ServedRoutes;

const rows = (lag: number): readonly LagRow[] => [
  {
    kind: 'group',
    group: 'mail',
    groupKind: 'consumer',
    topic: 'orders',
    state: 'stable',
    members: 2,
    lag,
    gap: null,
    partitions: 3,
    uncommitted: 0,
  },
  { kind: 'queue', queue: 'jobs', waiting: 5, held: 1, consumers: 0, approximate: true },
];

beforeAll(async () => {
  routes = await serveRoutes({ clock: { now: () => now } });
  const { index, watch } = routes.store;
  await index.saveConnections([
    { name: 'main', kind: 'kafka', address: 'a:1', health: { kind: 'starting', step: 'x' }, checkedAt: null },
  ]);
  for (const [minutes, lag] of [
    [60, 100],
    [30, 900],
    [0, 250],
  ] as const)
    await watch.saveLag('main', { rows: rows(lag), notes: ['A note.'] }, { at: now - minutes * minuteMs, tookMs: 3 });
  await watch.saveLagFailure('gone', { code: 'unreachable', message: 'Nothing answers.' }, now);
});
afterAll(() => routes.close());

const lag = async (query: string) => lagResponse.parse(await (await getLag(requestOf(`/api/v1/lag?${query}`))).json());

test('every row is told with what it was an hour ago, and a connection that fails says so', async () => {
  expect(await lag('')).toEqual({
    asOf: now,
    connections: [
      {
        connection: 'gone',
        broker: null,
        at: null,
        tookMs: null,
        failing: { error: { code: 'unreachable', message: 'Nothing answers.' }, since: now },
        notes: [],
        rows: [],
      },
      {
        connection: 'main',
        broker: 'kafka',
        at: now,
        tookMs: 3,
        failing: null,
        notes: ['A note.'],
        rows: [
          { ...rows(250)[0], series: expect.any(Number), before: 100 },
          { ...rows(250)[1], series: expect.any(Number), before: 5 },
        ],
      },
    ],
  });
});

test('rows are narrowed by connection, group and topic or queue, and have their course where it is asked for', async () => {
  const ofTopic = await lag(`connection=main&topic=orders&from=${now - 40 * minuteMs}`);
  expect(ofTopic.connections).toHaveLength(1);
  expect(ofTopic.connections[0]?.rows).toMatchObject([
    {
      group: 'mail',
      trend: [
        { at: now - 30 * minuteMs, last: 900 },
        { at: now, last: 250 },
      ],
    },
  ]);
  expect((await lag('group=mail')).connections.flatMap((each) => each.rows)).toHaveLength(1);
  expect((await lag('topic=jobs')).connections.flatMap((each) => each.rows)).toMatchObject([{ queue: 'jobs' }]);
});

test('a connection that was not read yet is told as such, and none that is left alone or read', async () => {
  const unreadOf = async (query: string) => {
    const asked = lagQuery.parse(Object.fromEntries(new URLSearchParams(query)));
    const { connections } = await readLag({ ...runtime(), lagOf: ['main', 'late'] }, asked);
    return connections.filter(({ at, failing }) => at === null && failing === null).map((each) => each.connection);
  };
  expect(await unreadOf('')).toEqual(['late']);
  expect(await unreadOf('connection=main')).toEqual([]);
  expect(await unreadOf('topic=jobs')).toEqual([]);
});

test('courses of series stand side by side in equal parts', async () => {
  const series = (await lag('')).connections.flatMap((each) => each.rows.map((row) => row.series));
  const answer = await getTrend(requestOf(`/api/v1/lag/trend?series=${series.join(',')}&parts=4`));
  const { trends, from, to } = lagTrendResponse.parse(await answer.json());
  expect(to - from).toBe(60 * minuteMs);
  expect(trends).toEqual([
    { series: series[0], last: [100, null, 900, 250], max: [100, null, 900, 250], heldMax: [null, null, null, null] },
    { series: series[1], last: [5, null, 5, 5], max: [5, null, 5, 5], heldMax: [1, null, 1, 1] },
  ]);
});

test.each([
  ['lag', `from=${now}`, 'from'],
  ['lag', 'from=yesterday', 'from'],
  ['lag/trend', 'series=1,x', 'series'],
  ['lag/trend', 'series=1&parts=1', 'parts'],
  ['lag/trend', `series=1&from=5&to=4`, 'from'],
])('%s?%s is refused and names %s', async (path, query, field) => {
  const get = path === 'lag' ? getLag : getTrend;
  const answer = await get(requestOf(`/api/v1/${path}?${query}`));
  expect(answer.status).toBe(400);
  expect(problem.parse(await answer.json())).toMatchObject({ code: 'invalid_request', details: { field } });
});
