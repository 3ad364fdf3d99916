import { expect } from 'vitest';
import type { BrowseBatch } from '#server/brokers/driver.ts';
import { type Clause, type ClauseContext, provided } from '#server/brokers/testing/clause.ts';
import { aQueueWith, browseAll, messagesApart } from '#server/brokers/testing/driving.ts';
import { expectUnchanged, failureOf } from '#server/brokers/testing/expectations.ts';
import type { TestQueue } from '#server/brokers/testing/harness.ts';

/** Whatever ends a browse, the queue is as it was. */
export const releaseClauses: readonly Clause[] = [
  {
    name: 'leaving a browse early gives everything back',
    prove: (context) =>
      unchangedBy(context, async (queue) => {
        for await (const batch of context.driver.browse(queue.name, { from: null }, context.signal)) {
          expect(batch.messages.length).toBeGreaterThan(0);
          break;
        }
      }),
  },
  {
    name: 'throwing inside the loop of a browse gives everything back',
    prove: (context) =>
      unchangedBy(context, async (queue) => {
        const thrown = new Error('thrown by the caller');
        const throwing = async () => {
          for await (const batch of context.driver.browse(queue.name, { from: null }, context.signal))
            if (batch) throw thrown;
        };
        await expect(throwing()).rejects.toBe(thrown);
      }),
  },
  {
    name: 'aborting a browse ends it with cancelled and gives everything back',
    prove: (context) =>
      unchangedBy(context, async (queue) => {
        const beforeItBegan = iteratorOf(context, queue, AbortSignal.abort()).next();
        expect((await failureOf(beforeItBegan)).code).toBe('cancelled');

        const whileWaiting = new AbortController();
        const first = iteratorOf(context, queue, whileWaiting.signal).next();
        whileWaiting.abort();
        expect((await failureOf(first)).code).toBe('cancelled');

        const betweenBatches = new AbortController();
        const iterator = iteratorOf(context, queue, betweenBatches.signal);
        const begun = await iterator.next();
        betweenBatches.abort();
        await expectCancelled(iterator, begun);
      }),
  },
  {
    name: 'closing the driver ends a browse with cancelled and gives everything back',
    async prove(context) {
      const driver = context.harness.connect();
      try {
        await unchangedBy(context, async (queue) => {
          const iterator = driver.browse(queue.name, { from: null }, context.signal)[Symbol.asyncIterator]();
          const begun = await iterator.next();
          await driver.close();
          await expectCancelled(iterator, begun);
        });
      } finally {
        await driver.close();
      }
    },
  },
  {
    name: 'a restart of the broker amid a browse loses nothing',
    oncePerServer: true,
    async prove(context) {
      const count = 3_000;
      const server = provided(await context.harness.connectRestartable(count), 'server that can be restarted');
      try {
        const seen: string[] = [];
        let restarted = false;
        const browse = async () => {
          for await (const batch of server.driver.browse(server.queue.name, { from: null }, context.signal)) {
            seen.push(...batch.messages.map(({ identity }) => identity));
            if (!restarted) await server.restart();
            restarted = true;
          }
        };
        const failure = await browse().then(
          () => null,
          (error: unknown) => failureOf(Promise.reject(error)),
        );
        if (failure === null) expect(new Set(seen).size, 'It went on: without gap.').toBe(count);
        else expect(failure.code, failure.message).toBe('interrupted');
        expect(new Set(seen).size, 'Nothing twice.').toBe(seen.length);

        // A server that is still starting refuses; what it refused last is what a failure should show.
        const seenAfterwards = async () =>
          await browseAll(server.driver, server.queue.name).then(({ messages }) => messages.length, String);
        await expect.poll(seenAfterwards, { timeout: 90_000, interval: 500 }).toBe(count);
      } finally {
        await server.close();
      }
    },
  },
];

async function unchangedBy(context: ClauseContext, work: (queue: TestQueue) => Promise<void>): Promise<void> {
  const queue = await aQueueWith(context, messagesApart(context, 30));
  const before = await context.harness.snapshot(queue);
  await work(queue);
  await expectUnchanged(() => context.harness.snapshot(queue), before);
}

function iteratorOf({ driver }: ClauseContext, queue: TestQueue, signal: AbortSignal): AsyncIterator<BrowseBatch> {
  return driver.browse(queue.name, { from: null }, signal)[Symbol.asyncIterator]();
}

/** A browse whose last batch was handed out already has nothing left to cancel and may just end. */
async function expectCancelled(
  iterator: AsyncIterator<BrowseBatch>,
  begun: IteratorResult<BrowseBatch>,
): Promise<void> {
  expect(begun.done).toBeFalsy();
  const wasLast = begun.done !== true && begun.value.end !== null;
  const ended = await drain(iterator).then(
    () => 'ended',
    async (error: unknown) => (await failureOf(Promise.reject(error))).code,
  );
  expect(wasLast ? ['ended', 'cancelled'] : ['cancelled']).toContain(ended);
}

/** A batch that was ready before the abort may still come. */
async function drain(iterator: AsyncIterator<BrowseBatch>): Promise<void> {
  let result = await iterator.next();
  while (result.done !== true) result = await iterator.next();
}
