import { expect, vi } from 'vitest';
import type { Clause, ClauseContext } from '#server/brokers/testing/clause.ts';
import { aQueueWith, markersOf, messagesApart } from '#server/brokers/testing/driving.ts';
import { failureOf } from '#server/brokers/testing/expectations.ts';
import type { TestQueue } from '#server/brokers/testing/harness.ts';

/** The broker's own means where it has them; where it has none, the driver refuses and says what to do instead. */
export const moveAllClauses: readonly Clause[] = [
  {
    name: 'everything is moved to where it came from by the broker’s own means, or the driver says why not',
    oncePerServer: true,
    async prove(context) {
      const { driver, harness, signal } = context;
      const messages = messagesApart(context, 5);
      const queue = await aQueueWith(context, messages);
      if (!(await isAvailable(context, queue))) return;
      const { ratePerSecondMax: ratePerSecond } = await driver.moveAll.facts(queue.name, signal);
      await driver.moveAll.start(queue.name, { ratePerSecond }, signal);
      await vi.waitUntil(async () => (await driver.moveAll.progress(queue.name, signal))?.state === 'done', {
        timeout: 30_000,
      });
      const received = await harness.receive(queue.origin, messages.length);
      expect(markersOf(received).toSorted()).toEqual(markersOf(messages).toSorted());
      expect((await driver.inspect(queue.name, signal)).depth.count).toBe(0);
    },
  },
  {
    name: 'a move that is cancelled ends; a second one beside it is refused, and so is cancelling what does not run',
    oncePerServer: true,
    async prove(context) {
      const { driver, signal } = context;
      const queue = await aQueueWith(context, messagesApart(context, 8));
      if (!(await isAvailable(context, queue))) return;
      expect(await driver.moveAll.progress(queue.name, signal)).toBeNull();
      expect((await failureOf(driver.moveAll.cancel(queue.name, signal))).code).toBe('conflict');
      await driver.moveAll.start(queue.name, { ratePerSecond: 1 }, signal);
      const again = driver.moveAll.start(queue.name, { ratePerSecond: 1 }, signal);
      expect((await failureOf(again)).code).toBe('conflict');
      expect(await driver.moveAll.progress(queue.name, signal)).toMatchObject({ state: 'running', problem: null });
      await driver.moveAll.cancel(queue.name, signal);
      // ElasticMQ forgets a task that was cancelled.
      const ended = ['cancelled', undefined];
      await vi.waitUntil(async () => ended.includes((await driver.moveAll.progress(queue.name, signal))?.state), {
        timeout: 30_000,
      });
      expect((await driver.inspect(queue.name, signal)).depth.count).toBeGreaterThan(0);
    },
  },
];

async function isAvailable({ driver, signal, refused }: ClauseContext, queue: TestQueue): Promise<boolean> {
  const facts = await driver.moveAll.facts(queue.name, signal);
  if (facts.available) {
    expect(facts).toMatchObject({ why: null, destination: expect.any(String) });
    expect(facts.cannot.length).toBeGreaterThan(0);
    return true;
  }
  expect(facts.why).toMatch(/\. /);
  const error = await failureOf(driver.moveAll.start(queue.name, { ratePerSecond: null }, signal));
  expect(error.code).toBe('unsupported');
  expect(await driver.moveAll.progress(queue.name, signal).catch(() => null)).toBeNull();
  refused();
  return false;
}
