import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OutgoingMessage } from '#server/brokers/driver.ts';
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
let throttles = 0;

beforeAll(async () => {
  fauxqs = await startLocalFauxqs();
  const behind = new URL(fauxqs.endpoint);
  front = createServer((incoming, answer) => {
    const isSend = String(incoming.headers['x-amz-target']).endsWith('SendMessageBatch');
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

afterAll(async () => {
  front.close();
  await fauxqs.stop();
});

test('what SQS throttles is sent again until it is taken, each message once', async () => {
  const client = new SQSClient({ region, credentials, endpoint: fauxqs.endpoint });
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: queue }));
  const { port } = front.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  const driver = createSqsDriver({ connection: 'throttled', region, endpoint, credentials, clock: Date.now });
  const outgoing = Array.from({ length: 45 }, (_, number): OutgoingMessage => ({
    ref: String(number),
    destination: { kind: 'sqs', queue },
    message: aMessage(`message ${number}`),
  }));
  throttles = 6;
  const { outcomes, thrown } = await publish({ driver, clock: systemClock, publishTimeoutMs: 10_000 }, outgoing);
  expect(thrown).toBeNull();
  expect(throttles).toBe(0);
  expect(outcomes.map(({ ref, kind }) => [ref, kind])).toEqual(outgoing.map(({ ref }) => [ref, 'sent']));
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] });
  expect((await client.send(asked)).Attributes?.['ApproximateNumberOfMessages']).toBe('45');
  await driver.close();
  client.destroy();
});
