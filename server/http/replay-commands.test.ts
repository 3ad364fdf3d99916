import { afterEach, beforeEach, expect, test } from 'vitest';
import { POST as postCancel } from '#app/api/v1/replays/[replayId]/cancel/route.ts';
import { POST as postPause } from '#app/api/v1/replays/[replayId]/pause/route.ts';
import { POST as postResume } from '#app/api/v1/replays/[replayId]/resume/route.ts';
import { problem } from '#lib/api/common.ts';
import type { ReplayState } from '#lib/domain/replay.ts';
import { requestOf, type ServedRoutes, serveRoutes } from '#server/http/testing/serve-routes.ts';
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

async function say(command: keyof typeof routes, number: number) {
  const request = requestOf(`/api/v1/replays/${number}/${command}`, 'POST', {});
  const response = await routes[command](request, { params: Promise.resolve({ replayId: String(number) }) });
  const before = await served.store.ledger.getReplay('said');
  return { status: response.status, body: await response.json(), state: before.state };
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

test('what is paused goes on when it is resumed', async () => {
  const number = await aReplayIn('sending');
  expect(await say('pause', number)).toMatchObject({ status: 200, state: 'paused' });
  expect(await say('resume', number)).toMatchObject({ status: 200, state: 'queued' });
  expect(await say('cancel', number)).toMatchObject({ status: 200, state: 'cancelled' });
});
