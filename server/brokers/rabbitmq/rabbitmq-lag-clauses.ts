import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { askManagement } from '#server/brokers/rabbitmq/foreign-management.ts';
import type { RabbitMqHarness } from '#server/brokers/rabbitmq/rabbitmq-harness.ts';

const signal = new AbortController().signal;
const counts = z.object({ messages_ready: z.number(), messages_unacknowledged: z.number(), consumers: z.number() });

async function rowOf(driver: BrokerDriver, queue: string, known: readonly string[] = []) {
  const { rows } = await driver.readLag(known, signal);
  return rows.find((row) => row.kind === 'queue' && row.queue === queue);
}

/** What waits and what consumers hold, on the real server. */
export function describeRabbitMqLag(harness: RabbitMqHarness): void {
  describe(`${harness.label} lag`, () => {
    test.each(['classic', 'quorum'])(
      'what is ready and what is unacknowledged in any %s queue is what the management API says of it',
      async (type) => {
        const driver = harness.connect();
        onTestFinished(() => driver.close());
        const { foreign } = harness;
        const queue = harness.uniqueName();
        await foreign.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': type } });
        for (let n = 0; n < 7; n += 1) foreign.sendToQueue(queue, Buffer.from(`${n}`));
        await foreign.waitForConfirms();
        const { promise: holding, resolve } = Promise.withResolvers<void>();
        let held = 0;
        await foreign.prefetch(3);
        const { consumerTag } = await foreign.consume(queue, () => {
          held += 1;
          if (held === 3) resolve();
        });
        await holding;
        await expect
          .poll(() => rowOf(driver, queue), { timeout: 30_000 })
          .toEqual({ kind: 'queue', queue, waiting: 4, held: 3, consumers: 1, approximate: false });
        const told = counts.parse(await askManagement(harness.managementUrl, `/queues/%2F/${queue}`));
        expect(told).toEqual({ messages_ready: 4, messages_unacknowledged: 3, consumers: 1 });
        await foreign.cancel(consumerTag);
        foreign.nackAll(true);
      },
      60_000,
    );

    test('a stream keeps what was read: it is left out, and that is said; so is an exclusive queue', async () => {
      const driver = harness.connect();
      onTestFinished(() => driver.close());
      const stream = await harness.createPlainQueue('stream');
      const { queue: exclusive } = await harness.foreign.assertQueue(harness.uniqueName(), { exclusive: true });
      const plain = await harness.createPlainQueue('classic');
      await expect.poll(() => rowOf(driver, plain), { timeout: 30_000 }).toMatchObject({ waiting: 0, held: 0 });
      expect(await rowOf(driver, stream)).toBeUndefined();
      expect(await rowOf(driver, exclusive)).toBeUndefined();
      expect((await driver.readLag([], signal)).notes.join()).toMatch(/streams? (is|are) left out/);
    });

    test('without the management API the known queues alone are told, and that is said', async () => {
      const driver = harness.connectWithoutManagement({});
      onTestFinished(() => driver.close());
      const queue = await harness.createPlainQueue('classic');
      await harness.createPlainQueue('classic');
      harness.foreign.sendToQueue(queue, Buffer.from('x'));
      await harness.foreign.waitForConfirms();
      const { rows, notes } = await driver.readLag([queue, harness.uniqueName('-missing')], signal);
      expect(rows).toEqual([{ kind: 'queue', queue, waiting: 1, held: null, consumers: 0, approximate: false }]);
      expect(notes.join()).toContain('management API');
    });
  });
}
