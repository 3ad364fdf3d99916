import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { createSqsDriver } from '#server/brokers/sqs/sqs-driver.ts';

/** What SQS answers to the question for the sources of a queue, over HTTP, word for word; no server that runs here pages it or fails at it. */

type Answer = readonly [status: number, body: object];
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const signal = new AbortController().signal;
let server: Server;
let driver: BrokerDriver;
let sources: (asked: { readonly NextToken?: string; readonly MaxResults?: number }) => Answer;

beforeEach(async () => {
  server = createServer((incoming, answer) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', () => {
      const call = String(incoming.headers['x-amz-target']).replace('AmazonSQS.', '');
      const asked = JSON.parse(Buffer.concat(parts).toString()) as object;
      const [status, body] = call === 'ListDeadLetterSourceQueues' ? sources(asked) : ([200, known(call)] as const);
      answer.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
      answer.end(JSON.stringify(body));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  driver = createSqsDriver({ connection: 'sqs', region: 'us-east-1', endpoint, credentials, clock: Date.now });
});

afterEach(async () => {
  await driver.close();
  server.closeAllConnections();
  server.close();
});

function known(call: string): object {
  if (call === 'GetQueueUrl') return { QueueUrl: 'http://127.0.0.1/000000000000/dlq' };
  return {
    Attributes: {
      QueueArn: 'arn:aws:sqs:us-east-1:000000000000:dlq',
      ApproximateNumberOfMessages: '3',
      ApproximateNumberOfMessagesNotVisible: '0',
      ApproximateNumberOfMessagesDelayed: '0',
      VisibilityTimeout: '30',
      MessageRetentionPeriod: '345600',
      MaximumMessageSize: '262144',
    },
  };
}

const url = (name: string) => `http://127.0.0.1/000000000000/${name}`;

test('sources are listed to the last page', async () => {
  sources = ({ NextToken, MaxResults }) => {
    expect(MaxResults).toBe(1_000);
    if (NextToken === undefined) return [200, { queueUrls: [url('orders')], NextToken: 'more' }];
    expect(NextToken).toBe('more');
    return [200, { queueUrls: [url('billing')] }];
  };
  const facts = await driver.moveAll.facts('dlq', signal);
  expect(facts).toMatchObject({ available: true, destination: 'the queue that each came from: orders, billing' });
});

test.each(['InvalidAction', 'UnknownOperationException', 'UnsupportedOperation'])(
  'a server that answers %s has no message move tasks',
  async (type) => {
    sources = () => [400, { __type: `com.amazonaws.sqs#${type}`, message: 'no' }];
    const facts = await driver.moveAll.facts('dlq', signal);
    expect(facts).toMatchObject({ available: false, why: expect.stringContaining('no message move tasks') });
  },
);

test.each([
  ['InvalidParameterValue', 400, 'rejected'],
  ['SomethingNew', 418, 'rejected'],
  ['AccessDenied', 403, 'forbidden'],
])('a failure with %s is told, and not taken for a missing feature', async (type, status, code) => {
  sources = () => [status, { __type: `com.amazonaws.sqs#${type}`, message: 'no' }];
  await expect(driver.moveAll.facts('dlq', signal)).rejects.toMatchObject({ code });
});
