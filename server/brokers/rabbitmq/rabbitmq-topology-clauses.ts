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

    test('an exchange that is gone, a policy, a delivery limit and a short life show in the topology', async () => {
      const driver = harness.connect();
      const suffixes = ['-lost', '-unbound', '-policy', '-temporary', '-dlq', '-kept'];
      const names = suffixes.map((suffix) => harness.uniqueName(suffix));
      const [lost, unbound, byPolicy, temporary, dead, kept] = names as [
        string,
        string,
        string,
        string,
        string,
        string,
      ];
      try {
        const nowhere = { 'x-dead-letter-exchange': `${lost}-exchange` };
        await harness.foreign.assertQueue(lost, { arguments: nowhere });
        const nobody = { 'x-dead-letter-exchange': 'amq.direct', 'x-dead-letter-routing-key': unbound };
        await harness.foreign.assertQueue(unbound, { durable: true, arguments: nobody });
        const strategy = { 'x-queue-type': 'quorum', 'x-dead-letter-strategy': 'at-least-once' };
        const atLeastOnce = { ...nowhere, ...strategy, 'x-overflow': 'reject-publish' };
        await harness.foreign.assertQueue(kept, { durable: true, arguments: atLeastOnce });
        await harness.foreign.assertQueue(byPolicy);
        await harness.foreign.assertQueue(temporary, { arguments: { 'x-expires': 600_000 } });
        const quorum = { 'x-queue-type': 'quorum', 'x-delivery-limit': 7 };
        await harness.foreign.assertQueue(dead, { durable: true, arguments: quorum });
        const definition = { 'dead-letter-exchange': '', 'dead-letter-routing-key': dead };
        await harness.putPolicy('policies', byPolicy, { pattern: `^${byPolicy}$`, 'apply-to': 'queues', definition });
        const { consumerTag } = await harness.foreign.consume(dead, () => undefined);
        const told = async () =>
          new Map((await driver.topology(signal)).queues.map((queue) => [queue.name, queue] as const));
        // Consumers are counted some seconds late.
        await expect.poll(async () => (await told()).get(dead)?.consumers, { timeout: 20_000 }).toBe(1);
        const queues = await told();
        expect(queues.get(lost)?.deadLetters).toEqual({
          kind: 'to',
          queues: [],
          via: `exchange "${lost}-exchange"`,
          exchange: { name: `${lost}-exchange`, key: null, type: null },
        });
        expect(queues.get(kept)?.deadLetters).toMatchObject({ queues: [], stays: true });
        expect(queues.get(unbound)?.deadLetters).toEqual({
          kind: 'to',
          queues: [],
          via: `the direct exchange "amq.direct" with key "${unbound}"`,
          exchange: { name: 'amq.direct', key: unbound, type: 'direct' },
        });
        expect(queues.get(byPolicy)?.deadLetters).toMatchObject({ kind: 'to', queues: [dead] });
        expect(queues.get(temporary)?.isShortLived).toBe(true);
        expect(queues.get(dead)).toMatchObject({ kind: 'quorum queue', deliveryLimit: 7, isShortLived: false });
        await harness.foreign.cancel(consumerTag);
        const without = harness.connectWithoutManagement({});
        expect(await without.topology(signal)).toMatchObject({
          queues: [],
          notes: [expect.stringMatching(/not known/)],
        });
        await without.close();
      } finally {
        await driver.close();
      }
    });

    test('a queue that dead-letters to itself is told as that, and is no dead-letter queue for it', async () => {
      const driver = harness.connect();
      const name = harness.uniqueName('-again');
      try {
        await harness.foreign.assertQueue(name, { arguments: { 'x-dead-letter-exchange': '' } });
        const told = async () => (await driver.topology(signal)).queues.find((queue) => queue.name === name);
        await expect.poll(told, { timeout: 20_000 }).toMatchObject({ deadLetters: { kind: 'to', queues: [name] } });
        expect((await driver.discover(signal)).map((queue) => queue.name)).not.toContain(name);
      } finally {
        await driver.close();
      }
    });

    test('the policy that applies to a queue is told whole, with the virtual host', async () => {
      const driver = harness.connect();
      const name = harness.uniqueName('-ruled');
      const definition = { 'dead-letter-exchange': '', 'dead-letter-routing-key': 'elsewhere', 'max-length': 7 };
      try {
        await harness.foreign.assertQueue(name);
        await harness.putPolicy('policies', name, {
          pattern: `^${name}$`,
          'apply-to': 'queues',
          definition,
          priority: 3,
        });
        const told = await driver.topology(signal);
        expect(told.vhost).toBe('/');
        expect(told.queues.find((queue) => queue.name === name)?.policy).toEqual({ name, priority: 3, definition });
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
