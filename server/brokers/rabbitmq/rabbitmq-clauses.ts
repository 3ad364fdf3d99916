import { connect as connectPlainly } from 'amqplib';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { BrokerDriver, PublishOutcome } from '#server/brokers/driver.ts';
import type { Destination, Header, RawDeadLetter, RawMessage } from '#lib/domain/message.ts';
import { plainMessage, type RabbitMqHarness } from '#server/brokers/rabbitmq/rabbitmq-harness.ts';
import { browseAll } from '#server/brokers/testing/driving.ts';
import { failureOf } from '#server/brokers/testing/expectations.ts';
import { markerOf } from '#server/brokers/testing/sample-messages.ts';

const signal = new AbortController().signal;

/** What only RabbitMQ has: delivery limits, header types, dead-letter topologies, returns and refusals of the server. */
export function describeRabbitMqClauses(harness: RabbitMqHarness): void {
  describe(`${harness.label} alone`, () => {
    test('reads stop before a delivery limit, and nothing is lost', { timeout: 120_000 }, () =>
      provesTheLimit(harness),
    );

    test('a queue with a delivery limit keeps its order when a part of it is read', async () => {
      const driver = connected(harness);
      const queue = await harness.createPlainQueue('quorum', { 'x-delivery-limit': 50 });
      await put(harness, queue, 30);
      const before = (await browseAll(driver, queue)).messages.map(markerOf);
      await browseAll(driver, queue, { limit: 10 });
      expect((await browseAll(driver, queue)).messages.map(markerOf)).toEqual(before);
    });

    test('an exclusive consumer and a single active one are reasons not to read', async () => {
      const driver = connected(harness);
      const exclusive = await harness.createPlainQueue('classic');
      const single = await harness.createPlainQueue('classic', { 'x-single-active-consumer': true });
      await put(harness, exclusive, 2);
      await put(harness, single, 2);
      const tags = [
        await harness.foreign.consume(exclusive, () => undefined, { exclusive: true }),
        await harness.foreign.consume(single, () => undefined),
      ];
      try {
        expect((await failureOf(browseAll(driver, exclusive, { insist: true }))).code).toBe('would_destroy');
        expect((await driver.inspect(single, signal)).refusal).toMatchObject({
          code: 'single-active-consumer',
          canInsist: false,
        });
        expect((await failureOf(browseAll(driver, single))).code).toBe('would_destroy');
      } finally {
        for (const { consumerTag } of tags) await harness.foreign.cancel(consumerTag);
        await harness.foreign.recover();
      }
    });

    test.each(['classic', 'quorum'])('x-death is read as the server wrote it, from a %s queue', async (type) => {
      const driver = connected(harness);
      const { name, origin } = await harness.createQueue(type);
      await driver.publish([{ ref: 'a', destination: origin, message: plainMessage('dying') }], {
        timeoutMs: 5_000,
        signal,
      });
      await rejectAll(harness, origin, 1);
      await expect.poll(() => harness.ready(name), { timeout: 10_000 }).toBe(1);
      const [first, second] = [await browseAll(driver, name), await browseAll(driver, name)];
      const death = first.messages[0]?.headers.find((header) => header.name === 'x-death')?.value;
      const entry = death?.kind === 'list' ? death.items[0] : undefined;
      const fields = new Map(entry?.kind === 'table' ? entry.entries.map((field) => [field.name, field.value]) : []);
      expect(fields.get('count')).toEqual({ kind: 'integer', text: '1', type: 'int64' });
      expect(fields.get('reason')).toEqual({ kind: 'text', text: 'rejected', type: 'longstr' });
      expect(fields.get('time')).toMatchObject({ kind: 'timestamp', unit: 's' });
      expect(second.messages[0]?.identity).toBe(first.messages[0]?.identity);
      expect(sorted(second.messages[0])).toEqual(sorted(first.messages[0]));
    });

    test('every header type of AMQP comes back with its type and value', async () => {
      const driver = connected(harness);
      const queue = await harness.createPlainQueue('classic');
      const message: RawMessage = { ...plainMessage('typed'), headers: everyType };
      expect(kinds(await publish(driver, [message], toQueue(queue)))).toEqual(['sent']);
      const { messages } = await browseAll(driver, queue);
      expect(sorted(messages[0])).toEqual(sorted(message));
    });

    test('the shared amqplib decodes as ever while the driver is connected', async () => {
      const driver = connected(harness);
      const queue = await harness.createPlainQueue('classic');
      await publish(driver, [{ ...plainMessage('a'), headers: everyType }], toQueue(queue));
      const client = await connectPlainly(harness.url);
      const channel = await client.createChannel();
      const message = await channel.get(queue, { noAck: true });
      await client.close();
      expect(message === false ? null : message.properties.headers).toMatchObject({
        small: -5,
        text: 'ünïcode',
        nothing: null,
      });
    });

    test('of many messages in flight exactly those that came back are unroutable', async () => {
      const driver = connected(harness);
      const exchange = harness.uniqueName('-direct');
      const queue = await harness.createPlainQueue('classic');
      await harness.foreign.assertExchange(exchange, 'direct');
      await harness.foreign.bindQueue(queue, exchange, 'bound');
      const outgoing = Array.from({ length: 400 }, (_, index) => ({
        ref: String(index),
        destination: { kind: 'rabbitmq', exchange, routingKey: index % 3 === 1 ? 'unbound' : 'bound' } as const,
        // Equal ones among them: bodies repeat.
        message: plainMessage(String(index % 7)),
      }));
      const outcomes = await driver.publish(outgoing, { timeoutMs: 15_000, signal });
      expect(outcomes.map((outcome) => (outcome.kind === 'failed' ? outcome.error.code : outcome.kind))).toEqual(
        outgoing.map(({ destination }) => (destination.routingKey === 'bound' ? 'sent' : 'unroutable')),
      );
      expect(await harness.ready(queue)).toBe(outcomes.filter(({ kind }) => kind === 'sent').length);
    });

    test('how long a queue keeps its messages is not told where more of them, or nobody, may end it sooner', async () => {
      const driver = connected(harness);
      const day = { 'x-message-ttl': 86_400_000 };
      const retentionWith = async (args: Readonly<Record<string, unknown>>) =>
        (await driver.inspect(await harness.createPlainQueue('classic', args), signal)).retention;
      expect(await retentionWith({})).toEqual({ kind: 'unlimited' });
      expect(await retentionWith(day)).toEqual({ kind: 'for', ms: 86_400_000, bound: 'at-least' });
      expect(await retentionWith({ ...day, 'x-max-length': 100 })).toEqual({ kind: 'untold' });
      expect(await retentionWith({ ...day, 'x-max-length-bytes': 100_000, 'x-overflow': 'drop-head' })).toEqual({
        kind: 'untold',
      });
      const full = { ...day, 'x-max-length': 100, 'x-overflow': 'reject-publish' };
      expect(await retentionWith(full)).toMatchObject({ kind: 'for' });
      expect(await retentionWith({ ...day, 'x-expires': 600_000 })).toEqual({ kind: 'untold' });
    });

    test('what the server refuses is failed alone, and the messages around it are sent', async () => {
      const driver = connected(harness);
      const queue = await harness.createPlainQueue('classic');
      const full = await harness.createPlainQueue('classic', { 'x-max-length': 1, 'x-overflow': 'reject-publish' });
      await put(harness, full, 1);
      const [sound, forged, huge, large] = [
        plainMessage('sound'),
        { ...plainMessage('forged'), properties: [{ name: 'user-id', value: { kind: 'text', text: 'somebody' } }] },
        { ...plainMessage('huge'), headers: [{ name: 'h', value: { kind: 'text', text: 'x'.repeat(200_000) } }] },
        { ...plainMessage('large'), headers: [{ name: 'h', value: { kind: 'text', text: 'x'.repeat(100_000) } }] },
      ] as const satisfies readonly RawMessage[];
      const outcomes = await driver.publish(
        [
          { ref: '1', destination: toQueue(queue), message: sound },
          { ref: '2', destination: toQueue(queue), message: forged },
          { ref: '3', destination: toQueue(queue), message: huge },
          { ref: '4', destination: toQueue(full), message: sound },
          { ref: '5', destination: toQueue(queue), message: large },
        ],
        { timeoutMs: 10_000, signal },
      );
      expect(kinds(outcomes)).toEqual(['sent', 'rejected', 'too_large', 'rejected', 'sent']);
      expect(await harness.ready(queue)).toBe(2);
    });

    test('of equal messages the ones that are left stand in for those that are gone', async () => {
      const driver = connected(harness);
      const queue = await harness.createPlainQueue('classic');
      await harness.put({ name: queue, origin: toQueue(queue) }, [
        plainMessage('twin'),
        plainMessage('other'),
        plainMessage('twin'),
      ]);
      const { messages } = await browseAll(driver, queue);
      const [first, , second] = messages;
      if (first === undefined || second === undefined) throw new Error('Three messages were put.');
      expect(second.identity).toBe(`${first.identity}#2`);
      for (const wanted of [first, second]) {
        for await (const batch of driver.hold(queue, [wanted], { insist: false }, signal)) {
          if (batch.messages.length === 0) continue;
          expect(batch.messages.map(({ identity }) => identity)).toEqual([wanted.identity]);
          expect(await batch.remove([wanted.identity])).toEqual([{ kind: 'removed', identity: wanted.identity }]);
        }
      }
      expect((await browseAll(driver, queue)).messages.map(markerOf)).toEqual(['other']);
    });

    test.each(['classic', 'quorum'])('a browse of a %s queue stops at the byte cap and says so', async (type) => {
      const driver = harness.connect({ heldBytesMax: 400 });
      try {
        const queue = await harness.createPlainQueue(
          type,
          harness.major >= 4 && type === 'quorum' ? { 'x-delivery-limit': -1 } : {},
        );
        await put(harness, queue, 60);
        const before = await harness.snapshot({ name: queue, origin: toQueue(queue) });
        const { messages, end } = await browseAll(driver, queue);
        expect(messages.length).toBeGreaterThan(0);
        expect(messages.length).toBeLessThan(60);
        expect(end).toMatchObject({ complete: false, reason: 'byte-cap' });
        expect(await harness.snapshot({ name: queue, origin: toQueue(queue) })).toEqual(before);
      } finally {
        await driver.close();
      }
    });
  });
}

