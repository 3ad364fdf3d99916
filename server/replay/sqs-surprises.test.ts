import { ReceiveMessageCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RawMessage, textHeader } from '#lib/domain/message.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { required } from '#server/brokers/kafka/kafka-harness.ts';
import { createSqsHarness, type SqsHarness } from '#server/brokers/sqs/sqs-harness.ts';
import type { TestQueue } from '#server/brokers/testing/harness.ts';
import { type RealEngine, startRealEngine } from '#server/replay/testing/real-engine.ts';

/** Where SQS itself gets in a replay's way, on ElasticMQ: handles that expire, and FIFO queues that swallow what they have had. */

const textOf = ({ body }: RawMessage) => new TextDecoder().decode(body ?? new Uint8Array());
const message = (text: string): RawMessage => ({
  key: null,
  body: new TextEncoder().encode(text),
  headers: [],
  properties: [textHeader('MessageGroupId', 'one')],
});

describe('a replay on SQS', () => {
  let harness: SqsHarness;
  let foreign: SQSClient;
  let engine: RealEngine | null = null;

  beforeAll(() => {
    const endpoint = required('TEST_SQS_ENDPOINT');
    const none = { senderProperties: [], serverCannot: {}, rejecting: {} } as const;
    harness = createSqsHarness({ label: 'sqs', endpoint, variants: ['standard', 'fifo'], ...none });
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    foreign = new SQSClient({ region: 'us-east-1', endpoint, credentials });
  });

  afterEach(async () => {
    await engine?.close();
    engine = null;
  });

  afterAll(async () => {
    foreign?.destroy();
    await harness?.close();
  });

  async function started(driver: BrokerDriver, { name }: TestQueue): Promise<RealEngine> {
    engine = await startRealEngine(harness.connection, driver, [name]);
    await engine.read(name);
    return engine;
  }

  it('whose receipt handle expired before the removal sends once, and removes what it sent when it can', async () => {
    const queue = await harness.createQueue('standard');
    await harness.put(queue, [message('only')]);
    const { QueueUrl } = await foreign.send(new GetQueueUrlCommand({ QueueName: queue.name }));
    const real = harness.connect({ scan: { leaseSecondsMin: 2, othersPatienceMs: 500 } });
    const seenByOther: (string | undefined)[] = [];
    const driver: BrokerDriver = {
      ...real,
      async publish(messages, options) {
        const outcomes = await real.publish(messages, options);
        // The process stands still, as on a laptop that is closed: nothing prolongs the lease, and somebody else receives the message.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_500);
        const other = new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 2, WaitTimeSeconds: 5 });
        for (const { Body } of (await foreign.send(other)).Messages ?? []) seenByOther.push(Body);
        return outcomes;
      },
    };
    const own = await started(driver, queue);
    const done = await own.replayAll(queue.name);
    expect(seenByOther).toEqual(['only']);
    expect(done).toMatchObject({ state: 'settled', account: { total: 1, settled: 1, failed: 0, unknown: 0 } });
    expect((await harness.receive(queue.origin, 1)).map(textOf)).toEqual(['only']);
    expect(await harness.counts(queue.name)).toEqual({ visible: 0, inFlight: 0 });
  });

  it('into a FIFO queue that drops equal contents sends each of them, and again when it came back', async () => {
    const content = { FifoQueue: 'true', ContentBasedDeduplication: 'true' };
    const name = await harness.createPlainQueue({ FifoQueue: 'true' });
    const RedrivePolicy = harness.redrivePolicy(name, 1);
    const queue: TestQueue = {
      name,
      origin: { kind: 'sqs', queue: await harness.createPlainQueue({ ...content, RedrivePolicy }) },
    };
    await harness.put(queue, [message('equal'), message('equal')]);
    const own = await started(harness.connect(), queue);
    expect((await own.replayAll(queue.name)).account).toMatchObject({ settled: 2 });
    // Both fail, and are replayed within the five minutes that SQS remembers.
    if (queue.origin.kind !== 'sqs') throw new Error('The origin is an SQS queue.');
    await harness.failOften(queue.origin.queue, 3);
    await expect.poll(() => harness.counts(name)).toEqual({ visible: 2, inFlight: 0 });
    const back = (await own.read(name)).filter(({ state }) => state === 'returned');
    expect(back).toHaveLength(2);
    const again = await own.plan({ kind: 'messages', messageIds: back.map(({ id }) => id) });
    await own.confirm(again);
    expect((await own.reached(again.id, 'settled')).account).toMatchObject({ settled: 2 });
    expect((await harness.receive(queue.origin, 2)).map(textOf)).toEqual(['equal', 'equal']);
  });

  it('that a FIFO queue swallows as a duplicate says so, and leaves the message where it was', async () => {
    const queue = await harness.createQueue('fifo');
    await harness.put(queue, [message('first'), message('second')]);
    const real = harness.connect();
    const driver: BrokerDriver = {
      ...real,
      publish: (messages, options) =>
        real.publish(
          messages.map((each) => ({ ...each, deduplicationId: 'the-same-for-all' })),
          options,
        ),
    };
    const own = await started(driver, queue);
    const done = await own.replayAll(queue.name);
    expect(done.account).toMatchObject({ total: 2, settled: 1, failed: 1, unknown: 0 });
    const [failed] = await own.store.ledger.listItems(done.id, { states: ['failed'], after: null, limit: 10 });
    expect(failed?.reason).toMatchObject({ code: 'rejected', details: { reason: 'duplicate' } });
    expect(failed?.reason?.message).toContain('dropped it as a duplicate');
    expect((await harness.receive(queue.origin, 1)).map(textOf)).toEqual(['first']);
    expect((await harness.receive({ kind: 'sqs', queue: queue.name }, 1)).map(textOf)).toEqual(['second']);
  });
});
