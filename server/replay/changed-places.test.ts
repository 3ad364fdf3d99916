import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '#lib/domain/errors.ts';
import { type Header, textHeader } from '#lib/domain/message.ts';
import { createRabbitMqHarness, type RabbitMqHarness } from '#server/brokers/rabbitmq/rabbitmq-harness.ts';
import { aMessage, withHeaders } from '#server/brokers/testing/sample-messages.ts';
import { systemClock } from '#server/clock.ts';
import { askEngine } from '#server/http/engine-requests.ts';
import { createChangedPlaces } from '#server/replay/changed-places.ts';
import { type RealEngine, startRealEngine } from '#server/replay/testing/real-engine.ts';

/** A plan lists 200 destinations; on a real RabbitMQ those beyond are asked again at its confirmation, too. */

describe('destinations of a plan that is confirmed', () => {
  let harness: RabbitMqHarness;
  let engine: RealEngine | null = null;

  beforeAll(async () => {
    harness = await createRabbitMqHarness({ env: 'TEST_RABBITMQ' });
  });

  afterAll(async () => {
    await engine?.close();
    await harness?.close();
  });

  it('are said to be gone also beyond the first 200, and each is asked once', async () => {
    const [many, few] = [harness.uniqueName(), harness.uniqueName()];
    for (const exchange of [many, few]) await harness.foreign.assertExchange(exchange, 'topic');
    const queue = await harness.createQueue();
    const routes = [
      ...Array.from({ length: 201 }, (_, number) => [many, `key-${number}`] as const),
      ...['a', 'b', 'b'].map((key) => [few, key] as const),
    ];
    const died = routes.map(([exchange, key], number) =>
      withHeaders(aMessage(`message ${number}`), ...deathOf(exchange, key)),
    );
    await harness.put(queue, died);
    const own = await startRealEngine(harness.connection, harness.connect(), [queue.name]);
    engine = own;
    await expect.poll(async () => (await own.read(queue.name)).length, { timeout: 60_000 }).toBe(routes.length);

    const { id: replayId, plan } = await own.planAll(queue.name);
    expect(plan).toMatchObject({ willSend: 204, toFurtherDestinations: 4, refusals: [] });
    expect(plan.destinations).toHaveLength(200);
    const changes = async () => {
      const request = { kind: 'check-plan', replayId } as const;
      const answer = await askEngine({ store: own.store, clock: systemClock }, request, 'test', 60_000);
      expect(answer.notLooked).toBe(0);
      return answer.changes ?? [];
    };
    expect(await changes()).toEqual([]);
    await harness.foreign.deleteExchange(few);
    const fewGone = { kind: 'destination-gone', count: 3, text: `go to exchange ${few}, which is no longer there` };
    expect(await changes()).toEqual([fewGone]);
    await harness.foreign.deleteExchange(many);
    const manyGone = { kind: 'destination-gone', count: 201, text: `go to exchange ${many}, which is no longer there` };
    expect(await changes()).toEqual([manyGone, fewGone]);
  });
});

describe('destinations that cannot be asked', () => {
  const row = { kind: 'sqs', exists: true, receivers: [], notes: [] } as const;
  const rows = Array.from({ length: 30 }, (_, number) => ({
    ...row,
    connection: 'sqs',
    destination: { kind: 'sqs', queue: `orders-${number}` } as const,
    count: number + 1,
  }));
  const driverOf = () => {
    throw new AppError('not_found', 'There is no connection "sqs"');
  };

  it('for want of time are counted by their messages', async () => {
    const places = createChangedPlaces(driverOf, AbortSignal.abort(), new AbortController().signal);
    await places.askListed(rows.slice(0, 3));
    expect(places.notAsked()).toBe(1 + 2 + 3);
    expect(places.changes()).toEqual([]);
  });

  it('are not a sentence each where they are many', async () => {
    const places = createChangedPlaces(driverOf, new AbortController().signal, new AbortController().signal);
    await places.askListed(rows);
    const changes = places.changes();
    expect(changes).toHaveLength(21);
    expect(changes.reduce((sum, { count }) => sum + count, 0)).toBe((30 * 31) / 2);
    expect(changes[0]).toMatchObject({ text: 'go to 10 further destinations, which cannot be asked now' });
    expect(changes[1]?.text).toBe('go to orders-29, which cannot be asked now: There is no connection "sqs"');
    expect(places.notAsked()).toBe(0);
  });
});

/** How a message says that RabbitMQ dead-lettered it. */
function deathOf(exchange: string, key: string): readonly Header[] {
  const entries: readonly Header[] = [
    textHeader('reason', 'rejected'),
    textHeader('queue', 'orders'),
    textHeader('exchange', exchange),
    { name: 'routing-keys', value: { kind: 'list', items: [{ kind: 'text', text: key }] } },
  ];
  return [
    { name: 'x-death', value: { kind: 'list', items: [{ kind: 'table', entries }] } },
    textHeader('x-first-death-queue', 'orders'),
  ];
}