/** By a policy on 3.10, where there is no limit by default; by the default of 20 on RabbitMQ 4. */
async function provesTheLimit(harness: RabbitMqHarness): Promise<void> {
  const limit = harness.major >= 4 ? 20 : 6;
  const queue = await harness.createPlainQueue('quorum');
  const policy = (value: number): object => ({
    pattern: `^${queue}$`,
    'apply-to': 'queues',
    definition: { 'delivery-limit': value },
  });
  if (harness.major < 4) await harness.putPolicy('policies', queue, policy(limit));
  await put(harness, queue, 3);
  const driver = connected(harness);

  let reads = 0;
  let seen: readonly RawDeadLetter[] = [];
  let { refusal } = await driver.inspect(queue, signal);
  while (refusal === null && reads < 2 * limit) {
    ({ messages: seen } = await browseAll(driver, queue));
    expect(seen).toHaveLength(3);
    reads += 1;
    ({ refusal } = await driver.inspect(queue, signal));
  }
  // One went into the sample, two are in reserve.
  expect(reads).toBe(limit - 3);
  expect(refusal).toMatchObject({ code: 'delivery-limit', canInsist: true });
  expect((await failureOf(browseAll(driver, queue))).code).toBe('would_destroy');

  // A new process knows nothing, has to sample, and refuses too.
  const fresh = connected(harness);
  expect((await fresh.inspect(queue, signal)).refusal).toMatchObject({ canInsist: true });
  expect((await failureOf(holdAll(fresh, queue, seen, false))).code).toBe('would_destroy');
  expect(await holdAll(fresh, queue, seen, true)).toHaveLength(3);
  expect((await fresh.inspect(queue, signal)).refusal).toMatchObject({ canInsist: false });
  expect((await failureOf(holdAll(fresh, queue, seen, true))).code).toBe('would_destroy');
  expect((await failureOf(browseAll(fresh, queue, { insist: true }))).code).toBe('would_destroy');
  expect(await harness.ready(queue)).toBe(3);

  await harness.putPolicy('policies', queue, policy(1_000));
  expect((await fresh.inspect(queue, signal)).refusal).toBeNull();
  // The server itself may take a moment to follow its policy; only then is reading safe.
  await harness.policyApplied(queue);
  expect((await browseAll(fresh, queue)).messages).toHaveLength(3);
  expect(await harness.ready(queue)).toBe(3);
}

