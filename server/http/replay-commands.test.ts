import { afterEach, beforeEach, expect, test } from 'vitest';
import { POST as postCancel } from '#app/api/v1/replays/[replayId]/cancel/route.ts';
import { POST as postPause } from '#app/api/v1/replays/[replayId]/pause/route.ts';
import { POST as postResume } from '#app/api/v1/replays/[replayId]/resume/route.ts';
import { GET as getEvents } from '#app/api/v1/replays/[replayId]/events/route.ts';
import { GET as getReplay } from '#app/api/v1/replays/[replayId]/route.ts';
import { problem } from '#lib/api/common.ts';
import { replay, replayProgress, type ReplayView } from '#lib/api/replays.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { ReplayState } from '#lib/domain/replay.ts';
import { params, requestOf, type ServedRoutes, serveRoutes } from '#server/http/testing/serve-routes.ts';
import { standStill } from '#server/replay/stand-still.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';

/** What a person says to a replay that is in another state than they think. */

const routes = { pause: postPause, resume: postResume, cancel: postCancel };
let served: ServedRoutes;

beforeEach(async () => {
  served = await serveRoutes();
});
afterEach(() => served.close());

async function aReplayIn(...states: readonly ReplayState[]): Promise<number> {
  const { ledger } = served.store;
  const { number } = await writePlan(ledger, aReplay('said', 3));
  await ledger.confirmReplay('said', 'hash of said', 'ada', 1);
  for (const state of states) await ledger.setReplayState('said', { state, at: 2 });
  return number;
}

async function say(command: keyof typeof routes, idOrNumber: number | string) {
  const request = requestOf(`/api/v1/replays/${idOrNumber}/${command}`, 'POST', {});
  const response = await routes[command](request, params({ replayId: String(idOrNumber) }));
  const before = await served.store.ledger.getReplay('said');
  return { status: response.status, body: await response.json(), state: before.state };
}

async function shown(number: number): Promise<ReplayView> {
  const response = await getReplay(requestOf(`/api/v1/replays/${number}`), params({ replayId: String(number) }));
  return replay.parse(await response.json());
}

test.each([
  ['resume', ['sending'], 'sending', 'is not paused: it is running.'],
  ['resume', [], 'queued', 'is not paused: it waits for its turn.'],
  ['resume', ['cancelled'], 'cancelled', 'was cancelled, and that is for good: plan again what is left of it.'],
  ['pause', ['paused'], 'paused', 'is paused already.'],
  ['cancel', ['cancelled'], 'cancelled', 'is cancelled already.'],
] as const)('%s of one that is %j is refused and changes nothing', async (command, ways, state, why) => {
  const number = await aReplayIn(...ways);
  const answer = await say(command, number);
  expect(answer).toMatchObject({ status: 409, state });
  expect(problem.parse(answer.body)).toMatchObject({ code: 'conflict', detail: `Replay ${number} ${why}` });
  const [entry] = await served.store.ledger.listAudit({ limit: 1, before: null });
  expect(entry).toMatchObject({ action: `replay.${command}`, result: 'conflict' });
});

test('its page tells who paused, resumed and cancelled it, however they named it, and when it paused by itself', async () => {
  const number = await aReplayIn('sending');
  await say('pause', number);
  await say('pause', number);
  await say('resume', 'said');
  const { ledger } = served.store;
  await ledger.setReplayState('said', { state: 'sending', at: 3 });
  const running = await ledger.getReplay('said');
  const clock = { now: () => Date.now() };
  const why = new AppError('canary_failed', '3 of 5 came back.');
  await standStill({ store: served.store, clock }, running, 'paused', why);
  await say('cancel', number);

  const { history } = await shown(number);
  expect(history?.map(({ kind, by, reason }) => [kind, by, reason])).toEqual([
    ['pause', 'script', null],
    ['resume', 'script', null],
    ['pause', null, '3 of 5 came back.'],
    ['cancel', 'script', null],
  ]);
  expect(replayProgress.parse(await shown(number)).history).toEqual(history);
});

test('whoever follows it hears who ended it with the last that they hear', async () => {
  const number = await aReplayIn('sending');
  const request = requestOf(`/api/v1/replays/${number}/events`);
  const stream = await getEvents(request, params({ replayId: String(number) }));
  await say('cancel', number);
  const last = (await stream.text()).trim().split('\n\n').at(-1) ?? '';
  const heard = replayProgress.parse(JSON.parse(last.slice(last.indexOf('data: ') + 6)));
  expect(heard).toMatchObject({ state: 'cancelled', history: [{ kind: 'cancel', by: 'script' }] });
});

test('what was said within one millisecond stands in the order in which it was said', async () => {
  const number = await aReplayIn('sending');
  const entry = { at: 5, actor: 'ada', target: 'said', reason: null, from: 'x', result: 'done' };
  for (const action of ['replay.pause', 'replay.resume', 'replay.cancel'])
    await served.store.ledger.appendAudit({ ...entry, action });
  expect((await shown(number)).history?.map(({ kind }) => kind)).toEqual(['pause', 'resume', 'cancel']);
});

test('who resumes it while it stops by itself resumed it after that, though the request was older; a confirmation is the first of all', async () => {
  const number = await aReplayIn('sending');
  const entry = { actor: 'ada', target: 'said', reason: null, from: 'x', result: 'done' };
  const { ledger } = served.store;
  await ledger.appendAudit({ ...entry, at: 15, action: 'replay.stop', from: 'engine' });
  await ledger.appendAudit({ ...entry, at: 10, action: 'replay.resume' });
  await ledger.appendAudit({ ...entry, at: 1, action: 'replay.confirm' });
  expect((await shown(number)).history?.map(({ kind }) => kind)).toEqual(['confirm', 'stop', 'resume']);
});

test('what is paused goes on when it is resumed', async () => {
  const number = await aReplayIn('sending');
  expect(await say('pause', number)).toMatchObject({ status: 200, state: 'paused' });
  expect(await say('resume', number)).toMatchObject({ status: 200, state: 'queued' });
  expect(await say('cancel', number)).toMatchObject({ status: 200, state: 'cancelled' });
});
