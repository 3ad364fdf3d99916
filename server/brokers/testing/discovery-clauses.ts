import { expect } from 'vitest';
import type { Clause } from '#server/brokers/testing/clause.ts';
import { aQueueWith, destinationOf, messagesApart } from '#server/brokers/testing/driving.ts';
import { failureOf, namesOf } from '#server/brokers/testing/expectations.ts';

export const discoveryClauses: readonly Clause[] = [
  {
    name: 'a check tells the product, and an aborted one is cancelled',
    oncePerServer: true,
    async prove({ driver, signal }) {
      const info = await driver.check(signal);
      expect(info.product.length).toBeGreaterThan(0);
      expect((await failureOf(driver.check(AbortSignal.abort()))).code).toBe('cancelled');
    },
  },
  {
    name: 'a dead-letter queue is found, with its origin, and finding it changes nothing',
    async prove({ driver, harness, signal, variant }) {
      const queue = await harness.createQueue(variant);
      const before = await harness.snapshot(queue);
      const originsFound = async () =>
        (await driver.discover(signal)).find(({ name }) => name === queue.name)?.origins ?? null;
      // Policies and management facts come late on some brokers.
      await expect.poll(originsFound, { timeout: 60_000 }).not.toBeNull();
      const origins = (await originsFound()) ?? [];
      expect(
        namesOf(queue.origin).some((name) => origins.includes(name)),
        `Of ${namesOf(queue.origin).join(' or ')}, found: ${origins.join(', ')}`,
      ).toBe(true);
      expect(await harness.snapshot(queue)).toEqual(before);
    },
  },
  {
    name: 'how long messages are kept is told',
    oncePerServer: true,
    async prove({ driver, harness, signal }) {
      const dayMs = 86_400_000;
      const queue = await harness.createKeepingQueue(dayMs);
      const { retention } = await driver.inspect(queue.name, signal);
      expect(retention).toMatchObject({ kind: 'for', ms: dayMs });
    },
  },
  {
    name: 'the depth is told, and the mark changes when messages arrive',
    async prove(context) {
      const { driver, harness, signal } = context;
      const queue = await aQueueWith(context, messagesApart(context, 4));
      const depth = async () => (await driver.inspect(queue.name, signal)).depth.count;
      await expect.poll(depth, { timeout: 60_000 }).toBe(4);
      const { changeMark, heldByOthers } = await driver.inspect(queue.name, signal);
      expect(heldByOthers).toBe(0);
      await harness.put(queue, messagesApart(context, 3));
      await expect.poll(depth, { timeout: 60_000 }).toBe(7);
      expect((await driver.inspect(queue.name, signal)).changeMark).not.toBe(changeMark);
    },
  },
  {
    name: 'as many messages that left as came change the mark, or it is said to be made of counts',
    async prove(context) {
      const { driver, harness, signal } = context;
      const queue = await aQueueWith(context, messagesApart(context, 2));
      const facts = () => driver.inspect(queue.name, signal);
      const depth = async () => (await facts()).depth.count;
      await expect.poll(depth, { timeout: 60_000 }).toBe(2);
      // Counters that lag say by themselves how many came before: they are waited for.
      await expect.poll(async () => (await facts()).heldByOthers, { timeout: 60_000 }).toBe(0);
      const { changeMark, capabilities } = await facts();
      if (capabilities.browse !== 'log') await harness.receive(destinationOf(driver.kind, queue.name), 2);
      await harness.put(queue, messagesApart(context, 2));
      await expect.poll(depth, { timeout: 60_000 }).toBe(capabilities.browse === 'log' ? 4 : 2);
      const tells = async () => {
        const now = await facts();
        return now.countsOnly || now.changeMark !== changeMark;
      };
      await expect.poll(tells, { timeout: 60_000 }).toBe(true);
    },
  },
];
