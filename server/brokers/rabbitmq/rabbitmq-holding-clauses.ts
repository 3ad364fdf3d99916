import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectPlainly } from 'amqplib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { toErrorRecord } from '#lib/domain/errors.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import type { QueueCapabilities } from '#lib/domain/queue.ts';
import { connected, holdAll, put, toQueue } from '#server/brokers/rabbitmq/rabbitmq-clauses.ts';
import { plainMessage, type RabbitMqHarness } from '#server/brokers/rabbitmq/rabbitmq-harness.ts';
import { browseAll } from '#server/brokers/testing/driving.ts';
import { failureOf } from '#server/brokers/testing/expectations.ts';
import { markerOf } from '#server/brokers/testing/sample-messages.ts';

const signal = new AbortController().signal;

/** What a read cannot see, because it ended early, others hold it or this process does, is never called gone. */
export function describeRabbitMqHolding(harness: RabbitMqHarness): void {
  describe(`${harness.label}, what a read cannot see`, () => {
    test.each(['classic', 'quorum'])(
      'a hold that cannot reach the end of a %s queue yields what it met and says that the rest may be there',
      async (type) => {
        const queue = await harness.createPlainQueue(type, unlimited(harness, type));
        await put(harness, queue, 60);
        const { messages } = await browseAll(connected(harness), queue);
        const before = await harness.snapshot({ name: queue, origin: toQueue(queue) });
        const wanted = [...messages.slice(0, 2), ...messages.slice(-1)];
        const held: RawDeadLetter[] = [];
        const holding = async () => {
          const capped = connected(harness, { heldBytesMax: 400 });
          for await (const batch of capped.hold(queue, wanted, { insist: false }, signal)) held.push(...batch.messages);
        };
        expect((await failureOf(holding())).code).toBe('timed_out');
        expect(held.map(markerOf)).toEqual(['0', '1']);
        expect(held.map(({ equals }) => equals)).toEqual([null, null]);
        expect(await harness.snapshot({ name: queue, origin: toQueue(queue) })).toEqual(before);
      },
    );

    test('a restart knows how often messages were given back without reading one', async () => {
      const queue = await harness.createPlainQueue('quorum', { 'x-delivery-limit': 6 });
      await put(harness, queue, 3);
      const before = connected(harness);
      await before.inspect(queue, signal);
      await browseAll(before, queue);
      let { capabilities } = await before.inspect(queue, signal);
      expect(givenBackIn(capabilities)).toBe(2);

      for (let restarts = 0; restarts < 6; restarts += 1) {
        const known = capabilities;
        const driver = connected(harness, { earlier: async () => known, pinnedQueues: [{ name: queue }] });
        const found = (await driver.discover(signal)).find(({ name }) => name === queue);
        expect(found && givenBackIn(found.capabilities)).toBe(2);
        ({ capabilities } = await driver.inspect(queue, signal));
        expect(givenBackIn(capabilities)).toBe(2);
      }
      const after = connected(harness, { earlier: async () => capabilities });
      expect((await browseAll(after, queue)).messages).toHaveLength(3);
      // The message itself tells the same.
      const fresh = connected(harness);
      expect(givenBackIn((await fresh.inspect(queue, signal)).capabilities)).toBe(4);
    });

    test('a queue that stops delivering amid a hold has not lost its messages', async () => {
      const queue = await harness.createPlainQueue('classic', { 'x-single-active-consumer': true });
      await put(harness, queue, 3);
      // Without the management API nobody tells that there is a single active consumer.
      const driver = harness.connectWithoutManagement({});
      onTestFinished(() => driver.close());
      const { messages } = await browseAll(driver, queue);
      const other = await foreignHolder(harness, queue, 1);
      expect(await failureOf(holdAll(driver, queue, messages.slice(-1)))).toMatchObject({ code: 'interrupted' });
      await other.giveBack();
      expect(await holdAll(driver, queue, messages.slice(-1))).toHaveLength(1);
    }, 45_000);

    test.each(['with', 'without'])(
      'what others hold is not called gone, %s the management API',
      async (how) => {
        const queue = await harness.createPlainQueue('classic');
        await put(harness, queue, 5);
        const driver = how === 'with' ? connected(harness) : harness.connectWithoutManagement({});
        onTestFinished(() => driver.close());
        const { messages } = await browseAll(driver, queue);
        expect((await driver.inspect(queue, signal)).heldByOthers).toBeOneOf([0, 'not yet']);

        const other = await foreignHolder(harness, queue, 2);
        expect((await driver.inspect(queue, signal)).heldByOthers).not.toBe(0);
        expect((await browseAll(driver, queue)).messages).toHaveLength(3);
        expect((await driver.inspect(queue, signal)).heldByOthers).not.toBe(0);
        expect(await failureOf(holdAll(driver, queue, messages.slice(0, 1)))).toMatchObject({ code: 'interrupted' });
        const settled = async () => (await driver.inspect(queue, signal)).heldByOthers;
        await expect.poll(settled, { timeout: 15_000 }).toBe(how === 'with' ? 2 : 'untold');

        await other.take();
        expect(await holdAll(driver, queue, messages.slice(0, 1))).toEqual([]);
        await expect.poll(settled, { timeout: 15_000 }).toBe(0);
      },
      60_000,
    );

    test.each(['classic', 'quorum'])(
      'what a process held that is gone by now is not called gone itself, in a %s queue',
      async (type) => {
        // Before, amid and after our own look: the server's counts tell of none of it.
        const instants = [0, 30, 100, 250, 500, 1_000].map(async (giveBackAfterMs) => {
          const queue = await harness.createPlainQueue(type, unlimited(harness, type));
          await put(harness, queue, 5);
          const driver = connected(harness);
          const { messages } = await browseAll(driver, queue);
          const other = await foreignHolder(harness, queue, 5);
          const holding = holdAll(driver, queue, messages).catch((error: unknown) => toErrorRecord(error).code);
          await delay(giveBackAfterMs);
          await other.giveBack();
          const held = await holding;
          expect(typeof held === 'string' ? held : held.length, `after ${giveBackAfterMs} ms`).toBeOneOf([
            'interrupted',
            5,
          ]);
        });
        await Promise.all(instants);
      },
      90_000,
    );

    test('a held message tells how many equal ones the queue holds', async () => {
      const driver = connected(harness);
      const queue = await harness.createPlainQueue('classic');
      const origin = toQueue(queue);
      await harness.put({ name: queue, origin }, ['twin', 'other', 'twin', 'twin'].map(plainMessage));
      const { messages } = await browseAll(driver, queue);
      const held = await holdAll(driver, queue, messages.slice(0, 2));
      expect(held.map(({ identity, equals }) => [identity, equals])).toEqual([
        [messages[0]?.identity, 3],
        [messages[1]?.identity, 1],
      ]);
      expect(messages.some((message) => 'equals' in message)).toBe(false);
    });

    test('looks at a queue while it is read take nothing from the read, and one sample serves all', async () => {
      const driver = connected(harness);
      const queue = await harness.createPlainQueue('quorum', { 'x-delivery-limit': 10 });
      await put(harness, queue, 40);
      const looks = [1, 2, 3].map(() => driver.inspect(queue, signal));
      const read = browseAll(driver, queue);
      const facts = await Promise.all([...looks, driver.inspect(queue, signal)]);
      expect((await read).end.complete).toBe(true);
      expect((await read).messages).toHaveLength(40);
      expect(facts.map((each) => each.refusal)).toEqual([null, null, null, null]);
      const during: unknown[] = [];
      for await (const batch of driver.browse(queue, { from: null }, signal)) {
        if (batch.end === null) during.push(await driver.inspect(queue, signal));
        else expect([batch.end.complete, batch.progress.read]).toEqual([true, 40]);
      }
      expect(during.length).toBeGreaterThan(0);
      // One in the sample, two in the browses.
      const counts = (await browseAll(driver, queue)).messages.map(
        ({ properties }) => properties.find(({ name }) => name === 'x-delivery-count')?.value,
      );
      expect(new Set(counts.map((value) => (value?.kind === 'integer' ? Number(value.text) : 0)))).toEqual(
        new Set([3]),
      );
    });
  });
}

/** A consumer of someone else's that holds the first `count` messages. */
async function foreignHolder(
  harness: RabbitMqHarness,
  queue: string,
  count: number,
): Promise<{ giveBack(): Promise<void>; take(): Promise<void> }> {
  const client = await connectPlainly(harness.url);
  const channel = await client.createChannel();
  await channel.prefetch(count);
  const { promise, resolve } = Promise.withResolvers<void>();
  let held = 0;
  await channel.consume(queue, () => {
    if (++held === count) resolve();
  });
  await promise;
  let open = true;
  const close = async () => {
    if (open) await client.close();
    open = false;
  };
  onTestFinished(close);
  return {
    giveBack: close,
    async take() {
      channel.ackAll();
      // Closing the connection at once would overtake the acknowledgement.
      await channel.close();
      await close();
    },
  };
}

/** Reading more often than RabbitMQ 4 allows by default. */
function unlimited(harness: RabbitMqHarness, type: string): Readonly<Record<string, unknown>> {
  return harness.major >= 4 && type === 'quorum' ? { 'x-delivery-limit': -1 } : {};
}

function givenBackIn({ costs }: QueueCapabilities): number | undefined {
  return costs.find(({ code }) => code === 'uses-delivery-limit')?.givenBack;
}
