import { expect } from 'vitest';
import type { Topology } from '#lib/domain/topology.ts';
import type { Clause, ClauseContext } from '#server/brokers/testing/clause.ts';
import { failureOf, namesOf } from '#server/brokers/testing/expectations.ts';

export const topologyClauses: readonly Clause[] = [
  {
    name: 'a queue tells where its failures go, or that nobody knows; its dead-letter queue is told too, and nothing is changed by it',
    async prove(context) {
      const { driver, harness, variant } = context;
      const queue = await harness.createQueue(variant);
      const before = await harness.snapshot(queue);
      const from = () => originOf(context, queue);
      await expect.poll(from, { timeout: 60_000 }).toMatchObject({ deadLetters: { kind: 'to', queues: [queue.name] } });
      const ownOf = ({ queues }: Topology) => queues.find(({ name }) => name === queue.name);
      // RabbitMQ counts the consumers of a new queue some seconds late.
      const consumers = async () => ownOf(await driver.topology(context.signal))?.consumers;
      await expect.poll(consumers, { timeout: 60_000 }).toBe(driver.kind === 'rabbitmq' ? 0 : null);
      const told = await driver.topology(context.signal);
      const { queues, notes } = told;
      // Who consumes a topic decides where failures go: a topic without a dead-letter topic cannot be told from one with another name.
      const end = driver.kind === 'kafka' ? 'untold' : 'nowhere';
      expect(ownOf(told)).toMatchObject({ deadLetters: { kind: end }, isShortLived: false, deliveryLimit: null });
      expect(new Set(queues.map(({ name }) => name)).size).toBe(queues.length);
      if (driver.kind === 'kafka') expect(notes.join(' ')).toContain('cannot be told');
      expect(await harness.snapshot(queue)).toEqual(before);
    },
  },
  {
    name: 'how long a queue keeps its messages is told with its place',
    oncePerServer: true,
    async prove({ driver, harness, signal }) {
      const dayMs = 86_400_000;
      const queue = await harness.createKeepingQueue(dayMs);
      const retention = async () =>
        (await driver.topology(signal)).queues.find(({ name }) => name === queue.name)?.retention;
      await expect.poll(retention, { timeout: 30_000 }).toMatchObject({ kind: 'for', ms: dayMs });
      expect((await driver.inspect(queue.name, signal)).retention).toEqual(await retention());
    },
  },
  {
    name: 'a look at the topology that is aborted is cancelled',
    oncePerServer: true,
    async prove({ driver }) {
      expect((await failureOf(driver.topology(AbortSignal.abort()))).code).toBe('cancelled');
    },
  },
];

async function originOf(
  { driver, signal }: ClauseContext,
  { origin }: Parameters<ClauseContext['harness']['put']>[0],
): Promise<Topology['queues'][number] | undefined> {
  const names = namesOf(origin);
  return (await driver.topology(signal)).queues.find(({ name }) => names.includes(name));
}
