import { DeleteQueueCommand } from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, it } from 'vitest';
import { POST as postReplay } from '#app/api/v1/replays/route.ts';
import { problem } from '#lib/api/common.ts';
import { type Replay, usualOptions } from '#lib/domain/replay.ts';
import { changesSincePlan } from '#server/replay/plan-changes.ts';
import { digestOfRules } from '#server/replay/plan-routes.ts';
import { createReplayBench, nameOf } from '#server/replay/testing/replay-bench.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';

/** What a confirmation says when something has changed since the plan, with a real engine and SQS server. */

const bench = createReplayBench();

beforeEach(() => bench.serveRoutes());

const confirm = ({ id, plan }: Replay) =>
  postReplay(
    new Request('http://127.0.0.1:3000/', {
      method: 'POST',
      body: JSON.stringify({ replayId: id, hash: plan.hash }),
      headers: { 'content-type': 'application/json' },
    }),
  );

async function refused(planned: Replay) {
  const answer = problem.parse(await (await confirm(planned)).json());
  expect(answer).toMatchObject({ status: 409, code: 'stale_plan' });
  expect((await bench.store.ledger.getReplay(planned.id)).state).toBe('planned');
  return answer;
}

describe('a plan that is too long to be looked at', () => {
  it('says how much was not looked at, and that rules have changed for what was not', async () => {
    const { ledger } = bench.store;
    const long = aReplay('long', 3);
    const rules = digestOfRules(usualOptions, await ledger.listRedirects());
    if (rules === undefined) throw new Error('Rules count here.');
    await writePlan(ledger, { ...long, plan: { ...long.plan, rules } });
    let now = 0;
    // Each look at it is a minute later.
    const clock = { now: () => (now += 60_000) };
    const driverOf = () => {
      throw new Error('It has no destinations.');
    };
    const asked = () => changesSincePlan({ store: bench.store, clock, driverOf }, 'long', new AbortController().signal);
    expect(await asked()).toEqual({ changes: [], notLooked: 3 });
    await ledger.saveRedirect({
      name: 'Aside',
      connection: 'sqs',
      matches: 'queue',
      pattern: '*',
      destination: { kind: 'sqs', queue: 'aside' },
      createdAt: 1,
      createdBy: 'ada',
    });
    expect(await asked()).toMatchObject({ changes: [{ kind: 'goes-elsewhere', count: 3 }], notLooked: 3 });
  });
});

describe('a plan that is confirmed', () => {
  it('as it was made is carried out', async () => {
    const letters = await bench.deadLettersInIndex(2);
    const planned = await bench.plan(letters.map(({ id }) => id));
    expect((await confirm(planned)).status).toBe(202);
    await bench.reached(planned.id, 'watching');
    expect(await bench.drain(bench.source)).toEqual([0, 1]);
  });

  it('after another replay has sent some of it sends nothing, and says how many', async () => {
    const letters = await bench.deadLettersInIndex(3);
    const ids = letters.map(({ id }) => id);
    const planned = await bench.plan(ids);
    const first = await bench.confirmed(ids.slice(0, 2));
    await bench.reached(first.id, 'watching');
    const { detail, details } = await refused(planned);
    expect(details).toMatchObject({
      'sent-meanwhile': 2,
      changes: [`2 were sent by replay ${first.number}.`],
    });
    expect(detail).toContain(`2 were sent by replay ${first.number}. Plan again`);
    const again = await bench.plan(ids);
    expect(again.plan).toMatchObject({ willSend: 1, refusals: [{ code: 'state-gone', count: 2 }] });
    expect((await confirm(again)).status).toBe(202);
    await bench.reached(again.id, 'watching');
    expect(await bench.drain(bench.source)).toEqual([0, 1, 2]);
  });

  it('after one of its messages was discarded says that, and by which discard', async () => {
    const ids = (await bench.deadLettersInIndex(2)).map(({ id }) => id);
    const planned = await bench.plan(ids);
    const discard = await bench.confirmed(ids.slice(0, 1), { action: 'discard' });
    await bench.reached(discard.id, 'settled');
    const { details } = await refused(planned);
    expect(details).toEqual({ discarded: 1, changes: [`1 was discarded by discard ${discard.number}.`] });
  });

  it('to restore what another restore has put back, or what is kept no longer, sends nothing and says how many', async () => {
    const ids = (await bench.deadLettersInIndex(3)).map(({ id }) => id);
    const discard = await bench.confirmed(ids, { action: 'discard' });
    await bench.reached(discard.id, 'settled');
    const planned = await bench.planRestore({ discardId: discard.id });
    expect(planned.plan.willSend).toBe(3);
    const other = await bench.planRestore({ messageIds: ids.slice(0, 1) });
    expect((await confirm(other)).status).toBe(202);
    await bench.reached(other.id, 'settled');
    expect((await refused(planned)).details).toEqual({
      'restored-meanwhile': 1,
      changes: [`1 was restored by restore ${other.number}.`],
    });
    while ((await bench.store.ledger.forgetArchived(Date.now() + 1)) > 0);
    const { details } = await refused(planned);
    expect(details).toMatchObject({ 'restored-meanwhile': 1, gone: 2 });
    expect(details?.['changes']).toContain('2 are no longer in the archive.');
  });

  it('after its destination vanished, or what it holds, sends nothing and says which', async () => {
    const letters = await bench.deadLettersInIndex(2);
    const ids = letters.map(({ id }) => id);
    const planned = await bench.plan(ids);
    const [gone = ''] = ids;
    await bench.store.index.setStates([{ messageId: gone, state: 'gone', at: Date.now(), replayId: null }]);
    expect((await refused(planned)).details).toEqual({ gone: 1, changes: ['1 is no longer in its queue.'] });
    await bench.foreign.send(new DeleteQueueCommand({ QueueUrl: bench.source }));
    const { details } = await refused(planned);
    expect(details).toMatchObject({ gone: 1, 'destination-gone': 2 });
    expect(details?.['changes']).toContain(`2 go to ${nameOf(bench.source)}, which is no longer there.`);
    expect(await bench.drain(bench.deadLetters)).toEqual([0, 1]);
  });

  it('after a redirect rule was made that would send it elsewhere says so', async () => {
    const [letter] = await bench.deadLettersInIndex(1);
    const planned = await bench.plan([letter?.id ?? '']);
    await bench.store.ledger.saveRedirect({
      name: 'Aside',
      connection: 'sqs',
      matches: 'queue',
      pattern: '*',
      destination: { kind: 'sqs', queue: 'aside' },
      createdAt: Date.now(),
      createdBy: 'ada',
    });
    expect((await refused(planned)).details).toMatchObject({ 'goes-elsewhere': 1 });
  });
});
