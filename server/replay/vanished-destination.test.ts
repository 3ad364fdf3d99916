import { randomUUID } from 'node:crypto';
import { DeleteQueueCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Destination, type Header, textHeader } from '#lib/domain/message.ts';
import { createForeignClient } from '#server/brokers/kafka/kafka-foreign-client.ts';
import { createKafkaDriver } from '#server/brokers/kafka/kafka-driver.ts';
import { required } from '#server/brokers/kafka/kafka-harness.ts';
import { createRabbitMqHarness } from '#server/brokers/rabbitmq/rabbitmq-harness.ts';
import { createSqsHarness } from '#server/brokers/sqs/sqs-harness.ts';
import type { DriverHarness, TestQueue } from '#server/brokers/testing/harness.ts';
import { aMessage, markerOf, withHeaders } from '#server/brokers/testing/sample-messages.ts';
import { type RealEngine, startRealEngine } from '#server/replay/testing/real-engine.ts';

/** A destination that somebody deletes before the plan, or between the plan and the send: nothing of it is lost, and each message says why it was not sent. */

interface Brought extends Pick<DriverHarness, 'connection' | 'connect' | 'createQueue' | 'put' | 'receive' | 'close'> {
  /** Somebody deletes the topic or queue. */
  deleteDestination(destination: Destination): Promise<void>;
}

describe.each([
  { label: 'Kafka', bring: bringKafka },
  { label: 'RabbitMQ', bring: bringRabbitMq },
  { label: 'SQS', bring: bringSqs },
])('a destination that vanished, on $label', ({ bring }) => {
  let brought: Brought;
  let engine: RealEngine | null = null;

  beforeAll(async () => {
    brought = await bring();
  });

  afterAll(async () => {
    await engine?.close();
    await brought?.close();
  });

  async function deadLetters(): Promise<{ queue: TestQueue; engine: RealEngine }> {
    const queue = await brought.createQueue();
    const messages = ['first', 'second'].map((marker) => aMessage(`${marker}-${randomUUID()}`));
    const died = messages.map((message) => withHeaders(message, ...deathOf(queue.origin)));
    await brought.put(queue, died);
    await engine?.close();
    engine = await startRealEngine(brought.connection, brought.connect(), [queue.name]);
    expect(await engine.read(queue.name)).toHaveLength(2);
    return { queue, engine };
  }

  /** A foreign look at the dead letters, which takes them where it has to. */
  async function expectAllThere(queue: TestQueue): Promise<void> {
    const left = await brought.receive(placeOf(queue), 2);
    expect(left.map(markerOf).map((marker) => marker?.split('-')[0])).toEqual(['first', 'second']);
  }

  it('before the plan is refused there, and nothing is sent', async () => {
    const { queue, engine: own } = await deadLetters();
    await brought.deleteDestination(queue.origin);
    await expect
      .poll(async () => (await own.planAll(queue.name)).plan, { timeout: 30_000 })
      .toMatchObject({ total: 2, willSend: 0, refusals: [{ code: 'destination-missing', count: 2 }] });
    await expectAllThere(queue);
  });

  it('after the plan fails each message by name, and each stays in its queue', async () => {
    const { queue, engine: own } = await deadLetters();
    const planned = await own.planAll(queue.name);
    expect(planned.plan).toMatchObject({ willSend: 2, refusals: [] });
    await brought.deleteDestination(queue.origin);
    await own.confirm(planned);
    const { account } = await own.reached(planned.id, 'settled', 'stopped');
    expect(account).toMatchObject({ total: 2, failed: 2, settled: 0, unknown: 0 });
    for (const { reason } of await own.store.ledger.listItems(planned.id, { after: null, limit: 10 })) {
      expect(['not_found', 'unroutable']).toContain(reason?.code);
      expect(reason?.message).toContain(nameOf(queue.origin));
    }
    await expectAllThere(queue);
  });
});

async function bringKafka(): Promise<Brought> {
  const brokers = required('TEST_KAFKA_BROKERS').split(',');
  const foreign = await createForeignClient(brokers);
  // One of its own for what is deleted: kafkajs asks for it ever after.
  const owner = await createForeignClient(brokers);
  const connection = 'kafka-vanishing';
  return {
    connection,
    connect: () => createKafkaDriver({ connection, brokers, clock: Date.now }),
    async createQueue() {
      const origin = `vanishing-${randomUUID()}.orders`;
      await owner.createTopic(origin, 1);
      await foreign.createTopic(`${origin}.dlq`, 1);
      return { name: `${origin}.dlq`, origin: { kind: 'kafka', topic: origin, partition: null } };
    },
    put: (queue, messages) => foreign.put(queue.name, messages),
    receive: (destination, count) => foreign.receive(destination, count),
    async deleteDestination(destination) {
      await owner.deleteTopic(nameOf(destination));
      // It is gone for some parts of a busy broker before it is for others.
      await expect.poll(async () => (await foreign.admin.listTopics()).includes(nameOf(destination))).toBe(false);
    },
    async close() {
      await foreign.close();
      await owner.close();
    },
  };
}

async function bringRabbitMq(): Promise<Brought> {
  const harness = await createRabbitMqHarness({ env: 'TEST_RABBITMQ' });
  return {
    ...harness,
    deleteDestination: async (destination) => void (await harness.foreign.deleteQueue(nameOf(destination))),
  };
}

async function bringSqs(): Promise<Brought> {
  const endpoint = required('TEST_SQS_ENDPOINT');
  const none = { variants: ['standard'], senderProperties: [], serverCannot: {}, rejecting: {} } as const;
  const harness = createSqsHarness({ label: 'sqs', endpoint, ...none });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const foreign = new SQSClient({ region: 'us-east-1', endpoint, credentials });
  const deleted: string[] = [];
  return {
    ...harness,
    async deleteDestination(destination) {
      const { QueueUrl } = await foreign.send(new GetQueueUrlCommand({ QueueName: nameOf(destination) }));
      await foreign.send(new DeleteQueueCommand({ QueueUrl }));
      deleted.push(nameOf(destination));
    },
    async close() {
      foreign.destroy();
      // It deletes all that it made.
      for (const name of deleted) await harness.createPlainQueue({}, name);
      await harness.close();
    },
  };
}

function nameOf(destination: Destination): string {
  switch (destination.kind) {
    case 'kafka':
      return destination.topic;
    case 'rabbitmq':
      return destination.routingKey;
    case 'sqs':
      return destination.queue;
  }
}

function placeOf({ name, origin }: TestQueue): Destination {
  switch (origin.kind) {
    case 'kafka':
      return { kind: 'kafka', topic: name, partition: null };
    case 'rabbitmq':
      return { kind: 'rabbitmq', exchange: '', routingKey: name };
    case 'sqs':
      return { kind: 'sqs', queue: name };
  }
}

/** How the message itself says where it came from. */
function deathOf(origin: Destination): readonly Header[] {
  switch (origin.kind) {
    case 'kafka':
      return [textHeader('dlq-original-topic', origin.topic), textHeader('dlq-original-partition', '0')];
    case 'rabbitmq': {
      const death: readonly Header[] = [
        textHeader('reason', 'rejected'),
        textHeader('queue', origin.routingKey),
        textHeader('exchange', origin.exchange),
        { name: 'routing-keys', value: { kind: 'list', items: [{ kind: 'text', text: origin.routingKey }] } },
      ];
      return [
        { name: 'x-death', value: { kind: 'list', items: [{ kind: 'table', entries: death }] } },
        textHeader('x-first-death-queue', origin.routingKey),
      ];
    }
    case 'sqs':
      return [];
  }
}
