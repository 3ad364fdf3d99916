import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { BrokerDriver, OutgoingMessage } from '#server/brokers/driver.ts';
import { createSqsDriver } from '#server/brokers/sqs/sqs-driver.ts';
import { aMessage } from '#server/brokers/testing/sample-messages.ts';
import { systemClock } from '#server/clock.ts';
import { startLocalFauxqs } from '#server/local-brokers/fauxqs.ts';
import { publish } from '#server/replay/send-batch.ts';

/** A real SQS server in this process, behind one that throttles first, as an account over its quota is answered. */

const region = 'us-east-1';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const queue = 'destination';
let fauxqs: Awaited<ReturnType<typeof startLocalFauxqs>>;
let front: Server;
let client: SQSClient;
let QueueUrl: string;
let throttles = 0;
/** Asked of each send, and then its answer instead of the queue's. */
let refusal: (() => string) | null = null;
let sends = 0;

beforeAll(async () => {
  fauxqs = await startLocalFauxqs();
  client = new SQSClient({ region, credentials, endpoint: fauxqs.endpoint });
  QueueUrl = (await client.send(new CreateQueueCommand({ QueueName: queue }))).QueueUrl ?? '';
  const behind = new URL(fauxqs.endpoint);
  front = createServer((incoming, answer) => {
    const isSend = String(incoming.headers['x-amz-target']).endsWith('SendMessageBatch');
    if (isSend) sends += 1;
    if (isSend && refusal !== null) {
      answer.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
      return answer.end(JSON.stringify({ __type: `com.amazonaws.sqs#${refusal()}`, message: 'No.' }));
    }
    if (isSend && throttles > 0) {
      throttles -= 1;
      answer.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
      return answer.end('{"__type":"com.amazonaws.sqs#RequestThrottled","message":"Rate exceeded"}');
    }
    const onward = request(
      {
        host: behind.hostname,
        port: behind.port,
        path: incoming.url,
        method: incoming.method,
        headers: incoming.headers,
      },
      (got) => {
        answer.writeHead(got.statusCode ?? 500, got.headers);
        got.pipe(answer);
      },
    );
    return incoming.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(front, 'listening');
});

afterEach(() => void (refusal = null));

afterAll(async () => {
  client.destroy();
  front.close();
  await fauxqs.stop();
});

const outgoingOf = (count: number) =>
  Array.from({ length: count }, (_, number): OutgoingMessage => ({
    ref: String(number),
    destination: { kind: 'sqs', queue },
    message: aMessage(`message ${number}`),
  }));

function throttledDriver(): BrokerDriver {
  const { port } = front.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  return createSqsDriver({ connection: 'throttled', region, endpoint, credentials, clock: Date.now });
}

const wanted = { clock: systemClock, publishTimeoutMs: 10_000, mayGoOn: async () => true };

test('what SQS throttles is sent again until it is taken, each message once', async () => {
  const driver = throttledDriver();
  const outgoing = outgoingOf(45);
  throttles = 6;
  const { outcomes, thrown } = await publish({ ...wanted, driver, signal: new AbortController().signal }, outgoing);
  expect(thrown).toBeNull();
  expect(throttles).toBe(0);
  expect(outcomes.map(({ ref, kind }) => [ref, kind])).toEqual(outgoing.map(({ ref }) => [ref, 'sent']));
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] });
  expect((await client.send(asked)).Attributes?.['ApproximateNumberOfMessages']).toBe('45');
  await driver.close();
});

test.each([
  ['a pause or cancel', { mayGoOn: async () => false, isStopped: false }],
  ['the end of the engine', { mayGoOn: async () => true, isStopped: true }],
])('what SQS throttles waits no longer than until %s, and may be replayed again', async (_what, end) => {
  const driver = throttledDriver();
  const { mayGoOn, isStopped } = end;
  const signal = isStopped ? AbortSignal.abort() : new AbortController().signal;
  refusal = () => 'RequestThrottled';
  sends = 0;
  const { outcomes } = await publish({ ...wanted, driver, mayGoOn, signal }, outgoingOf(3));
  expect(sends).toBe(1);
  expect(outcomes.map(({ kind }) => kind)).toEqual(['failed', 'failed', 'failed']);
  for (const outcome of outcomes)
    expect(outcome).toMatchObject({ error: { message: expect.stringContaining('safe to replay it again') } });
  await driver.close();
});

test('a batch that SQS refuses is not sent one by one after an abort', async () => {
  const driver = throttledDriver();
  const caller = new AbortController();
  refusal = () => {
    caller.abort();
    return 'BatchRequestTooLong';
  };
  sends = 0;
  const publishing = driver.publish(outgoingOf(5), { timeoutMs: 10_000, signal: caller.signal });
  await expect(publishing).rejects.toMatchObject({ code: 'cancelled' });
  expect(sends).toBe(1);
  await driver.close();
});
