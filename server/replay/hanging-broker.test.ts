import { expect, onTestFinished, test } from 'vitest';
import { POST as postReplay } from '#app/api/v1/replays/route.ts';
import { problem } from '#lib/api/common.ts';
import { createRabbitMqHarness } from '#server/brokers/rabbitmq/rabbitmq-harness.ts';
import { aMessage } from '#server/brokers/testing/sample-messages.ts';
import { systemClock } from '#server/clock.ts';
import { provideRuntime } from '#server/http/runtime.ts';
import { createPayloadReader } from '#server/payload/payload-reader.ts';
import { startRealEngine } from '#server/replay/testing/real-engine.ts';
import { busyMachineMs } from '#lib/testing/cpu-clock.ts';

test('a confirmation while the broker hangs is answered within 11 s by which one that is, and nothing is confirmed', async () => {
  const harness = await createRabbitMqHarness({ env: 'TEST_RABBITMQ' });
  const proxy = await harness.connectThroughProxy();
  const queue = await harness.createQueue();
  await harness.put(queue, [aMessage('one'), aMessage('two')]);
  const engine = await startRealEngine('jobs', proxy.driver, [queue.name]);
  const payloads = createPayloadReader({ registries: new Map() });
  onTestFinished(async () => {
    await engine.close();
    await proxy.close();
    await payloads.close();
    await harness.close();
  });
  const { store } = engine;
  provideRuntime({ store, clock: systemClock, payloads, sandbox: null, version: 'test', engineSeenAt: Date.now });
  await expect.poll(async () => (await engine.read(queue.name)).length, { timeout: 30_000 }).toBe(2);
  const planned = await engine.planAll(queue.name, { destination: queue.origin });
  expect(planned.plan).toMatchObject({ willSend: 2 });
  const confirm = () =>
    postReplay(
      new Request('http://127.0.0.1:3000/', {
        method: 'POST',
        body: JSON.stringify({ replayId: planned.id, hash: planned.plan.hash }),
        headers: { 'content-type': 'application/json' },
      }),
    );

  proxy.withholdAnswers();
  const begun = performance.now();
  const answer = await confirm();
  expect(performance.now() - begun).toBeLessThan(11_000 + busyMachineMs);
  expect(problem.parse(await answer.json())).toMatchObject({
    status: 409,
    code: 'stale_plan',
    detail: expect.stringMatching(
      /cannot be asked now: the connection "jobs" has not answered for 8 s\. .*nothing was sent/,
    ),
    details: { 'destination-unreachable': 2 },
  });
  expect((await store.ledger.getReplay(planned.id)).state).toBe('planned');

  proxy.passAgain();
  await expect.poll(async () => (await confirm()).status, { timeout: 30_000 }).toBe(202);
  await engine.reached(planned.id, 'settled');
});
