import { describe, expect, test } from 'vitest';
import type { RabbitMqHarness } from '#server/brokers/rabbitmq/rabbitmq-harness.ts';
import { browseAll } from '#server/brokers/testing/driving.ts';

const signal = new AbortController().signal;

/** Dead-letter queues as people build them, found on the real server. */
export function describeRabbitMqTopologies(harness: RabbitMqHarness): void {
  describe(`${harness.label} topologies`, () => {
    test('dead-letter queues are found behind exchanges of each type, through other exchanges, and by policies', async () => {
      const driver = harness.connect();
      const { foreign } = harness;
      const target = async (): Promise<string> => await harness.createPlainQueue('classic');
      const origin = async (args: object): Promise<string> => {
        const name = harness.uniqueName();
        await foreign.assertQueue(name, { durable: true, arguments: args });
        return name;
      };
      try {
        const [direct, topic, fanout, outer] = ['direct', 'topic', 'fanout', 'outer'].map((type) =>
          harness.uniqueName(`-${type}`),
        );
        if (!direct || !topic || !fanout || !outer) throw new Error('Four names were made.');
        const [byDirect, byTopic, byFanout, byPolicy] = [
          await target(),
          await target(),
          await target(),
          await target(),
        ];
        await foreign.assertExchange(direct, 'direct');
        await foreign.assertExchange(topic, 'topic');
        await foreign.assertExchange(fanout, 'fanout');
        await foreign.assertExchange(outer, 'direct');
        await foreign.bindQueue(byDirect, direct, 'failed');
        await foreign.bindQueue(await target(), direct, 'other');
        await foreign.bindQueue(byTopic, topic, 'orders.#');
        await foreign.bindQueue(byFanout, fanout, '');
        await foreign.bindExchange(fanout, outer, 'key');
        // A circle must not be followed for ever.
        await foreign.bindExchange(fanout, fanout, '');
        const ofDirect = await origin({ 'x-dead-letter-exchange': direct, 'x-dead-letter-routing-key': 'failed' });
        const ofTopic = await origin({
          'x-dead-letter-exchange': topic,
          'x-dead-letter-routing-key': 'orders.eu.failed',
        });
        const ofFanout = await origin({ 'x-dead-letter-exchange': outer, 'x-dead-letter-routing-key': 'key' });
        const ofPolicy = await origin({});
        await harness.putPolicy('policies', ofPolicy, {
          pattern: `^${ofPolicy}$`,
          'apply-to': 'queues',
          definition: { 'dead-letter-exchange': '', 'dead-letter-routing-key': byPolicy },
        });

        const found = new Map((await driver.discover(signal)).map((queue) => [queue.name, queue]));
        for (const [name, from] of [
          [byDirect, ofDirect],
          [byTopic, ofTopic],
          [byFanout, ofFanout],
          [byPolicy, ofPolicy],
        ] as const) {
          expect(found.get(name)).toMatchObject({ foundBy: 'topology', origins: [from] });
        }
      } finally {
        await driver.close();
      }
    });

    test('a retry circle is no dead-letter queue, and the queue at its end is', async () => {
      const driver = harness.connect();
      const [work, retry, parked] = [
        harness.uniqueName(),
        harness.uniqueName('-retry'),
        harness.uniqueName('-parking-lot'),
      ];
      try {
        const deadLetterTo = (queue: string): object => ({
          'x-dead-letter-exchange': '',
          'x-dead-letter-routing-key': queue,
        });
        await harness.foreign.assertQueue(work, { arguments: deadLetterTo(retry) });
        await harness.foreign.assertQueue(retry, { arguments: { ...deadLetterTo(work), 'x-message-ttl': 60_000 } });
        await harness.foreign.assertQueue(parked);
        const found = (await driver.discover(signal)).map(({ name }) => name);
        expect(found).not.toContain(work);
        expect(found).not.toContain(retry);
        expect(found).toContain(parked);
      } finally {
        await driver.close();
      }
    });

    test('a destination tells the queues behind it and who consumes them', async () => {
      const driver = harness.connect();
      try {
        const exchange = harness.uniqueName('-topic');
        const queue = await harness.createPlainQueue('classic');
        await harness.foreign.assertExchange(exchange, 'topic');
        await harness.foreign.bindQueue(queue, exchange, 'orders.*');
        const { consumerTag } = await harness.foreign.consume(queue, () => undefined);
        const to = (routingKey: string) =>
          driver.describeDestination({ kind: 'rabbitmq', exchange, routingKey }, signal);
        expect((await to('orders.created')).receivers).toEqual([
          { kind: 'queue', name: queue, state: '1 consumer', members: 1, lag: 0 },
        ]);
        expect(await to('bills.created')).toMatchObject({ exists: true, receivers: [] });
        await harness.foreign.cancel(consumerTag);
      } finally {
        await driver.close();
      }
    });

    test('without the management API the configured queues can be read, and what is not known is said', async () => {
      const queue = await harness.createPlainQueue('classic');
      const driver = harness.connectWithoutManagement({ pinnedQueues: [{ name: queue, origin: 'orders' }] });
      try {
        expect((await driver.check(signal)).notes[0]).toContain('management API');
        expect(await driver.discover(signal)).toMatchObject([
          { name: queue, foundBy: 'configuration', origins: ['orders'] },
        ]);
        expect((await browseAll(driver, queue)).end.complete).toBe(true);
      } finally {
        await driver.close();
      }
    });
  });
}
