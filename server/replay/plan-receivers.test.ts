import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRabbitMqHarness, type RabbitMqHarness } from '#server/brokers/rabbitmq/rabbitmq-harness.ts';
import { aMessage } from '#server/brokers/testing/sample-messages.ts';
import { type RealEngine, startRealEngine } from '#server/replay/testing/real-engine.ts';

/** What a plan says of a destination that nobody consumes, on a real RabbitMQ. */

describe('a queue to which a plan sends', () => {
  let harness: RabbitMqHarness;
  let engine: RealEngine | null = null;

  beforeAll(async () => {
    harness = await createRabbitMqHarness({ env: 'TEST_RABBITMQ' });
  });

  afterAll(async () => {
    await engine?.close();
    await harness?.close();
  });

  it('is warned of as long as nobody consumes it', async () => {
    const queue = await harness.createQueue();
    const elsewhere = await harness.createPlainQueue('classic');
    await harness.put(queue, [aMessage('one'), aMessage('two')]);
    const own = await startRealEngine(harness.connection, harness.connect(), [queue.name]);
    engine = own;
    await expect.poll(async () => (await own.read(queue.name)).length, { timeout: 60_000 }).toBe(2);
    const destination = { kind: 'rabbitmq', exchange: '', routingKey: elsewhere } as const;
    const ofReceivers = async () => {
      const { plan } = await own.planAll(queue.name, { destination });
      return plan.warnings.filter(({ code }) => code === 'no-receivers').map(({ count, text }) => `${count} ${text}`);
    };
    expect(await ofReceivers()).toEqual([`2 go to ${elsewhere}, where nobody receives at the moment`]);
    const { consumerTag } = await harness.foreign.consume(elsewhere, () => undefined);
    await expect.poll(ofReceivers, { timeout: 30_000 }).toEqual([]);
    await harness.foreign.cancel(consumerTag);
  });
});
