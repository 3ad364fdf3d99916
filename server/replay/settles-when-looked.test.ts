import { describe, expect, it, onTestFinished } from 'vitest';
import { AppError } from '#lib/domain/errors.ts';
import { queueId } from '#lib/domain/queue.ts';
import { createKafkaHarness } from '#server/brokers/kafka/kafka-harness.ts';
import { aMessage, withHeaders } from '#server/brokers/testing/sample-messages.ts';
import { everyBroker, failureHeaders } from '#server/engine/testing/engine-under-test.ts';
import { startRealEngine } from '#server/replay/testing/real-engine.ts';

/** "Not seen again" is said by who has looked: the engine here looks at its queues once a minute, and the watch is over long before. */

describe.each(everyBroker)('a watch that is over on $label', ({ create }) => {
  it('settles when the queue was looked at once more, and what came back in time is told', async () => {
    const harness = await create();
    const queue = await harness.createQueue();
    const watchMs = 15_000;
    const real = await startRealEngine(harness.connection, harness.connect(), [queue.name], { watchMs });
    onTestFinished(async () => {
      await real.close();
      await harness.close();
    });
    const failing = ['one', 'two'].map((marker) =>
      withHeaders(harness.inLane(aMessage(marker), 0), ...failureHeaders(queue)),
    );
    await harness.put(queue, failing);
    await expect.poll(async () => (await real.read(queue.name)).length, { timeout: 30_000 }).toBe(2);
    const planned = await real.planAll(queue.name);
    await real.confirm(planned);
    // As many come back as were removed: by its counts the queue is what it was.
    await harness.put(queue, await harness.receive(queue.origin, 2));
    const { watchUntil } = await real.reached(planned.id, 'watching', 'settled');
    expect(Date.now(), 'the messages came back during the watch').toBeLessThan(watchUntil ?? 0);
    const settled = await real.reached(planned.id, 'settled');
    expect(settled.account).toMatchObject({ total: 2, settled: 2, returned: 2 });
    const summary = await real.store.index.getQueue(queueId(harness.connection, queue.name));
    expect(summary.syncedAt).toBeGreaterThanOrEqual(watchUntil ?? Infinity);
  });
});

it('a watch that is over does not settle while nobody can look', async () => {
  const harness = await createKafkaHarness('kafka');
  const queue = await harness.createQueue();
  const driver = harness.connect();
  let isAway = false;
  const lookedAt: number[] = [];
  const real = await startRealEngine(
    harness.connection,
    {
      ...driver,
      async inspect(name, signal) {
        lookedAt.push(Date.now());
        if (isAway) throw new AppError('unreachable', 'Nobody is there. Look at the broker.');
        return driver.inspect(name, signal);
      },
    },
    [queue.name],
    { watchMs: 2_000 },
  );
  onTestFinished(async () => {
    await real.close();
    await harness.close();
  });
  await harness.put(queue, [withHeaders(harness.inLane(aMessage('one'), 0), ...failureHeaders(queue))]);
  await expect.poll(async () => (await real.read(queue.name)).length, { timeout: 30_000 }).toBe(1);
  const planned = await real.planAll(queue.name);
  await real.confirm(planned);
  const { watchUntil } = await real.reached(planned.id, 'watching');
  isAway = true;
  await expect.poll(() => lookedAt.some((at) => at >= (watchUntil ?? 0)), { timeout: 60_000 }).toBe(true);
  expect((await real.reached(planned.id, 'watching', 'settled')).state).toBe('watching');
  isAway = false;
  await real.read(queue.name);
  await real.reached(planned.id, 'settled');
});
