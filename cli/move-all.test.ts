import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { moveText } from '#cli/move-all-command.ts';
import { type RealConsole, startCommand, startRealConsole } from '#cli/testing/real-console.ts';
import { problem } from '#lib/api/common.ts';
import { moveAllView } from '#lib/api/move-all.ts';
import { queueId } from '#lib/domain/queue.ts';
import type { Replay } from '#lib/domain/replay.ts';
import { createElasticMqHarness, type SqsHarness } from '#server/brokers/sqs/sqs-harness.ts';
import type { TestQueue } from '#server/brokers/testing/harness.ts';
import { aMessage } from '#server/brokers/testing/sample-messages.ts';
import { systemClock } from '#server/clock.ts';
import { askEngine } from '#server/http/engine-requests.ts';
import { provideRuntime } from '#server/http/runtime.ts';
import { createPayloadReader, type PayloadReader } from '#server/payload/payload-reader.ts';
import { type RealEngine, startRealEngine } from '#server/replay/testing/real-engine.ts';

/** `redeliver move-all` against a real console, engine and ElasticMQ. */

let harness: SqsHarness;
let queue: TestQueue;
let engine: RealEngine;
let payloads: PayloadReader;
let server: RealConsole;
let id: string;
let engineRuns = false;

beforeAll(async () => {
  harness = createElasticMqHarness();
  queue = await harness.createQueue('standard');
  await harness.put(
    queue,
    Array.from({ length: 30 }, (_, n) => aMessage(`message ${n}`)),
  );
  id = queueId(harness.connection, queue.name);
  engine = await startRealEngine(harness.connection, harness.connect(), [queue.name]);
  payloads = createPayloadReader({ registries: new Map() });
  const runtime = { store: engine.store, clock: systemClock, payloads, sandbox: null, version: 'test' };
  provideRuntime({ ...runtime, engineSeenAt: () => (engineRuns ? Date.now() : null) });
  server = await startRealConsole();
  expect(await engine.read(queue.name)).toHaveLength(30);
});

afterAll(async () => {
  server?.close();
  await payloads?.close();
  await engine?.close();
  await harness?.close();
});

const redeliver = (...args: string[]) => startCommand(server.url, args).ended;
const viewOf = (line: string | undefined) => moveAllView.parse(JSON.parse(line ?? 'null'));

const confirmOverHttp = ({ id: replayId, plan: { hash } }: Replay) =>
  fetch(new URL('/api/v1/replays', server.url), {
    method: 'POST',
    body: JSON.stringify({ replayId, hash }),
    headers: { 'content-type': 'application/json' },
  });

async function changesSince({ id: replayId }: Replay) {
  const request = { kind: 'check-plan', replayId } as const;
  return (await askEngine({ store: engine.store, clock: systemClock }, request, 'test', 60_000)).changes;
}

describe('redeliver move-all', () => {
  it('is answered at once where no engine runs, and says so', async () => {
    const begun = performance.now();
    const { code, error } = await redeliver('move-all', id);
    expect({ code, error }).toEqual({
      code: 1,
      error: expect.stringContaining('The engine of this console does not run'),
    });
    expect(performance.now() - begun).toBeLessThan(20_000);
  });

  it('says what the broker could do, begins with the name of the queue only, warns a plan meanwhile, and can be cancelled', async () => {
    engineRuns = true;
    const told = await redeliver('move-all', id);
    expect(told.code).toBe(0);
    expect(told.lines[0]).toMatch(/^SQS message move task: about 30 to .*, at most 500 a second$/);
    expect(told.lines).toContainEqual(expect.stringMatching(/^- It moves everything/));
    expect(told.error).toContain('nothing was moved: --confirm');
    const wrong = await redeliver('move-all', id, '--confirm', 'another');
    expect(wrong).toMatchObject({ code: 1, error: expect.stringContaining('Nothing was moved') });
    expect(await redeliver('move-all', id, '--watch')).toMatchObject({ code: 3 });

    const before = await engine.planAll(queue.name);
    const discard = await engine.planAll(queue.name, { action: 'discard' });
    const begun = await redeliver('move-all', id, '--confirm', queue.name, '--rate', '1', '--json');
    expect(viewOf(begun.lines[0]).progress).toMatchObject({ state: 'running', canCancel: true });
    const warned = await engine.planAll(queue.name);
    expect(warned.plan.warnings.map(({ code }) => code)).toContain('moved-by-broker');

    // What was planned before the move began is not sent while it runs; what warned of it is no longer asked about it.
    const movedNow = `30 are in ${id}, which the broker itself moves as a whole at the moment`;
    for (const [{ number, plan }, ...confirm] of [[before], [discard, '--confirm', '30']] as const) {
      const refused = await redeliver('replays', 'confirm', String(number), '--hash', plan.hash, ...confirm);
      expect(refused).toMatchObject({ code: 1, error: expect.stringContaining(movedNow) });
    }
    const answer = problem.parse(await (await confirmOverHttp(before)).json());
    expect(answer).toMatchObject({ status: 409, code: 'stale_plan', details: { 'moved-by-broker': 30 } });
    expect((await engine.store.ledger.getReplay(before.id)).state).toBe('planned');
    expect(await changesSince(warned)).toEqual([]);
    const cancelled = await redeliver('move-all', id, '--cancel', '--json');
    expect(cancelled.code).toBe(0);
    // ElasticMQ forgets a task that was cancelled.
    await expect
      .poll(
        async () => {
          const { lines, error } = await redeliver('move-all', id, '--json');
          return lines[0] === undefined ? error : viewOf(lines[0]).progress?.canCancel === true;
        },
        { timeout: 60_000 },
      )
      .toBe(false);
    expect(await changesSince(before)).toEqual([]);
    expect((await engine.planAll(queue.name)).plan.warnings.map(({ code }) => code)).not.toContain('moved-by-broker');
  });

  it('follows a move until it is over', async () => {
    engineRuns = true;
    const { code, lines } = await redeliver('move-all', id, '--confirm', queue.name, '--watch');
    expect(code).toBe(0);
    expect(lines.at(-1)).toMatch(/^done/);
  });

  it.each([
    [['move-all'], 'one queue'],
    [['move-all', 'a', 'b'], 'one queue'],
    [['move-all', 'sqs/a', '--to', 'b'], 'begins only with --confirm'],
    [['move-all', 'sqs/a', '--cancel', '--watch'], 'takes no --confirm'],
    [['move-all', 'sqs/a', '--confirm', 'a', '--rate', 'x'], '--rate takes'],
    [['queues', '--cancel'], 'that is for move-all'],
  ])('%j ends with 2 before the console is asked', async (args, reason) => {
    const { code, error } = await redeliver(...args, '--url', 'http://127.0.0.1:1');
    expect(error).toContain(reason);
    expect(code).toBe(2);
  });

  it('says of a shovel that a queue has to be named', () => {
    const facts = {
      available: true,
      why: null,
      means: 'RabbitMQ shovel',
      about: 3,
      ratePerSecondMax: null,
      cannot: [],
    };
    const several = { ...facts, destination: null, destinations: ['a', 'b'] };
    expect(moveText({ facts: several, progress: null })).toBe(
      'RabbitMQ shovel: about 3 to the queue that --to names: one of a, b',
    );
    const none = { ...several, available: false, why: 'No plugin.' };
    expect(moveText({ facts: none, progress: null })).toBe('No plugin.');
  });
});