export async function holdAll(
  driver: BrokerDriver,
  queue: string,
  wanted: readonly RawDeadLetter[],
  insist = false,
): Promise<readonly RawDeadLetter[]> {
  const held: RawDeadLetter[] = [];
  for await (const batch of driver.hold(queue, wanted, { insist }, signal)) held.push(...batch.messages);
  return held;
}

/** Closed when the test has ended. */
export function connected(
  harness: RabbitMqHarness,
  settings: Parameters<RabbitMqHarness['connect']>[0] = {},
): BrokerDriver {
  const driver = harness.connect(settings);
  onTestFinished(() => driver.close());
  return driver;
}

export async function put(harness: RabbitMqHarness, queue: string, count: number): Promise<void> {
  await harness.put(
    { name: queue, origin: toQueue(queue) },
    Array.from({ length: count }, (_, index) => plainMessage(String(index))),
  );
}

export function toQueue(queue: string): Destination {
  return { kind: 'rabbitmq', exchange: '', routingKey: queue };
}

async function publish(
  driver: BrokerDriver,
  messages: readonly RawMessage[],
  destination: Destination,
): Promise<readonly PublishOutcome[]> {
  const outgoing = messages.map((message, index) => ({ ref: String(index), destination, message }));
  return await driver.publish(outgoing, { timeoutMs: 10_000, signal });
}

