import { expect, vi } from 'vitest';
import type { Clause, ClauseContext } from '#server/brokers/testing/clause.ts';
import { aQueueWith, markersOf, messagesApart } from '#server/brokers/testing/driving.ts';
import { failureOf, namesOf } from '#server/brokers/testing/expectations.ts';
import type { TestQueue } from '#server/brokers/testing/harness.ts';
import { aMessage } from '#server/brokers/testing/sample-messages.ts';

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
      await driver.moveAll.start(queue.name, { ratePerSecond, to: null }, signal);
      await vi.waitUntil(async () => (await driver.moveAll.progress(queue.name, signal))?.state === 'done', {
        timeout: 30_000,
      });
      const received = await harness.receive(queue.origin, messages.length);
      expect(markersOf(received).toSorted()).toEqual(markersOf(messages).toSorted());
      expect((await driver.inspect(queue.name, signal)).depth.count).toBe(0);
      expect(await driver.moveAll.progress(queue.name, signal)).toMatchObject({ problem: null, canCancel: false });
    },
  },
  {
    name: 'a move that is cancelled ends; a second one beside it is refused, and so is cancelling what does not run',
    oncePerServer: true,
    async prove(context) {
      const { driver, signal } = context;
      const queue = await aQueueWith(context, messagesApart(context, 8));
      if (!(await isAvailable(context, queue))) return;
      const { ratePerSecondMax } = await driver.moveAll.facts(queue.name, signal);
      expect(await driver.moveAll.progress(queue.name, signal)).toBeNull();
      expect((await failureOf(driver.moveAll.cancel(queue.name, signal))).code).toBe('conflict');
      if (ratePerSecondMax !== null) expect(await isMetInItsMiddle(context, queue, 1)).toBe(true);
      // Where it cannot be slowed down there must be enough to be met in the middle.
      else
        for (let thousands = 4; ; thousands *= 3) {
          await putMany(context, queue, thousands);
          if (await isMetInItsMiddle(context, queue, null)) break;
          expect(thousands).toBeLessThan(36);
        }
      // ElasticMQ forgets a task that was cancelled.
      const ended = ['cancelled', undefined];
      await vi.waitUntil(async () => ended.includes((await driver.moveAll.progress(queue.name, signal))?.state), {
        timeout: 30_000,
      });
      expect((await driver.inspect(queue.name, signal)).depth.count).toBeGreaterThan(0);
    },
  },
  {
    name: 'another place for everything is taken where the broker takes one, and refused where it does not or where there is none',
    oncePerServer: true,
    async prove(context) {
      const { driver, harness, signal } = context;
      const messages = messagesApart(context, 3);
      const queue = await aQueueWith(context, messages);
      if (!(await isAvailable(context, queue))) return;
      const { destinations } = await driver.moveAll.facts(queue.name, signal);
      const other = await harness.createQueue(context.variant);
      const to = namesOf(other.origin)[0] ?? '';
      const moved = (place: string) => driver.moveAll.start(queue.name, { ratePerSecond: null, to: place }, signal);
      if (destinations === null) {
        expect((await failureOf(moved(to))).code).toBe('unsupported');
        return;
      }
      expect((await failureOf(moved(`${to}-missing`))).code).toBe('not_found');
      expect((await failureOf(moved(queue.name))).code).toBe('invalid_request');
      await moved(to);
      const received = await harness.receive(other.origin, messages.length);
      expect(markersOf(received).toSorted()).toEqual(markersOf(messages).toSorted());
    },
  },
];

/** Begins a move, tries to begin another one, and cancels it. False where it was over before. */
async function isMetInItsMiddle(
  { driver, signal }: ClauseContext,
  queue: TestQueue,
  ratePerSecond: number | null,
): Promise<boolean> {
  const { moveAll } = driver;
  const start = () => moveAll.start(queue.name, { ratePerSecond, to: null }, signal);
  const isOver = async () => (await moveAll.progress(queue.name, signal))?.state === 'done';
  await start();
  const second = await start().then(
    () => null,
    (error: unknown) => error,
  );
  if (second === null) {
    await vi.waitUntil(isOver, { timeout: 30_000 });
    return false;
  }
  expect(second).toMatchObject({ code: 'conflict' });
  const running = await moveAll.progress(queue.name, signal);
  if (running?.state === 'done') return false;
  expect(running).toMatchObject({ state: 'running', problem: null, canCancel: true });
  try {
    await moveAll.cancel(queue.name, signal);
  } catch (error) {
    if (await isOver()) return false;
    throw error;
  }
  return true;
}

async function putMany({ harness }: ClauseContext, queue: TestQueue, thousands: number): Promise<void> {
  const message = aMessage('one of many');
  for (let batch = 0; batch < thousands; batch++)
    await harness.put(
      queue,
      Array.from({ length: 1_000 }, () => message),
    );
}

async function isAvailable({ driver, signal, refused }: ClauseContext, queue: TestQueue): Promise<boolean> {
  const facts = await driver.moveAll.facts(queue.name, signal);
  if (facts.available) {
    expect(facts).toMatchObject({ why: null, destination: expect.any(String) });
    expect(facts.cannot.length).toBeGreaterThan(0);
    return true;
  }
  expect(facts.why).toMatch(/\. /);
  const error = await failureOf(driver.moveAll.start(queue.name, { ratePerSecond: null, to: null }, signal));
  expect(error.code).toBe('unsupported');
  expect(await driver.moveAll.progress(queue.name, signal).catch(() => null)).toBeNull();
  refused();
  return false;
}
