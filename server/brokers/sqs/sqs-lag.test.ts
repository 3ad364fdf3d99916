import { randomUUID } from 'node:crypto';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { createSqsDriver } from '#server/brokers/sqs/sqs-driver.ts';
import { createElasticMqHarness } from '#server/brokers/sqs/sqs-harness.ts';
import { aMessage } from '#server/brokers/testing/sample-messages.ts';

const harness = createElasticMqHarness();
const signal = new AbortController().signal;

afterAll(() => harness.close());

function connected(): BrokerDriver {
  const driver = harness.connect();
  onTestFinished(() => driver.close());
  return driver;
}

test('what is visible and what is in flight is what the SDK says, of the known queues alone', async () => {
  const driver = connected();
  const queue = await harness.createQueue();
  const other = await harness.createPlainQueue();
  await harness.put(
    queue,
    Array.from({ length: 3 }, () => aMessage(randomUUID())),
  );
  const browsing = driver.browse(queue.name, { from: null }, signal)[Symbol.asyncIterator]();
  await browsing.next();
  expect(await harness.counts(queue.name)).toEqual({ visible: 0, inFlight: 3 });
  const read = async () => (await driver.readLag([queue.name], signal)).rows;
  expect(await read()).toEqual([
    { kind: 'queue', queue: queue.name, waiting: 0, held: 3, consumers: null, approximate: true },
  ]);
  await browsing.return?.();
  await expect.poll(read, { timeout: 60_000 }).toMatchObject([{ waiting: 3, held: 0 }]);
  expect((await read()).map((row) => row.kind === 'queue' && row.queue)).not.toContain(other);
});

test('where no queue is known yet, a broker that cannot be reached does not count as read', async () => {
  const settings = { endpoint: 'http://127.0.0.1:1', region: 'eu-central-1' };
  const driver = createSqsDriver({
    connection: 'sqs',
    ...settings,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    clock: Date.now,
  });
  onTestFinished(() => driver.close());
  await expect(driver.readLag([], signal)).rejects.toMatchObject({ code: 'unreachable' });
});