function kinds(outcomes: readonly PublishOutcome[]): readonly string[] {
  return outcomes.map((outcome) => (outcome.kind === 'sent' ? 'sent' : outcome.error.code));
}

async function rejectAll(harness: RabbitMqHarness, origin: Destination, count: number): Promise<void> {
  if (origin.kind !== 'rabbitmq') throw new Error('Not a destination on RabbitMQ.');
  const { promise, resolve } = Promise.withResolvers<void>();
  let rejected = 0;
  const { consumerTag } = await harness.foreign.consume(origin.routingKey, (message) => {
    if (message === null) return;
    harness.foreign.reject(message, false);
    if (++rejected === count) resolve();
  });
  await promise;
  await harness.foreign.cancel(consumerTag);
}

function sorted(message: RawMessage | RawDeadLetter | undefined): readonly Header[] {
  return (message?.headers ?? []).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

const everyType: readonly Header[] = [
  { name: 'small', value: { kind: 'integer', text: '-5', type: 'int8' } },
  { name: 'octet', value: { kind: 'integer', text: '255', type: 'uint8' } },
  { name: 'short', value: { kind: 'integer', text: '-32768', type: 'int16' } },
  { name: 'ushort', value: { kind: 'integer', text: '65535', type: 'uint16' } },
  { name: 'int', value: { kind: 'integer', text: '-2147483648', type: 'int32' } },
  { name: 'uint', value: { kind: 'integer', text: '4294967295', type: 'uint32' } },
  { name: 'long', value: { kind: 'integer', text: '-9223372036854775808', type: 'int64' } },
  { name: 'float', value: { kind: 'number', value: 1.5, type: 'float' } },
  { name: 'whole', value: { kind: 'number', value: 3, type: 'double' } },
  { name: 'price', value: { kind: 'decimal', text: '12.30', type: 'decimal' } },
  { name: 'time', value: { kind: 'timestamp', text: '1763800000', unit: 's' } },
  { name: 'text', value: { kind: 'text', text: 'ünïcode', type: 'longstr' } },
  { name: 'broken-text', value: { kind: 'bytes', bytes: Uint8Array.of(0xff, 0xc3, 0x28), type: 'longstr' } },
  { name: 'raw', value: { kind: 'bytes', bytes: Uint8Array.of(0, 1, 0xff), type: 'binary' } },
  { name: 'nothing', value: { kind: 'null' } },
  { name: 'flag', value: { kind: 'boolean', value: true } },
  {
    name: 'nested',
    value: {
      kind: 'table',
      entries: [
        {
          name: 'list',
          value: { kind: 'list', items: [{ kind: 'null' }, { kind: 'integer', text: '1', type: 'int32' }] },
        },
      ],
    },
  },
];
